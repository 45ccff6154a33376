package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
)

// atOnce runs n requests that start together and counts the answers.
func atOnce(n int, request func(i int) reply) map[string]int {
	var mu sync.Mutex
	var start, done sync.WaitGroup
	counts := map[string]int{}
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			r := request(i)
			mu.Lock()
			counts[r.says()]++
			mu.Unlock()
		})
	}
	start.Done()
	done.Wait()
	return counts
}

func TestAStaleTabChangesNothing(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	const save = "200"
	first := p.want(t, save, "PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}}, "If-Match", `"0"`)
	if got := p.call("GET", "/v1/kyc", nil); got.etag != first.etag || got.etag != `"1"` {
		t.Errorf("ETag %s, then %s", first.etag, got.etag)
	}
	second := p.want(t, save, "PATCH", "/v1/kyc", m{"fields": m{"pinCode": "380015"}}, "If-Match", first.etag)
	pan, stale := p.given(t, "entity_pan", "epan", "pan"), first.etag
	if second.etag == stale {
		t.Fatalf("ETag %s after a change", second.etag)
	}
	before := p.rows(t)
	upload := m{"requirement": "entity_pan", "documentType": "epan", "fileName": "a.pdf", "contentType": "application/pdf", "size": 9}
	for _, call := range []struct {
		method, path string
		body         any
	}{
		{"PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{}}}, {"PATCH", "/v1/kyc", m{"fields": m{"pinCode": nil}}},
		{"POST", "/v1/kyc/documents", upload}, {"DELETE", "/v1/kyc/documents/" + pan, nil},
		{"POST", "/v1/kyc/documents/" + pan + "/complete", nil}, {"POST", "/v1/kyc/submit", agreed()},
	} {
		for _, tag := range []string{stale, `"999"`, "W/" + p.call("GET", "/v1/kyc", nil).etag, "1"} {
			p.want(t, "412 version_mismatch", call.method, call.path, call.body, "If-Match", tag)
		}
	}
	if p.rows(t) != before {
		t.Error("something changed all the same")
	}
	now := p.call("GET", "/v1/kyc", nil).etag
	last := p.want(t, save, "PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}}, "If-Match", stale+", "+now)
	p.want(t, save, "PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "AAAPL1234C"}}, "If-Match", "*")
	p.want(t, save, "PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}})
	if last.body["fields"].(m)["pinCode"] != nil {
		t.Errorf("a save of all keeps %v", last.body["fields"])
	}
}

func TestNothingIsWrittenWhereNothingChanges(t *testing.T) {
	p := newWorld(t).holder(t)
	saved := p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}})
	for _, same := range []reply{
		p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "zzzpz 9999z"}}),
		p.want(t, "200", "PATCH", "/v1/kyc", m{}), p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"pan": "ZZZPZ9999Z", "ifsc": ""}}),
	} {
		if same.etag != saved.etag {
			t.Errorf("version %s became %s: %s", saved.etag, same.etag, same.raw)
		}
	}
}

// Without If-Match nobody is told that somebody else was faster; with it exactly one is not told.
func TestManySavesAtOnce(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	if got := atOnce(20, func(int) reply { return p.call("PUT", "/v1/kyc", m{"entityType": "sole_proprietorship"}) }); got["200"] != 20 {
		t.Errorf("beginning a case at once: %v", got)
	}
	fields := []m{{"pan": "ZZZPZ9999Z"}, {"gstin": "27ZZZPZ9999Z1ZS"}, {"pinCode": "380015"}, {"ifsc": "SBIN0000300"}, {"signatoryName": "Asha Rao"}}
	if got := atOnce(25, func(i int) reply { return p.call("PATCH", "/v1/kyc", m{"fields": fields[i%len(fields)]}) }); got["200"] != 25 {
		t.Errorf("saving fields at once: %v", got)
	}
	if got := p.call("GET", "/v1/kyc", nil); len(got.body["fields"].(m)) != len(fields) {
		t.Errorf("a field is lost: %v", got.body["fields"])
	}
	tag := p.call("GET", "/v1/kyc", nil).etag
	got := atOnce(20, func(i int) reply {
		return p.call("PATCH", "/v1/kyc", m{"fields": m{"pinCode": fmt.Sprint(390001 + i)}}, "If-Match", tag)
	})
	if got["200"] != 1 || got["412 version_mismatch"] != 19 {
		t.Errorf("saving the same version at once: %v", got)
	}
}

func TestOfTwentyUploadsAtOnceTenAreAllowed(t *testing.T) {
	p := newWorld(t).holder(t)
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual"})
	got := atOnce(20, func(int) reply {
		return p.call("POST", "/v1/kyc/documents", m{
			"requirement": "entity_pan", "documentType": "epan", "fileName": "a.pdf", "contentType": "application/pdf", "size": 9,
		})
	})
	if got["201"] != kyc.MaxFiles || got["422 too_many_documents"] != 10 {
		t.Errorf("answers: %v", got)
	}
}

func TestAnAccountThatChangesItsTypeSeesIt(t *testing.T) {
	p := newWorld(t).holder(t)
	p.drafted(t)
	p.set(t, "profile", map[string]any{"type": "company"})
	if got := p.call("GET", "/v1/kyc", nil); got.missing() != "/entityType entity_type_not_allowed" || got.body["canSubmit"] != false {
		t.Errorf("it sees %s", got.raw)
	}
	p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"pinCode": "380015"}})
	if r := p.want(t, "422 kyc_incomplete", "POST", "/v1/kyc/submit", agreed()); r.missing() != "/entityType entity_type_not_allowed" {
		t.Errorf("submitting names %s", r.missing())
	}
}

func TestASubmissionIsEvaluatedAgainWhenTheAccountChangesMeanwhile(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.drafted(t)
	w.h.store = &meddled{cases: w.Store, before: func(kyc.Case) { p.set(t, "profile", map[string]any{"type": "company"}) }}
	if r := p.want(t, "422 kyc_incomplete", "POST", "/v1/kyc/submit", agreed()); r.missing() != "/entityType entity_type_not_allowed" {
		t.Errorf("it names %s", r.missing())
	}
	if got := p.call("GET", "/v1/kyc", nil); got.body["status"] != "draft" || got.body["reference"] != nil {
		t.Errorf("the case is %s", got.raw)
	}
	p.set(t, "profile", map[string]any{"type": "individual"})
	w.h.store = &meddled{cases: w.Store, before: func(kyc.Case) { p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"pan": ""}}) }}
	if r := p.want(t, "422 kyc_incomplete", "POST", "/v1/kyc/submit", agreed()); r.missing() != "/fields/pan field_missing" {
		t.Errorf("after a change of the case it names %s", r.missing())
	}
}

func TestASubmissionHasAReferenceOfItsOwn(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.drafted(t)
	taken := ""
	w.h.store = &meddled{cases: w.Store, before: func(submitted kyc.Case) { // somebody else has it
		taken = submitted.Reference
		other := w.holder(t)
		other.drafted(t)
		read, err := w.Case(t.Context(), other.id)
		must(t, err)
		holder, err := w.Profile(t.Context(), other.id)
		must(t, err)
		theirs, record, err := read.Submit(holder, taken, now)
		must(t, err)
		must(t, w.SubmitCase(t.Context(), read, theirs, record, holder, account.Activity{Kind: "kyc_submitted", At: now}))
	}}
	r := p.want(t, "202", "POST", "/v1/kyc/submit", agreed())
	reference, _ := r.body["reference"].(string)
	if again, ok := kyc.ParseReference(reference); !ok || again != reference || reference == taken {
		t.Errorf("%s, where %s was taken", r.raw, taken)
	}
	if got := p.call("GET", "/v1/kyc", nil); got.body["reference"] != reference {
		t.Errorf("the case says %v", got.body["reference"])
	}
	id, no, found, err := w.CaseOf(t.Context(), reference)
	if id != p.id || no != 1 || !found || err != nil {
		t.Errorf("it leads to %s, case %d: %v, %v", id, no, found, err)
	}
	p.review(t, kyc.NeedsInfo)
	if again := p.want(t, "202", "POST", "/v1/kyc/submit", agreed()); again.body["reference"] != reference {
		t.Errorf("handed in again it is %v", again.body["reference"])
	}
}

// part finds one part of a case.
func part(r reply, pointer string) m {
	for _, p := range r.body["parts"].([]any) {
		if p := p.(m); p["pointer"] == pointer {
			return p
		}
	}
	return nil
}

func TestEachFlagIsShownAndHasToBeAnswered(t *testing.T) {
	p := newWorld(t).holder(t)
	_, id := p.drafted(t)
	p.want(t, "202", "POST", "/v1/kyc/submit", agreed())
	p.review(t, kyc.NeedsInfo, "/entityType", "/fields/pan", "/requirements/personal_id")
	all := "/entityType flag_unanswered, /fields/pan flag_unanswered, /requirements/personal_id flag_unanswered"
	if r := p.want(t, "422 kyc_incomplete", "POST", "/v1/kyc/submit", agreed()); r.missing() != all {
		t.Errorf("it names %s", r.missing())
	}
	got := p.call("GET", "/v1/kyc", nil)
	for pointer, open := range map[string]bool{"/entityType": true, "/fields/pan": true, "/fields/pinCode": false, "/requirements/personal_id": true, "/requirements/entity_pan": false} {
		one := part(got, pointer)
		if one["open"] != open || (one["flag"] != nil) != open {
			t.Errorf("%s is shown as %v", pointer, one)
		}
	}
	if flag := part(got, "/fields/pan")["flag"].(m); flag["code"] != "check" || flag["detail"] != "Look at this again." || flag["answered"] != false || flag["answer"] != nil {
		t.Errorf("the flag is shown as %v", flag)
	}
	r := p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"pan": "AAAPL1234C"}, "answers": m{"/entityType": "I trade in my own name."}})
	if flag := part(r, "/entityType")["flag"].(m); flag["answered"] != true || flag["answer"] != "I trade in my own name." {
		t.Errorf("the answered flag is shown as %v", flag)
	}
	p.want(t, "204", "DELETE", "/v1/kyc/documents/"+id, nil)
	p.given(t, "personal_id", "passport", "another passport")
	p.want(t, "202", "POST", "/v1/kyc/submit", agreed())
	if got := p.call("GET", "/v1/kyc", nil); strings.Contains(got.raw, `"flag":{`) || part(got, "/fields/pan")["open"] != false {
		t.Errorf("handed in again it shows %s", got.raw)
	}
	rounds, err := p.Rounds(t.Context(), p.id, 1)
	if err != nil || len(rounds) != 1 || len(rounds[0].Flags) != 3 || rounds[0].Answers["/entityType"] == "" || rounds[0].HandedIn.Fields["pan"] != "ZZZPZ9999Z" {
		t.Errorf("kept: %+v, %v", rounds, err)
	}
}

func TestTheSameFileForTwoPeopleIsNotHandedIn(t *testing.T) {
	p := newWorld(t).holder(t)
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual", "fields": whole()})
	p.given(t, "entity_pan", "epan", "one file")
	id := p.given(t, "personal_id", "passport", "one file")
	r := p.want(t, "422 kyc_incomplete", "POST", "/v1/kyc/submit", agreed())
	if r.missing() != "/requirements/entity_pan document_same_as, /requirements/personal_id document_same_as" {
		t.Errorf("it names %s", r.missing())
	}
	p.want(t, "204", "DELETE", "/v1/kyc/documents/"+id, nil)
	p.given(t, "personal_id", "passport", "another file")
	p.want(t, "202", "POST", "/v1/kyc/submit", agreed())
}

func TestBodiesThatAreNoPatch(t *testing.T) {
	p := newWorld(t).holder(t)
	p.drafted(t)
	before := p.rows(t)
	for _, body := range []any{m{"fields": nil}, m{"fields": []string{"pan"}}, m{"fields": m{"pan": 7}}, m{"answers": "x"}, m{"entityType": "huf"}, []string{}} {
		p.want(t, "400 body_malformed", "PATCH", "/v1/kyc", body)
	}
	p.want(t, "415 not_json", "PATCH", "/v1/kyc", m{"fields": m{}}, "Content-Type", "application/merge-patch+json")
	p.want(t, "422 pan_length", "PATCH", "/v1/kyc", m{"fields": m{"pan": "x", "pinCode": "380015"}})
	p.want(t, "422 answer_unexpected", "PATCH", "/v1/kyc", m{"fields": m{"pinCode": "380015"}, "answers": m{"/fields/pan": "Yes."}})
	if p.rows(t) != before {
		t.Error("something changed all the same")
	}
}
