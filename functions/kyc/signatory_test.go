package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/token"
)

// device is a browser without a session. It keeps the cookie that it is given.
type device struct {
	*holder
	cookie string
}

func (d *device) ask(t *testing.T, says, method, path string, body any) reply {
	t.Helper()
	anonymous := *d.holder
	anonymous.bearer = ""
	r, header := anonymous.send(method, path, body, "Cookie", d.cookie)
	for _, c := range (&http.Response{Header: header}).Cookies() {
		if c.Name == signatoryCookie {
			if !c.HttpOnly || !c.Secure || c.Path != "/" {
				t.Errorf("the cookie is %+v", c)
			}
			d.cookie = c.Name + "=" + c.Value
		}
	}
	if r.says() != says {
		t.Fatalf("%s %s answered %s: %s", method, path, r.says(), r.raw)
	}
	return r
}

// partnership is a holder whose case asks for the signatory's PAN card and proof of identity.
func (w *world) partnership(t *testing.T) *holder {
	t.Helper()
	p := w.holder(t)
	p.set(t, "profile", m{"type": "company", "companyName": "Rao Traders"})
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "partnership", "fields": m{"legalName": "Zaveri Brothers", "pan": "ZZZFZ9999Z", "signatoryName": "Asha Rao"}})
	return p
}

func (p *holder) link(t *testing.T) (tok string) {
	t.Helper()
	url := p.want(t, "201", "POST", "/v1/kyc/signatory-link", nil).body["url"].(string)
	tok, is := strings.CutPrefix(url, "https://central.example.com/papers#")
	if !is {
		t.Fatalf("it leads to %s", url)
	}
	return tok
}

func (p *holder) opens(t *testing.T, tok string) *device {
	t.Helper()
	d := &device{holder: p}
	d.ask(t, "200", "POST", "/v1/signatory/open", m{"token": tok})
	return d
}

var signatoryPAN = m{"requirement": "signatory_pan", "documentType": "pan_card", "fileName": "pan.pdf", "contentType": "application/pdf", "size": 9}

func TestTheSignatoryBringsTheOwnPapersAndSeesNothingElse(t *testing.T) {
	p := newWorld(t).partnership(t)
	own := p.asked(t, "signatory_pan", "pan_card")
	p.asked(t, "entity_pan", "pan_card")
	d := p.opens(t, p.link(t))

	id := d.ask(t, "201", "POST", "/v1/signatory/documents", signatoryPAN).body["documentId"].(string)
	d.ask(t, "409 upload_missing", "POST", "/v1/signatory/documents/"+id+"/complete", nil)
	p.put(t, kyc.IncomingKey(p.id, 1, id), []byte("%PDF-1.7\n"))
	d.ask(t, "200", "POST", "/v1/signatory/documents/"+id+"/complete", nil)

	seen := d.ask(t, "200", "GET", "/v1/signatory", nil)
	var asked []string
	for _, r := range seen.body["requirements"].([]any) {
		asked = append(asked, r.(m)["id"].(string))
	}
	if !slices.Equal(asked, []string{"signatory_pan", "signatory_id"}) || seen.body["for"] != "Zaveri Brothers" || len(seen.body) != 4 {
		t.Errorf("it shows %v of %s", asked, seen.raw)
	}
	for _, secret := range []string{own, "entity_pan", "ZZZFZ9999Z", "Asha", string(p.id), "/fields/", "/entityType"} {
		if strings.Contains(seen.raw, secret) {
			t.Errorf("it shows %s: %s", secret, seen.raw)
		}
	}
	if !strings.Contains(p.call("GET", "/v1/kyc", nil).raw, id) {
		t.Error("the holder does not see what was brought")
	}
	d.ask(t, "204", "DELETE", "/v1/signatory/documents/"+id, nil)
	if left := p.versions(t); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestALinkWorksOnOneDevice(t *testing.T) {
	p := newWorld(t).partnership(t)
	tok := p.link(t)
	first := p.opens(t, tok)
	first.ask(t, "200", "POST", "/v1/signatory/open", m{"token": tok})
	(&device{holder: p}).ask(t, "410 signatory_link_taken", "POST", "/v1/signatory/open", m{"token": tok})
	if l := p.want(t, "200", "GET", "/v1/kyc/signatory-link", nil).body["link"].(m); l["openedAt"] == nil {
		t.Error("the holder is not told that it was opened")
	}
	tok = p.link(t)
	got := atOnce(50, func(int) reply {
		r, _ := p.send("POST", "/v1/signatory/open", m{"token": tok}, "Authorization", "")
		return r
	})
	if got["200"] != 1 || got["410 signatory_link_taken"] != 49 {
		t.Errorf("opened at once: %v", got)
	}
	first.ask(t, "410 signatory_link_over", "GET", "/v1/signatory", nil)
	kinds := p.rows(t)
	if strings.Count(kinds, "signatory_link_made") != 2 || strings.Count(kinds, "signatory_link_opened") != 2 || !strings.Contains(kinds, kyc.RecordSignatoryOpened) {
		t.Errorf("noted: %s", kinds)
	}
}

// Whatever ended the link, neither it nor the device that opened it does anything any more.
func TestWhatEndsALink(t *testing.T) {
	w := newWorld(t)
	for name, end := range map[string]func(p *holder){
		"the holder":          func(p *holder) { p.want(t, "204", "DELETE", "/v1/kyc/signatory-link", nil) },
		"another link":        func(p *holder) { p.link(t) },
		"the end of its time": func(p *holder) { p.clock = p.clock.Add(kyc.SignatoryLinkLife) },
		"a review":            func(p *holder) { p.set(t, "kyc#0001", m{"status": "under_review", "round": 1}) },
		"a round of questions": func(p *holder) {
			p.set(t, "kyc#0001", m{"round": 1})
			p.review(t, kyc.NeedsInfo, "/requirements/signatory_pan")
		},
		"a case that was taken back": func(p *holder) { p.set(t, "kyc#0001", m{"status": "withdrawn", "round": 1}) },
		"a disabled account":         func(p *holder) { p.set(t, "profile", m{"status": string(account.Disabled)}) },
	} {
		t.Run(name, func(t *testing.T) {
			was := w.clock
			defer func() { w.clock = was }()
			p := w.partnership(t)
			tok := p.link(t)
			d := p.opens(t, tok)
			id := d.ask(t, "201", "POST", "/v1/signatory/documents", signatoryPAN).body["documentId"].(string)
			p.put(t, kyc.IncomingKey(p.id, 1, id), []byte("%PDF-1.7\n"))
			end(p)
			before := p.rows(t)
			const over = "410 signatory_link_over"
			for _, of := range []*device{d, {holder: p}} {
				of.ask(t, over, "POST", "/v1/signatory/open", m{"token": tok})
				of.ask(t, over, "GET", "/v1/signatory", nil)
				of.ask(t, over, "POST", "/v1/signatory/documents", signatoryPAN)
				of.ask(t, over, "POST", "/v1/signatory/documents/"+id+"/complete", nil)
				of.ask(t, over, "DELETE", "/v1/signatory/documents/"+id, nil)
			}
			if p.rows(t) != before || len(p.versions(t)) != 1 {
				t.Error("something changed all the same")
			}
		})
	}
}

func TestALinkReachesNothingButTheSignatorysPapers(t *testing.T) {
	w := newWorld(t)
	p, other := w.partnership(t), w.partnership(t)
	d := p.opens(t, p.link(t))
	own, foreign := p.asked(t, "signatory_pan", "pan_card"), other.opens(t, other.link(t)).ask(t, "201", "POST", "/v1/signatory/documents", signatoryPAN).body["documentId"].(string)
	before := p.rows(t) + other.rows(t)
	for _, id := range []string{own, foreign, "AAAAAAAAAAAAAAAAAAAAAAAAAA", "x"} {
		d.ask(t, "404 document_unknown", "POST", "/v1/signatory/documents/"+id+"/complete", nil)
		d.ask(t, "404 document_unknown", "DELETE", "/v1/signatory/documents/"+id, nil)
	}
	var answers []string
	for _, requirement := range []string{"entity_pan", "partnership_deed", "nothing_of_the_kind"} {
		r := d.ask(t, "422 requirement_unknown", "POST", "/v1/signatory/documents", m{"requirement": requirement, "documentType": "pan_card", "fileName": "a.pdf", "contentType": "application/pdf", "size": 9})
		answers = append(answers, r.raw)
	}
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
	for path, method := range map[string]string{"/v1/kyc": "GET", "/v1/kyc/documents/" + own: "DELETE", "/v1/kyc/signatory-link": "GET"} {
		d.ask(t, "401 unauthenticated", method, path, nil)
	}
	if p.rows(t)+other.rows(t) != before {
		t.Error("something changed all the same")
	}
}

func TestTokensThatNobodyMadeAllGetTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	p := w.partnership(t)
	tok := p.link(t)
	d := &device{holder: p}
	var answers []string
	for _, forged := range []string{"x", tok[:len(tok)-2], strings.Replace(tok, string(p.id), token.NewID(), 1), w.h.keys.Issue(token.ResetPassword, string(p.id), token.NewID()).Reveal()} {
		answers = append(answers, d.ask(t, "400 link_invalid", "POST", "/v1/signatory/open", m{"token": forged}).raw)
	}
	nobody := w.h.keys.Issue(token.SignatoryLink, token.NewID(), token.NewID()).Reveal() // such as of an account that was erased
	d.ask(t, "410 signatory_link_over", "POST", "/v1/signatory/open", m{"token": nobody})
	for _, cookie := range []string{"", "x", string(p.id) + "." + strings.Repeat("A", 52), token.NewID() + "." + strings.Repeat("A", 52)} {
		d.cookie = signatoryCookie + "=" + cookie
		d.ask(t, "410 signatory_link_over", "GET", "/v1/signatory", nil)
	}
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
	d.cookie = ""
	d.ask(t, "200", "POST", "/v1/signatory/open", m{"token": tok}) // nothing of it used the link up
}

func TestALinkIsMadeWhereTheSignatoryIsAskedForSomething(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.want(t, "409 signatory_not_asked", "POST", "/v1/kyc/signatory-link", nil)
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual"})
	p.want(t, "409 signatory_not_asked", "POST", "/v1/kyc/signatory-link", nil)
	p = w.partnership(t)
	p.set(t, "kyc#0001", m{"status": "submitted"})
	p.want(t, "409 case_locked", "POST", "/v1/kyc/signatory-link", nil)
	if got := p.want(t, "200", "GET", "/v1/kyc/signatory-link", nil).raw; strings.TrimSpace(got) != `{"link":null}` {
		t.Errorf("without one: %s", got)
	}
}

// In needs_info the signatory reads what is asked of the own papers, and brings those alone.
func TestTheSignatoryReadsWhatAReviewerAsksOfTheOwnPapers(t *testing.T) {
	p := newWorld(t).partnership(t)
	p.review(t, kyc.NeedsInfo, "/requirements/signatory_pan", "/requirements/partnership_deed", "/fields/pan")
	p.want(t, "200", "PATCH", "/v1/kyc", m{"answers": m{"/requirements/signatory_pan": "It is on its way."}})
	p.given(t, "signatory_id", "passport", "passport")
	p.clock = p.clock.Add(time.Minute)
	p.set(t, "kyc#0001", m{"submittedAt": p.clock.Format("2006-01-02T15:04:05.000000Z")})
	d := p.opens(t, p.link(t))
	r := d.ask(t, "200", "GET", "/v1/signatory", nil)
	if n := strings.Count(r.raw, "Look at this again."); n != 3 || strings.Contains(r.raw, "on its way") || strings.Contains(r.raw, "deed") { // one note, and one flag with the words
		t.Errorf("%d times: %s", n, r.raw)
	}
	d.ask(t, "201", "POST", "/v1/signatory/documents", signatoryPAN)
	d.ask(t, "409 part_locked", "POST", "/v1/signatory/documents", m{"requirement": "signatory_id", "documentType": "passport", "fileName": "a.pdf", "contentType": "application/pdf", "size": 9})
}
