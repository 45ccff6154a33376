package main

import (
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

const (
	askPath     = "/v1/account/email"
	confirmPath = "/v1/account/email/confirm"
	undoPath    = "/v1/account/email/undo"
)

type is = map[string]any

func (p *person) ask(address string) is {
	p.t.Helper()
	return p.want("202", p.bearer, "POST", askPath, is{"email": address})
}

func (p *person) confirmation(address string) is {
	return p.link(address, message.ConfirmEmail, token.ChangeEmail)
}

func (p *person) undo() is { return p.link(p.Email.String(), message.EmailChanged, token.UndoEmail) }

// moved is a person whose address was changed.
func (w *world) moved(to string) *person {
	w.t.Helper()
	p := w.person()
	p.ask(to)
	w.want("200", p.bearer, "POST", confirmPath, p.confirmation(to))
	return p
}

// holds fails unless the account, and nobody else, has the address.
func (p *person) holds(address string) {
	p.t.Helper()
	who, found, err := p.Login(p.t.Context(), p.world.address(address))
	must(p.t, err)
	now, err := p.Store.Profile(p.t.Context(), p.ID)
	must(p.t, err)
	if !found || who.AccountID != p.ID || now.Email.String() != address || who.CredentialVersion != now.CredentialVersion {
		p.t.Errorf("the account has %s, and %s is that of %q", now.Email, address, who.AccountID)
	}
}

func (w *world) free(address string) {
	w.t.Helper()
	if _, found, err := w.Login(w.t.Context(), w.address(address)); err != nil || found {
		w.t.Errorf("%s has an account: %v", address, err)
	}
}

func TestNothingChangesUntilTheNewAddressConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, before := w.person(), ""
	before = p.Email.String()
	other := p.session()
	p.ask("new@example.com")
	p.holds(before)
	if got := w.want("200", p.bearer, "GET", askPath, nil)["pending"].(map[string]any)["email"]; got != "new@example.com" {
		t.Errorf("%v waits", got)
	}
	if got := w.sent.to(before); !reflect.DeepEqual(got, []message.Kind{message.EmailChangeAsked}) {
		t.Errorf("the present address was told %v", got)
	}
	w.free("new@example.com")

	got := w.want("200", p.bearer, "POST", confirmPath, p.confirmation("new@example.com"))
	if got["email"] != "new@example.com" {
		t.Errorf("%v", got)
	}
	p.holds("new@example.com")
	w.free(before)
	w.want("401 unauthenticated", other, "GET", "/v1/account", nil)
	if got := w.want("200", p.bearer, "GET", askPath, nil)["pending"]; got != nil {
		t.Errorf("%v still waits", got)
	}
	w.want("410 link_used", p.bearer, "POST", confirmPath, p.confirmation("new@example.com"))
}

func TestWhatDoesNotConfirm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, stranger := w.person(), w.person()
	p.ask("first@example.com")
	first := p.confirmation("first@example.com")
	w.want("401 unauthenticated", "", "POST", confirmPath, first)
	w.want("403 link_of_other_account", stranger.bearer, "POST", confirmPath, first)
	w.want("400 link_invalid", p.bearer, "POST", confirmPath, is{"token": "AA.BB.CC"})
	w.want("400 link_invalid", p.bearer, "POST", confirmPath, is{"token": w.keys.Issue(token.ResetPassword, string(p.ID), "x").Reveal()})

	p.ask("second@example.com") // replaces the first
	w.want("410 link_expired", p.bearer, "POST", confirmPath, first)
	w.passes(account.EmailChangeLife)
	w.want("410 link_expired", p.bearer, "POST", confirmPath, p.confirmation("second@example.com"))

	w.want("403 step_up_required", p.bearer, "POST", askPath, is{"email": "third@example.com"})
	p.bearer = p.session()
	p.ask("third@example.com")
	must(t, w.ChangePassword(t.Context(), p.Profile, digestOf(t, p.bearer), token.NewSecret("y"), message.Message{ID: token.NewID(), CreatedAt: w.at}, account.Activity{Kind: "password_changed", At: w.at}, w.at))
	w.want("410 link_expired", p.bearer, "POST", confirmPath, p.confirmation("third@example.com"))
	p.holds(p.Email.String())
	for _, address := range []string{"first@example.com", "second@example.com", "third@example.com"} {
		w.free(address)
	}
}

func digestOf(t *testing.T, bearer string) string {
	t.Helper()
	_, digest, err := token.ParseSession(bearer)
	must(t, err)
	return digest
}

func TestTheAnswerDoesNotTellWhetherAnAddressHasAnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, holder := w.person(), w.person()
	known, unknown := p.ask(holder.Email.String()), p.ask("nobody@example.com")
	known["pending"].(is)["email"], unknown["pending"].(is)["email"] = "", ""
	if !reflect.DeepEqual(known, unknown) {
		t.Errorf("%v and %v", known, unknown)
	}
	if got := w.sent.to(holder.Email.String()); !reflect.DeepEqual(got, []message.Kind{message.EmailTaken}) {
		t.Errorf("the holder was told %v", got)
	}
	if got := len(w.sent.to("nobody@example.com")); got != 1 {
		t.Errorf("%d mails to the other", got)
	}
	// What nobody is mailed does not work either, not even with a token of the right form.
	p.ask(holder.Email.String())
	asked, _, err := w.EmailChange(t.Context(), p.ID)
	must(t, err)
	w.want("410 link_expired", p.bearer, "POST", confirmPath, is{"token": w.keys.Issue(token.ChangeEmail, string(p.ID), asked.ID).Reveal()})
	holder.holds(holder.Email.String())
	w.want("422 email_unchanged", p.bearer, "POST", askPath, is{"email": " " + p.Email.String()})
	w.want("422 email_invalid", p.bearer, "POST", askPath, is{"email": "nobody"})
}

func TestAnAddressThatGetsTooManyMailsIsSentNoMoreAndTheAnswerDoesNotTell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 7 {
		w.person().ask("victim@example.com")
	}
	confirms := 0
	for _, kind := range w.sent.to("victim@example.com") {
		if kind == message.ConfirmEmail {
			confirms++
		} else if kind != message.Decoy {
			t.Errorf("%s went to it", kind)
		}
	}
	if confirms != 5 {
		t.Errorf("%d mails within an hour", confirms)
	}
	p := w.person()
	for _, address := range []string{"a@example.com", "b@example.com", "c@example.com", "d@example.com", "e@example.com"} {
		p.ask(address)
	}
	w.want("429 too_many_requests", p.bearer, "POST", askPath, is{"email": "f@example.com"})
}

func TestTheAddressBeforeTakesTheChangeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.moved("thief@example.com")
	w.passes(account.EmailUndoLife - time.Second)
	got := w.want("200", "", "POST", undoPath, p.undo())
	if got["email"] != p.Email.String() {
		t.Errorf("%v", got)
	}
	p.holds(p.Email.String())
	w.free("thief@example.com")
	w.want("401 unauthenticated", p.bearer, "GET", "/v1/account", nil)
	who, _, err := w.Login(t.Context(), p.Email)
	must(t, err)
	if who.PasswordHash.Reveal() != "" {
		t.Error("the password of whoever changed the address still works")
	}
	parts, err := w.keys.Open(token.ResetPassword, got["reset"].(string), 2)
	must(t, err)
	reset, now, err := w.Reset(t.Context(), p.ID)
	must(t, err)
	if parts[0] != string(p.ID) || reset.ID != parts[1] || reset.CredentialVersion != now.CredentialVersion || !w.at.Before(reset.ExpiresAt) {
		t.Errorf("it leads to %v, and %+v is open", parts, reset)
	}
	if got := w.sent.to("thief@example.com"); got[len(got)-1] != message.EmailRestored {
		t.Errorf("the other address was told %v", got)
	}
	w.want("410 link_used", "", "POST", undoPath, p.undo())
}

// Whoever took the account over has added an app and a passkey, and made recovery codes. What the owner had from before stays.
func TestWhatWasAddedToTheFactorsSinceTheChangeGoesWithIt(t *testing.T) {
	t.Parallel()
	for name, had := range map[string]account.FactorSet{
		"nothing":   {},
		"a passkey": {Passkeys: []account.Passkey{{ID: "own"}}, Recovery: []string{"own"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.person()
			change := func(next account.FactorSet) {
				t.Helper()
				now, err := p.Store.Profile(t.Context(), p.ID)
				must(t, err)
				read, err := w.Factors(t.Context(), p.ID)
				must(t, err)
				by := account.Session{AccountID: p.ID, Digest: digestOf(t, p.bearer)}
				must(t, p.ChangeFactors(t.Context(), now, store.FactorChange{Read: read, Next: next, By: by, Seen: account.Activity{Kind: "totp_added", At: w.at}, At: w.at}))
			}
			if had.Counted().Any() {
				had.Passkeys[0].AddedAt, had.RecoveryAt = w.at, w.at
				change(had)
			}
			w.passes(time.Minute)
			p.ask("thief@example.com")
			w.want("200", p.bearer, "POST", confirmPath, p.confirmation("thief@example.com"))
			w.passes(time.Minute)
			change(account.FactorSet{
				TOTP: account.TOTP{Sealed: "x", AddedAt: w.at}, Passkeys: append(had.Passkeys, account.Passkey{ID: "theirs", AddedAt: w.at}), Recovery: []string{"theirs"}, RecoveryAt: w.at,
			})
			w.passes(time.Hour)
			w.want("200", "", "POST", undoPath, p.undo())
			w.want("401 unauthenticated", p.bearer, "GET", "/v1/account", nil)
			left, err := w.Factors(t.Context(), p.ID)
			must(t, err)
			now, err := p.Store.Profile(t.Context(), p.ID)
			must(t, err)
			if now.Factors != had.Counted() || left.Counted() != had.Counted() || len(left.Recovery) != 0 || len(left.Passkeys) == 1 && left.Passkeys[0].ID != "own" {
				t.Errorf("the account has %+v: %+v", now.Factors, left)
			}
			if did, _, err := p.Activity(t.Context(), p.ID, "", 50, w.at); err != nil || !slices.ContainsFunc(did, func(a account.Activity) bool { return a.Kind == "factors_removed" }) {
				t.Errorf("the owner does not read of it: %v %v", did, err)
			}
		})
	}
}

func TestWhatDoesNotTakeAChangeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.moved("mine@example.com")
	w.want("400 link_invalid", "", "POST", undoPath, is{"token": "AA.BB.CC"})
	w.want("410 link_expired", "", "POST", undoPath, is{"token": w.keys.Issue(token.UndoEmail, string(w.person().ID), "x").Reveal()})
	w.want("410 link_expired", "", "POST", undoPath, is{"token": w.keys.Issue(token.UndoEmail, string(p.ID), "x").Reveal()})
	w.passes(account.EmailUndoLife)
	w.want("410 link_expired", "", "POST", undoPath, p.undo())
	p.holds("mine@example.com")
}

func TestAnAddressThatWasGivenUpIsNobodysForThreeDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.moved("mine@example.com")
	if _, err := w.signUp(p.Email.String()); !errors.Is(err, account.ErrEmailKept) {
		t.Errorf("a sign-up got it: %v", err)
	}
	other := w.person()
	other.ask(p.Email.String())
	w.want("409 email_kept", other.bearer, "POST", confirmPath, other.confirmation(p.Email.String()))
	w.want("409 email_changed_recently", p.bearer, "POST", askPath, is{"email": "further@example.com"})

	w.passes(account.EmailUndoLife)
	if _, err := w.signUp(p.Email.String()); err != nil {
		t.Errorf("after three days: %v", err)
	}
	w.want("410 link_expired", other.bearer, "POST", confirmPath, other.confirmation(p.Email.String()))
	p.bearer = p.session()
	p.ask("further@example.com")
	w.want("200", p.bearer, "POST", confirmPath, p.confirmation("further@example.com"))
	p.holds("further@example.com")
}

func TestAnAddressThatGotAnAccountMeanwhileStaysItsHolders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	p.ask("wanted@example.com")
	holder := w.personAt("wanted@example.com")
	w.want("409 email_in_use", p.bearer, "POST", confirmPath, p.confirmation("wanted@example.com"))
	holder.holds("wanted@example.com")
	p.holds(p.Email.String())
}

func TestOfFiftyThatConfirmOrUndoAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	p.ask("once@example.com")
	w.once(confirmPath, p.bearer, p.confirmation("once@example.com"))
	p.holds("once@example.com")
	w.once(undoPath, "", p.undo())
	p.holds(p.Email.String())
}

// once makes a request fifty times at once, of which one may succeed.
func (w *world) once(path, bearer string, body is) {
	w.t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	won := 0
	for range 50 {
		all.Go(func() {
			status, answer := w.call(bearer, "POST", path, body)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case status == 200:
				won++
			case status != 409 && status != 410 && status != 401:
				w.t.Errorf("%s: %d %v", path, status, answer)
			}
		})
	}
	all.Wait()
	if won != 1 {
		w.t.Errorf("%s: %d of 50", path, won)
	}
}
