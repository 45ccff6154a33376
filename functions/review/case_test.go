package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/token"
)

func TestEveryLookIsRecordedBeforeItIsAllowed(t *testing.T) {
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	c := w.submitted(t)
	w.passes()
	view := p.want(t, "200", "GET", caseAt(c), nil).body
	d := at(view, "requirements", 0, "documents", 0)
	documents := caseAt(c) + "/documents/" + at(d, "id").(string)
	for range 2 {
		w.passes()
		page := p.want(t, "200", "GET", documents+"/pages/1", nil)
		if page.text("sha256") != at(d, "pages", 0) || page.text("expiresAt") != w.clock.Add(addressLife).Format(time.RFC3339) {
			t.Errorf("%s", page.raw)
		}
		address := signed(t, page.text("url"))
		if want := "/uploads/pages/" + string(c.AccountID) + "/1/" + at(d, "id").(string) + "/1.jpg"; address.Path != want || address.Query().Get("X-Amz-Expires") != "60" {
			t.Errorf("the page is at %s", address)
		}
	}
	for _, n := range []string{"0", "2", "-1", "x"} {
		if got := p.call("GET", documents+"/pages/"+n, nil).says(); got != "404 page_unknown" {
			t.Errorf("page %s: %s", n, got)
		}
	}
	p.want(t, "422 reason_required", "POST", documents+"/original", m{"reason": "\u200b "})
	w.passes()
	original := signed(t, p.want(t, "200", "POST", documents+"/original", m{"reason": "The picture is torn."}).text("url"))
	if !strings.Contains(original.Path, "/vault/") || original.Query().Get("versionId") != "v1" || !strings.HasPrefix(original.Query().Get("response-content-disposition"), "attachment") {
		t.Errorf("the original is at %s", original)
	}
	kinds := w.kinds(t, c)
	if want := []string{"submit", "viewed", "page", "page", "original"}; !slices.Equal(kinds, want) {
		t.Errorf("recorded: %v, want %v", kinds, want)
	}
	last := at(p.want(t, "200", "GET", caseAt(c)+"/history", nil).body, "records", 4)
	if at(last, "actor", "name") != "Ravi Rao" || at(last, "reason") != "The picture is torn." || at(last, "parts", 0, "sha256") != at(d, "sha256") || at(last, "parts", 0, "verdict") != nil {
		t.Errorf("%v", last)
	}
}

func signed(t *testing.T, text string) *url.URL {
	t.Helper()
	address, err := url.Parse(text)
	must(t, err)
	return address
}

func (w *world) kinds(t *testing.T, c kyc.Case) (kinds []string) {
	t.Helper()
	records, err := w.Records(t.Context(), c.AccountID, c.No)
	must(t, err)
	for _, r := range records {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

func TestADocumentOfAnotherCaseOrThatIsGoneIsNotThere(t *testing.T) {
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	c, other := w.submitted(t), w.submitted(t)
	of, err := w.CaseByReference(t.Context(), other.Reference)
	must(t, err)
	p.want(t, "404 document_unknown", "GET", caseAt(c)+"/documents/"+of.Documents[0].ID+"/pages/1", nil)
	p.want(t, "404 document_unknown", "POST", caseAt(c)+"/documents/"+of.Documents[0].ID+"/original", m{"reason": "Curious."})
	if kinds := w.kinds(t, c); len(kinds) != 1 {
		t.Errorf("recorded: %v", kinds)
	}
}

func TestAFileThatIsNotHandedInYetIsNotThere(t *testing.T) {
	w := newWorld(t)
	p, holder := w.reviewer(t, "Ravi", false), w.person(t, "Asha", newNumber())
	c := holder.submits(t, "AAAPL1234C", "11")
	p.want(t, "200", "POST", caseAt(c)+"/decision", decision(p.takes(t, c), "needs_info", map[string]string{"personal_id": "expired"}))
	w.passes()
	holder.adds(t, "personal_id", "passport", "22")
	now, err := w.CaseByReference(t.Context(), c.Reference)
	must(t, err)
	late := now.Documents[len(now.Documents)-1].ID
	look := func(says string) {
		p.want(t, says, "GET", caseAt(c)+"/documents/"+late+"/pages/1", nil)
		p.want(t, says, "POST", caseAt(c)+"/documents/"+late+"/original", m{"reason": "Curious."})
	}
	look("404 document_unknown")
	if r := p.want(t, "200", "GET", caseAt(c), nil); strings.Contains(r.raw, late) {
		t.Errorf("the case shows it: %s", r.raw)
	}
	holder.handsIn(t)
	look("200")
}

func TestWhatAnotherAccountHasHandedInIsFound(t *testing.T) {
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	first := w.person(t, "Asha", newNumber()).submits(t, "AAAPL1234C", "11")
	second := w.person(t, "Nita", newNumber()).submits(t, "AAAPL1234C", "22")
	third := w.person(t, "Usha", newNumber()).submits(t, "BBBPL1234D", "22")
	found := func(c kyc.Case) (all []string) {
		for _, f := range p.want(t, "200", "GET", caseAt(c), nil).body["findings"].([]any) {
			if at(f, "severity") != "warning" {
				t.Errorf("%v", f)
			}
			if code := at(f, "code").(string); strings.HasSuffix(code, "_known") {
				reference := strings.TrimPrefix(strings.SplitAfter(at(f, "detail").(string), " in case ")[1], "")[:9]
				pointers := at(f, "pointers").([]any)
				slices.SortFunc(pointers, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
				all = append(all, fmt.Sprint(code, pointers, reference))
			}
		}
		slices.Sort(all)
		return all
	}
	for _, row := range []struct {
		of   kyc.Case
		want []string
	}{
		{first, []string{"identifier_known[/fields/pan]" + second.Reference}},
		{second, []string{"file_known[/requirements/entity_pan /requirements/personal_id]" + third.Reference, "identifier_known[/fields/pan]" + first.Reference}},
		{third, []string{"file_known[/requirements/entity_pan /requirements/personal_id]" + second.Reference}},
	} {
		if got := found(row.of); !slices.Equal(got, row.want) {
			t.Errorf("got  %v\nwant %v", got, row.want)
		}
	}
	_, err := w.EraseCases(t.Context(), second.AccountID)
	must(t, err)
	for _, c := range []kyc.Case{first, third} {
		if got := found(c); got != nil {
			t.Errorf("an erased account is found: %v", got)
		}
	}
}

func TestACaseIsFoundByWhateverWasPasted(t *testing.T) {
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	holder := w.person(t, "Asha", newNumber())
	c := holder.submits(t, "AAAPL1234C", "11")
	w.submitted(t) // with the same PAN
	p.submits(t, "BBBPL1234D", "33")
	for q, want := range map[string]int{
		c.Reference: 1, strings.ToLower(strings.ReplaceAll(c.Reference, "-", " ")): 1, string(c.AccountID): 1, strings.ToLower(string(c.AccountID)): 1, " " + holder.Email.String() + "\n": 1,
		"aaapl 1234 c": 2, "BBBPL1234D": 0, "CCCPL1234C": 0, "0000-0000": 0, "nobody@example.com": 0, "x": 0, string(p.ID): 0, "no@at@all": 0,
	} {
		r := p.want(t, "200", "POST", "/v1/review/search", m{"q": q})
		items := r.body["items"].([]any)
		if len(items) != want || want == 1 && (at(items, 0, "reference") != c.Reference || at(items, 0, "status") != "submitted") {
			t.Errorf("%q found %s", q, r.raw)
		}
	}
	p.want(t, "422 query_invalid", "POST", "/v1/review/search", m{"q": ""})
	p.want(t, "422 query_invalid", "POST", "/v1/review/search", m{"q": strings.Repeat("x", 255)})
}

func TestTheNextRoundShowsWhatHasChangedFirst(t *testing.T) {
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	holder := w.person(t, "Asha", newNumber())
	c := holder.submits(t, "AAAPL1234C", "11")
	d := decision(p.takes(t, c), "needs_info", map[string]string{"personal_id": "not_readable"})
	d["parts"] = append(d["parts"].([]any), m{"pointer": "/fields/pan", "documentId": nil, "verdict": "yes"})
	p.want(t, "200", "POST", caseAt(c)+"/decision", d)
	w.clock = start.Add(2 * time.Hour)
	p.open(t)
	holder.adds(t, "personal_id", "passport", "44")
	holder.handsIn(t)
	view := p.takes(t, c)
	first, second := at(view, "requirements", 0), at(view, "requirements", 1)
	if view["lane"] != "answered" || view["round"] != 2.0 || at(first, "id") != "personal_id" || at(first, "flag", "code") != "not_readable" || at(first, "documents", 0, "new") != true {
		t.Errorf("lane %v, round %v, first %v", view["lane"], view["round"], first)
	}
	if at(second, "documents", 0, "new") != false || at(second, "documents", 0, "verdict", "verdict") != "yes" || at(second, "documents", 0, "verdict", "checklist", "legible") != "y" || at(second, "flag") != nil {
		t.Errorf("what was accepted: %v", second)
	}
	if at(view, "fields", 1, "pointer") != "/fields/pan" || at(view, "fields", 1, "verdict", "round") != 1.0 || at(view, "rounds", 0, "flags", "/requirements/personal_id", "code") != "not_readable" {
		t.Errorf("fields %v, rounds %v", view["fields"], view["rounds"])
	}
	if at(second, "expected", 0, "value") != "AAAPL1234C" {
		t.Errorf("expected beside the PAN card: %v", at(second, "expected"))
	}
	if due := view["dueAt"]; due != c.DueAt.Format(time.RFC3339) {
		t.Errorf("due %v, at first %v", due, c.DueAt)
	}
	p.want(t, "200", "POST", caseAt(c)+"/decision", decision(m{"requirements": []any{first}, "lease": view["lease"], "version": view["version"]}, "approve", map[string]string{}))
}

func TestTheReportIsForLeads(t *testing.T) {
	w := newWorld(t)
	w.h.policy.Samples = 100
	lead, p := w.reviewer(t, "Leela", true), w.reviewer(t, "Ravi", false)
	c, undone := w.submitted(t), w.submitted(t)
	p.want(t, "403 lead_only", "GET", "/v1/review/report", nil)
	p.want(t, "200", "POST", caseAt(c)+"/decision", decision(p.takes(t, c), "approve", nil))
	r := p.want(t, "200", "POST", caseAt(undone)+"/decision", decision(p.takes(t, undone), "needs_info", map[string]string{"entity_pan": "expired"}))
	w.clock = start.Add(time.Second)
	p.want(t, "200", "POST", caseAt(undone)+"/undo", m{"recordId": r.text("recordId")})
	report := lead.want(t, "200", "GET", "/v1/review/report", nil)
	if hours := report.body["decisions"].([]any); len(hours) != 24 || at(hours, 23, "count") != 1.0 || at(hours, 22, "count") != 0.0 {
		t.Errorf("decisions: %v", hours)
	}
	if at(report.body, "firstTimeRight", 0, "approvedFirst") != 1.0 || at(report.body, "firstTimeRight", 0, "decided") != 1.0 || len(report.body["reasons"].([]any)) != 0 {
		t.Errorf("%s", report.raw)
	}
	if at(report.body, "samples", 0, "reference") != c.Reference || len(report.body["samples"].([]any)) != 1 {
		t.Errorf("to look at again: %v", report.body["samples"])
	}
	if at(report.body, "lanes", 2, "lane") != "new" || at(report.body, "lanes", 2, "waiting") != 1.0 || at(report.body, "reversals") != 0.0 {
		t.Errorf("%s", report.raw)
	}
}

func TestAReviewerSeesHowAFileCameToBe(t *testing.T) {
	w := newWorld(t)
	c := w.person(t, "Asha", newNumber()).handsInSigned(t)
	p := w.reviewer(t, "Ravi", false)
	view := p.takes(t, c)
	got := at(documentsOf(view, "personal_id")[0], "origin").(m)
	if got["program"] != "Adobe Photoshop 25.0" || got["signature"] != "broken" || got["signer"] != "Ravi Shah" || got["extended"] != true {
		t.Errorf("%v", got)
	}
	if got := at(documentsOf(view, "entity_pan")[0], "origin").(m); got["program"] != "" || got["signature"] != "none" || got["extended"] != false {
		t.Errorf("of a file that says nothing: %v", got)
	}
	if found := fmt.Sprint(view["findings"]); !strings.Contains(found, "signature_broken") {
		t.Errorf("the findings are %s", found)
	}
}

// handsInSigned hands in a case whose identity document has a signature that does not fit.
func (p *person) handsInSigned(t *testing.T) kyc.Case {
	t.Helper()
	draft := kyc.Case{AccountID: p.ID, No: 1, Status: kyc.Draft, EntityType: "individual", Catalogue: "2026-11", Fields: map[string]string{"pan": "AAAPL1234C"}, CreatedAt: start, UpdatedAt: start}
	_, err := p.SaveCase(t.Context(), kyc.NewCase(p.ID), draft)
	must(t, err)
	p.adds(t, "entity_pan", "pan_card", "11")
	c, err := p.Case(t.Context(), p.ID)
	must(t, err)
	id := token.NewID()
	must(t, p.AddDocument(t.Context(), c, kyc.Document{
		ID: id, CaseNo: 1, Requirement: "personal_id", Type: "passport", FileName: "passport.pdf", ContentType: "application/pdf", Size: 1000, State: kyc.DocClean,
		SHA256: digest("22", "passport"), Pages: []string{digest("aa", id)}, Key: kyc.VaultKey(p.ID, 1, id), VersionID: "v1", CreatedAt: p.clock, CheckedAt: p.clock,
		Origin: kyc.Origin{Program: "Adobe Photoshop 25.0", Signature: kyc.SignatureBroken, Signer: "Ravi Shah", Extended: true},
	}))
	return p.handsIn(t)
}
