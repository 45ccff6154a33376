package e2e

import (
	"net/http"
	"strconv"
	"testing"
)

// forget takes back what the limits have counted whose key has the part, as if their time were over.
func forget(t *testing.T, part string) {
	t.Helper()
	r, err := http.NewRequest("DELETE", system.local+"/limits?part="+part, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("forget %s: %v %v", part, answer, err)
	}
	answer.Body.Close()
}

// signupWith signs up with a password and returns the mailed token.
func (p *person) signupWith(password string) (signupID, token string) {
	p.t.Helper()
	body := p.signupBody()
	body["password"] = password
	r := p.want(p.call("POST", "/v1/signup", body), 202)
	return r.text("signupId"), p.linkToken()
}

func (p *person) loginWith(password string) reply {
	return p.call("POST", "/v1/login", m{"email": p.email, "password": password, "transport": "bearer"})
}

const older, newer = "Mango tree 42", "River stone 77!"

func TestWhoSignsUpTwiceGetsInByEitherMail(t *testing.T) {
	for _, row := range []struct {
		what         string
		link         int    // which mail is followed
		otherBrowser bool   // with the password entered
		enters, gets string // the password of the account afterwards
	}{
		{what: "the first mail, in the same browser", link: 0, gets: newer},
		{what: "the second mail, in the same browser", link: 1, gets: newer},
		{what: "the first mail, elsewhere, with the newer password", link: 0, otherBrowser: true, enters: newer, gets: newer},
		{what: "the first mail, elsewhere, with the older password", link: 0, otherBrowser: true, enters: older, gets: older},
		{what: "the second mail, elsewhere, with the older password", link: 1, otherBrowser: true, enters: older, gets: older},
	} {
		t.Run(row.what, func(t *testing.T) {
			p := newPerson(t)
			_, first := p.signupWith(older)
			_, second := p.signupWith(newer)
			token, browser, body := []string{first, second}[row.link], p, m{}
			if row.otherBrowser {
				browser = newPerson(t)
				r := browser.want(browser.call("POST", "/v1/verify/check", m{"token": token}), 200)
				if r.body["passwordRequired"] != true {
					t.Errorf("it does not say beforehand that it will ask: %s", r.raw)
				}
				browser.want(browser.call("POST", "/v1/verify", m{"token": token}), 403, "signup_proof_required")
				browser.want(browser.call("POST", "/v1/verify", m{"token": token, "password": "Wrong-Horse-9"}), 403, "password_wrong")
				body["password"] = row.enters
			}
			body["token"] = token
			browser.want(browser.call("POST", "/v1/verify", body), 200)
			p.want(p.loginWith(row.gets), 200)
			other := older
			if row.gets == older {
				other = newer
			}
			if r := p.loginWith(other); r.status == 200 {
				t.Errorf("both passwords open the account")
			}
			for _, link := range []string{first, second} {
				p.want(p.call("POST", "/v1/verify", m{"token": link}), 410, "already_verified")
				if r := p.want(p.call("POST", "/v1/verify/check", m{"token": link}), 200); r.text("state") != "verified" || r.text("email") != p.email {
					t.Errorf("a reload shows %s", r.raw)
				}
			}
		})
	}
}

// A stranger signs up for the same address before and after its owner: neither answer nor time of a log-in may depend on whose
// sign-up is the newest.
func TestTheOwnersPasswordIsKnownWhoeverElseSignsUp(t *testing.T) {
	owner, stranger := newPerson(t), newPerson(t)
	stranger.email = owner.email
	stranger.signupWith("Strangers own 1!")
	id, token := owner.signupWith(older)
	stranger.signupWith("Strangers own 2!")
	r := owner.want(owner.loginWith(older), 403, "email_not_verified")
	if r.text("signupId") != id {
		t.Errorf("the mail of sign-up %s is offered, not of %s", r.text("signupId"), id)
	}
	owner.want(owner.loginWith("Wrong-Horse-9"), 401, "credentials_wrong")
	owner.want(owner.call("POST", "/v1/verify", m{"token": token}), 200)
	owner.want(owner.loginWith(older), 200)
	for _, password := range []string{"Strangers own 1!", "Strangers own 2!"} {
		if r := stranger.loginWith(password); r.status == 200 {
			t.Errorf("the stranger got in with %s", password)
		}
	}
}

func TestASignUpsMailCountsAndIsNotSentAgainAtOnce(t *testing.T) {
	p := newPerson(t)
	id := p.signup().text("signupId")
	r := p.want(p.call("POST", "/v1/signup/resend", m{"signupId": id}), 429, "too_many_requests")
	if wait, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || wait < 1 || wait > 60 || r.text("limit") != "mail-gap" {
		t.Errorf("it says %q of %q", r.header.Get("Retry-After"), r.text("limit"))
	}
	if n := len(p.messages(p.email)); n != 1 {
		t.Errorf("%d mails went out", n)
	}
	forget(t, "mail-gap")
	p.want(p.call("POST", "/v1/signup/resend", m{"signupId": id}), 202)
	if n := len(p.messages(p.email)); n != 2 {
		t.Errorf("%d mails went out", n)
	}
}

func TestNobodyCanFillAStrangersInbox(t *testing.T) {
	known, unknown := member(t), newPerson(t)
	for _, address := range []string{known.email, unknown.email} {
		var replies []reply
		var last *person
		before := len(known.messages(address))
		for range 8 {
			last = newPerson(t) // from a network of its own each time
			last.email = address
			replies = append(replies, last.signup())
		}
		same(t, "the first and the last sign-up", replies[0], replies[7], last, last)
		if got := len(known.messages(address)); got != 5 {
			t.Errorf("%d mails went to %s, %d of them before", got, address, before)
		}
		// The last one got no mail yet, and gets it when there is room again.
		forget(t, "mail-")
		last.want(last.call("POST", "/v1/signup/resend", m{"signupId": replies[7].text("signupId")}), 202)
		if got := len(known.messages(address)); got != 6 {
			t.Errorf("%d mails went to %s", got, address)
		}
	}
	// Whatever strangers do, the holder can get in again; and mails to choose a password count as well.
	forget(t, "mail-")
	for range 5 {
		p := newPerson(t)
		p.email = known.email
		p.signup()
	}
	before := len(known.messages(known.email))
	for range 5 {
		known.want(known.call("POST", "/v1/password/forgot", m{"email": known.email, "captcha": known.captcha()}), 202)
	}
	if got := len(known.messages(known.email)) - before; got != 5 {
		t.Errorf("%d mails to choose a new password", got)
	}
	forget(t, "forgot-")
	known.want(known.call("POST", "/v1/password/forgot", m{"email": known.email, "captcha": known.captcha()}), 202)
	if got := len(known.messages(known.email)) - before; got != 5 {
		t.Errorf("an eleventh mail within the hour went out")
	}
}

func TestThePageThatWaitsLearnsOfItsOwnSignUpAlone(t *testing.T) {
	p, stranger := newPerson(t), newPerson(t)
	stranger.email = p.email
	id, token := p.signupWith(older)
	strangers, _ := stranger.signupWith("Strangers own 1!")
	verified := func(id string) any { return p.want(p.call("GET", "/v1/signups/"+id, nil), 200).body["verified"] }
	if verified(id) != false {
		t.Error("verified before the link was opened")
	}
	elsewhere := newPerson(t)
	elsewhere.want(elsewhere.call("POST", "/v1/verify", m{"token": token, "password": older}), 200)
	if verified(id) != true {
		t.Error("the page that waits does not learn of it")
	}
	if verified(strangers) != false {
		t.Error("a stranger who signed up for the address learns that it has an account")
	}
	other := newPerson(t)
	other.email = p.email
	if r := other.signup(); verified(r.text("signupId")) != false {
		t.Error("who signs up for a known address learns that it is known")
	}
	for _, wrong := range []string{"x", id + "x", id[:len(id)-1], "AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		if r := p.call("GET", "/v1/signups/"+wrong, nil); r.status != 404 && r.status != 410 {
			t.Errorf("%s: %d %s", wrong, r.status, r.raw)
		}
	}
}

func TestLookingAtALinkUsesNothingUp(t *testing.T) {
	p := newPerson(t)
	_, token := p.signupWith(older)
	scanner := newPerson(t)
	for range 20 {
		r := scanner.want(scanner.call("POST", "/v1/verify/check", m{"token": token}), 200)
		if r.text("state") != "open" || r.body["passwordRequired"] != true {
			t.Fatalf("%s", r.raw)
		}
	}
	if r := p.want(p.call("POST", "/v1/verify/check", m{"token": token}), 200); r.text("state") != "open" || r.body["passwordRequired"] != false {
		t.Errorf("in the browser that signed up: %s", r.raw)
	}
	p.want(p.loginWith(older), 403, "email_not_verified")
	p.want(p.call("POST", "/v1/verify/check", m{"token": token[:len(token)-2] + "AA"}), 400, "link_invalid")
	p.want(p.call("POST", "/v1/verify", m{"token": token}), 200)
	if r := scanner.want(scanner.call("POST", "/v1/verify/check", m{"token": token}), 200); r.text("state") != "verified" {
		t.Errorf("afterwards: %s", r.raw)
	}
}
