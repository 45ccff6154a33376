package main

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi/contract"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/password"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// routes of the desk, with a body that is right.
func routes(reference string) map[string]any {
	at, id := "/v1/review/cases/"+reference, strings.Repeat("A", 26)
	lease := m{"leaseId": id}
	decided := m{"leaseId": id, "version": 1, "outcome": "second_look", "note": "Look at the name.", "parts": []any{}}
	return map[string]any{
		"GET /v1/review": nil, "POST /v1/review/unlock": m{"password": "Mango tree 42"}, "POST /v1/review/next": nil, "GET /v1/review/report": nil,
		"GET /v1/review/cases?lane=new": nil, "POST /v1/review/search": m{"q": reference}, "GET " + at: nil, "POST " + at + "/claim": m{"takeOver": ""},
		"POST " + at + "/release": lease, "POST " + at + "/heartbeat": lease, "POST " + at + "/decision": decided, "POST " + at + "/preview": decided,
		"POST " + at + "/undo": m{"recordId": id}, "POST " + at + "/hold": m{"leaseId": id, "version": 1, "until": "2026-11-25T10:00:00Z", "note": "Waits."},
		"POST " + at + "/ask": m{"leaseId": id, "version": 1, "question": "Which?"}, "POST " + at + "/answer": m{"leaseId": id, "version": 1, "text": "This."},
		"POST " + at + "/reopen": m{"reason": "A mistake."}, "GET " + at + "/history": nil, "GET " + at + "/documents/" + id + "/pages/1": nil,
		"POST " + at + "/documents/" + id + "/original": m{"reason": "The picture is torn."},
	}
}

func TestTheDeskIsThereForReviewersAlone(t *testing.T) {
	w := newWorld(t)
	c := w.submitted(t)
	reviewer, member := w.reviewer(t, "Ravi", false), w.person(t, "Meena", newNumber())
	former, disabled := w.reviewer(t, "Usha", true), w.reviewer(t, "Nita", false)
	must(t, w.RemoveReviewer(t.Context(), former.ID, store.Deed{Kind: "reviewer_removed", By: "ops", Reason: "a test", At: start}))
	_, err := w.SetStatus(t.Context(), disabled.Profile, account.Disabled, store.Deed{Kind: "account_disabled", By: "ops", Reason: "a test", At: start})
	must(t, err)
	holder := &person{world: w, bearer: w.sessionOf(t, c)}
	stranger := &person{world: w}
	unknown := reviewer.want(t, "404 case_unknown", "GET", "/v1/review/cases/0000-0000", nil)
	for _, route := range contract.Operations(t, "/v1/review") {
		method, path, body := filled(route, c.Reference)
		for name, nobody := range map[string]*person{"a stranger": stranger, "a reviewer whose account is disabled": disabled} {
			if got := nobody.call(method, path, body).says(); got != "401 unauthenticated" {
				t.Errorf("%s: %s gets %s", route, name, got)
			}
		}
		for name, somebody := range map[string]*person{"a member": member, "the holder": holder, "who is no reviewer any more": former} {
			if got := somebody.call(method, path, body); got.raw != unknown.raw || !reflect.DeepEqual(got.header, unknown.header) || got.status != 404 {
				t.Errorf("%s: %s gets %d %v %s", route, name, got.status, got.header, got.raw)
			}
		}
	}
	if got, err := w.CaseByReference(t.Context(), c.Reference); err != nil || got.Version != c.Version+1 && got.Version != c.Version || got.Status != kyc.Submitted || got.Lease.ID != "" {
		t.Errorf("the case became %+v, %v", got, err)
	}
	if records, err := w.Records(t.Context(), c.AccountID, c.No); err != nil || len(records) != 1 {
		t.Errorf("recorded: %v, %v", records, err)
	}
}

// filled is a route of the contract with the places in its path filled in, and a body that is right, or an empty one for a route that is not in the
// list yet.
func filled(route, reference string) (method, path string, body any) {
	method, path, _ = strings.Cut(strings.NewReplacer("{reference}", reference, "{id}", strings.Repeat("A", 26), "{n}", "1").Replace(route), " ")
	for known, right := range routes(reference) {
		if called, _, _ := strings.Cut(known, "?"); called == method+" "+path {
			_, path, _ = strings.Cut(known, " ")
			return method, path, right
		}
	}
	if method != "GET" {
		body = m{}
	}
	return method, path, body
}

// sessionOf logs the holder of a case in.
func (w *world) sessionOf(t *testing.T, c kyc.Case) string {
	t.Helper()
	bearer, digest := token.NewSession(string(c.AccountID))
	must(t, w.StartSession(t.Context(), w.session(c.AccountID, digest), accountSeen))
	return bearer.Reveal()
}

func TestTheDeskIsLockedUntilThePasswordWasTypedAndAfterTenIdleMinutes(t *testing.T) {
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	chosen, err := password.New("/password", "Mango tree 42", p.Email)
	must(t, err)
	hash, err := password.Hash(t.Context(), chosen)
	must(t, err)
	p.setPassword(t, hash)
	w.clock = start.Add(deskIdle)
	for route, body := range routes("K7M2-9QXD") {
		method, path, _ := strings.Cut(route, " ")
		if strings.HasSuffix(path, "/unlock") {
			continue
		}
		if got := p.call(method, path, body).says(); got != "403 desk_locked" {
			t.Errorf("%s: answered %s", route, got)
		}
	}
	for range 10 {
		p.want(t, "403 password_wrong", "POST", "/v1/review/unlock", m{"password": "Mango tree 43"})
	}
	p.want(t, "429 too_many_requests", "POST", "/v1/review/unlock", m{"password": "Mango tree 42"})
	w.clock = w.clock.Add(time.Hour)
	p.want(t, "403 step_up_required", "POST", "/v1/review/unlock", m{"password": "Mango tree 42"})
	must(t, w.Prove(t.Context(), w.session(p.ID, p.digest), account.ByPassword, w.clock))
	p.want(t, "403 step_up_required", "POST", "/v1/review/unlock", m{"password": "Mango tree 42"})
	must(t, w.Prove(t.Context(), w.session(p.ID, p.digest), account.ByFactor, w.clock))
	p.want(t, "204", "POST", "/v1/review/unlock", m{"password": "Mango tree 42"})
	for range 5 { // each call keeps it open
		w.clock = w.clock.Add(deskIdle - time.Second)
		p.want(t, "200", "GET", "/v1/review", nil)
	}
	other, digest := token.NewSession(string(p.ID))
	must(t, w.StartSession(t.Context(), w.session(p.ID, digest), accountSeen))
	(&person{world: w, bearer: other.Reveal()}).want(t, "403 desk_locked", "GET", "/v1/review", nil)
	w.clock = w.clock.Add(deskIdle)
	p.want(t, "403 desk_locked", "GET", "/v1/review", nil)
}

func TestTwentyReviewersOnFiveCasesGetFiveLeases(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		w.submitted(t)
	}
	reviewers := make([]*person, 20)
	for i := range reviewers {
		reviewers[i] = w.reviewer(t, fmt.Sprint("Reviewer", i), false)
	}
	answers := make([]reply, len(reviewers))
	var at, done sync.WaitGroup
	at.Add(1)
	for i, p := range reviewers {
		done.Go(func() {
			at.Wait()
			answers[i] = p.call("POST", "/v1/review/next", nil)
		})
	}
	at.Done()
	done.Wait()
	leases, none := map[any]bool{}, 0
	for i, a := range answers {
		switch {
		case a.status != 200:
			t.Errorf("answered %s", a.raw)
		case a.body["case"] == nil:
			none++
		case at2(a, "lease", "mine") != true || at2(a, "lease", "by") != fmt.Sprintf("Reviewer%d Rao", i):
			t.Errorf("the lease is %v", at2(a, "lease"))
		default:
			leases[at2(a, "reference")] = true
		}
	}
	if len(leases) != 5 || none != 15 {
		t.Errorf("%d leases, %d got nothing", len(leases), none)
	}
}

func at2(r reply, path ...any) any { return at(r.body["case"], path...) }

func TestNextTakesTheMostUrgentLaneAndSkipsWhatIsNotForTheReviewer(t *testing.T) {
	w := newWorld(t)
	p, other := w.reviewer(t, "Ravi", false), w.reviewer(t, "Meena", false)
	own := p.submits(t, "AAAPL1234C", "11")
	shared := w.person(t, "Brother", p.Phone.Number.E164()).submits(t, "AAAPL1234C", "11")
	if r := p.want(t, "200", "POST", "/v1/review/next", nil); r.body["case"] != nil {
		t.Fatalf("took %s", r.raw)
	}
	for _, c := range []kyc.Case{own, shared} {
		for _, path := range []string{"", "/history"} {
			p.want(t, "409 own_case", "GET", caseAt(c)+path, nil)
		}
		p.want(t, "409 own_case", "POST", caseAt(c)+"/claim", m{"takeOver": ""})
	}
	fresh, doubtful := w.submitted(t), w.submitted(t)
	d := decision(other.takes(t, doubtful), "second_look", nil)
	d["note"] = "The photo is of another person."
	other.want(t, "200", "POST", caseAt(doubtful)+"/decision", d)
	if got := at2(p.want(t, "200", "POST", "/v1/review/next", nil), "reference"); got != doubtful.Reference {
		t.Errorf("took %v before the second look", got)
	}
	if got := at2(p.want(t, "200", "POST", "/v1/review/next", nil), "reference"); got != fresh.Reference {
		t.Errorf("then took %v", got)
	}
	overview := p.want(t, "200", "GET", "/v1/review", nil).body
	if mine, _ := overview["mine"].([]any); len(mine) != 2 || at(mine, 0, "leasedBy") != "Ravi Rao" {
		t.Errorf("mine are %v", overview["mine"])
	}
	if at(overview, "lanes", 0, "waiting") != 1.0 || at(overview, "scanner") != "off" || len(at(overview, "reasons").([]any)) < 30 {
		t.Errorf("%v", overview)
	}
	page := p.want(t, "200", "GET", "/v1/review/cases?lane=new", nil)
	if items := page.body["items"].([]any); len(items) != 3 || page.body["next"] != nil {
		t.Errorf("%s", page.raw)
	}
	p.want(t, "422 lane_unknown", "GET", "/v1/review/cases?lane=old", nil)
}

func TestAReviewerWithoutASecondFactorIsToldToAddOne(t *testing.T) {
	w := newWorld(t)
	p := w.person(t, "Ravi", newNumber())
	must(t, w.AddReviewer(t.Context(), p.ID, true, store.Deed{Kind: "reviewer_added", By: "ops", Reason: "a test", At: start}))
	p.open(t)
	for route, body := range routes("K7M2-9QXD") {
		method, path, _ := strings.Cut(route, " ")
		p.want(t, "403 reviewer_needs_factor", method, path, body)
	}
}
