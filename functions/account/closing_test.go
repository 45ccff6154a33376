package main

import (
	"fmt"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/token"
)

const (
	closePath  = "/v1/account/close"
	reopenPath = "/v1/account/reopen"
)

func (p *person) close() is {
	p.t.Helper()
	return p.want("200", p.bearer, "POST", closePath, nil)
}

// wayBack is what a log-in with the right password answers while the account is being closed.
func (p *person) wayBack() is {
	p.t.Helper()
	now, err := p.Store.Profile(p.t.Context(), p.ID)
	must(p.t, err)
	return is{"token": p.keys.Issue(token.Reopen, string(p.ID), fmt.Sprint(now.CredentialVersion)).Reveal()}
}

func (p *person) status() account.Status {
	p.t.Helper()
	now, err := p.Store.Profile(p.t.Context(), p.ID)
	must(p.t, err)
	return now.Status
}

func TestClosingEndsEverySessionAndSaysWhatIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	other := p.session()
	plan := w.want("200", p.bearer, "GET", closePath, nil)
	if p.status() != account.Active {
		t.Fatal("looking at what it would do has done it")
	}
	done := p.close()
	if fmt.Sprint(plan) != fmt.Sprint(done) || done["eraseAt"] != w.at.Add(7*24*time.Hour).Format(time.RFC3339) || len(done["kept"].([]any)) != 2 {
		t.Errorf("planned %v, done %v", plan, done)
	}
	for _, bearer := range []string{p.bearer, other} {
		w.want("401 unauthenticated", bearer, "GET", "/v1/account", nil)
	}
	if got := w.sent.all[len(w.sent.all)-1]; got.Kind != message.AccountClosing || got.To != p.Email.String() {
		t.Errorf("told %+v", got)
	}
	told, err := w.EventsOf(t.Context(), p.ID, w.at)
	must(t, err)
	for _, e := range told {
		if e.Type == "account.closed" && e.Data.EraseAt.Equal(w.at.Add(7*24*time.Hour)) {
			return
		}
	}
	t.Errorf("the products are told %+v", told)
}

func TestAnAccountIsTakenBackOnceAndWithoutItsSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	p.close()
	back := p.wayBack()
	w.passes(account.ClosingLife - time.Second)
	w.once204(reopenPath, back)
	if p.status() != account.Active {
		t.Error("it is not open")
	}
	w.want("401 unauthenticated", p.bearer, "GET", "/v1/account", nil)
	w.want("200", p.session(), "GET", "/v1/account", nil)
	w.want("410 link_used", "", "POST", reopenPath, back)
	p.bearer = p.session()
	p.close()
	w.want("410 link_used", "", "POST", reopenPath, back) // of the time before
	if p.status() != account.Closing {
		t.Error("an older way back opened it")
	}
}

func (w *world) once204(path string, body is) {
	w.t.Helper()
	answers := make(chan string, 50)
	for range 50 {
		go func() {
			status, answer := w.call("", "POST", path, body)
			answers <- fmt.Sprint(status, " ", answer["code"])
		}()
	}
	count := map[string]int{}
	for range 50 {
		count[<-answers]++
	}
	if count["204 <nil>"] != 1 || count["410 link_used"] != 49 {
		w.t.Errorf("%s: %v", path, count)
	}
}

func TestWhatDoesNotTakeAnAccountBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	w.want("410 link_used", "", "POST", reopenPath, p.wayBack()) // it is open
	p.close()
	w.want("400 link_invalid", "", "POST", reopenPath, is{"token": "AA.2.CC"})
	w.want("404 not_found", "", "POST", reopenPath, is{"token": w.keys.Issue(token.Reopen, "NOBODY", "2").Reveal()})
	w.passes(account.ClosingLife)
	w.want("410 link_expired", "", "POST", reopenPath, p.wayBack())
	if p.status() != account.Closing {
		t.Error("it is open")
	}
}

func TestClosingWantsAFreshProof(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.person()
	w.passes(account.StepUpLife + time.Second)
	w.want("403 step_up_required", p.bearer, "POST", closePath, nil)
	if p.status() != account.Active || len(w.sent.all) > 0 {
		t.Error("it is being closed")
	}
}
