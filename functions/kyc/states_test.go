package main

import (
	"slices"
	"strings"
	"testing"

	"phonon.in/central/shared/kyc"
)

// What the holder may do in each state. In needs_info a reviewer has flagged the PAN and its card, and nothing else.
func TestWhatAHolderMayDoInEachState(t *testing.T) {
	actions := []string{"save", "patch", "upload", "complete", "remove", "submit", "retype", "withdraw", "renew"}
	const locked, late, fresh = "409 case_locked", "409 withdraw_too_late", "409 case_not_renewable"
	table := map[kyc.Status][]string{
		kyc.NotStarted:  {"200", "422 entity_type_required", "422 requirement_unknown", "404 document_unknown", "404 document_unknown", "422 kyc_incomplete", "200", late, fresh},
		kyc.Draft:       {"200", "200", "201", "200", "204", "202", "200", late, fresh},
		kyc.Withdrawn:   {"200", "200", "201", "200", "204", "202", "200", late, fresh},
		kyc.Submitted:   {locked, locked, locked, locked, locked, locked, locked, "200", fresh},
		kyc.UnderReview: {locked, locked, locked, locked, locked, locked, locked, late, fresh},
		kyc.Approved:    {locked, locked, locked, locked, locked, locked, locked, late, "200"}, // to renew begins the next case
		kyc.Expiring:    {locked, locked, locked, locked, locked, locked, locked, late, "200"},
		kyc.Suspended:   {locked, locked, locked, locked, locked, locked, locked, late, fresh},
		kyc.NeedsInfo:   {"200", "200", "201", "200", "204", "422 kyc_incomplete", "409 part_locked", late, fresh},
		kyc.Rejected:    {"200", "200", locked, locked, locked, locked, "200", late, fresh}, // to save begins the next case
		kyc.Expired:     {"200", "200", locked, locked, locked, locked, "200", late, fresh},
	}
	w := newWorld(t)
	for status, row := range table {
		for i, action := range actions {
			t.Run(string(status)+" "+action, func(t *testing.T) {
				p := w.holder(t)
				pan, waiting := "AAAAAAAAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBBBBBBBB"
				if status != kyc.NotStarted {
					pan, _ = p.drafted(t)
					waiting = p.asked(t, "entity_pan", "pan_card")
					p.put(t, kyc.IncomingKey(p.id, 1, waiting), []byte("%PDF-1.7\n"))
					p.review(t, status, "/fields/pan", "/requirements/entity_pan")
				}
				before := p.rows(t)
				r := p.does(action, pan, waiting)
				if r.says() != row[i] {
					t.Errorf("answered %s: %s", r.says(), r.raw)
				}
				if changed := p.rows(t) != before; changed != (r.status < 300) {
					t.Errorf("answered %s, something changed: %v", r.says(), changed)
				}
				next := status.May(kyc.Begin) && status != kyc.NotStarted && r.status < 300
				if got := p.call("GET", "/v1/kyc", nil); next && (got.body["caseNo"] != 2.0 || got.body["status"] != "draft" || got.body["reference"] != nil) {
					t.Errorf("the next case is %s", got.raw)
				}
			})
		}
	}
}

func (p *holder) does(action, pan, waiting string) reply {
	fields := whole()
	fields["pan"] = "AAAPL1234C"
	switch action {
	case "save":
		return p.call("PUT", "/v1/kyc", m{"entityType": "individual", "fields": fields})
	case "patch":
		return p.call("PATCH", "/v1/kyc", m{"fields": m{"pan": "AAAPL1234C"}})
	case "upload":
		return p.call("POST", "/v1/kyc/documents", m{
			"requirement": "entity_pan", "documentType": "epan", "fileName": "a.pdf", "contentType": "application/pdf", "size": 9,
		})
	case "complete":
		return p.call("POST", "/v1/kyc/documents/"+waiting+"/complete", nil)
	case "remove":
		return p.call("DELETE", "/v1/kyc/documents/"+pan, nil)
	case "retype":
		return p.call("PUT", "/v1/kyc", m{"entityType": "huf"})
	}
	if action == "submit" {
		return p.call("POST", "/v1/kyc/submit", agreed())
	}
	return p.call("POST", "/v1/kyc/"+action, nil)
}

// Whatever becomes of the next case, the approved one stays as it was, with its files.
func TestTheNextCaseNeverTouchesTheApprovedOne(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	pan, id := p.drafted(t)
	p.review(t, kyc.Approved)
	for _, document := range []string{pan, id} {
		p.set(t, "kyc#0001#doc#"+document, map[string]any{"state": "accepted"})
	}
	approved, files := p.rowsOf(t, "kyc#0001"), p.versions(t)
	p.want(t, "200", "POST", "/v1/kyc/renew", nil)
	p.want(t, "409 case_not_renewable", "POST", "/v1/kyc/renew", nil)
	p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"legalName": "Zoya Khan", "pan": "AAAPL1234C"}})
	p.want(t, "204", "DELETE", "/v1/kyc/documents/"+id, nil)
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "huf"})
	if now := p.rowsOf(t, "kyc#0001"); now != approved {
		t.Errorf("the approved case became\n%s\nof\n%s", now, approved)
	}
	if now := p.versions(t); !slices.Equal(now, files) {
		t.Errorf("of its files %v, these are left: %v", files, now)
	}
}

// Nobody is warned of a suspicion, nor learns who looked and what they said to each other.
func TestARejectionDoesNotNameASuspicion(t *testing.T) {
	for _, r := range kyc.ReviewReasons() {
		if !r.Silent {
			continue
		}
		p := newWorld(t).holder(t)
		_, id := p.drafted(t)
		p.review(t, kyc.Rejected)
		p.set(t, "kyc#0001#doc#"+id, map[string]any{"state": "rejected", "reasonCode": r.Code, "reasonDetail": r.Detail})
		p.set(t, "kyc#0001", map[string]any{
			"decidedBy": "REVIEWERREVIEWERREVIEWER01", "firstBy": "REVIEWERREVIEWERREVIEWER02",
			"flags": map[string]any{"/requirements/personal_id": map[string]string{"code": r.Code, "detail": r.Detail}},
		})
		got := p.want(t, "200", "GET", "/v1/kyc", nil).raw
		if strings.Contains(got, r.Code) || strings.Contains(got, "REVIEWER") || !strings.Contains(got, r.Detail) {
			t.Errorf("%s: the holder reads %s", r.Code, got)
		}
	}
}

// rowsOf are the rows of the account whose sort keys begin so, as text.
func (p *holder) rowsOf(t *testing.T, sk string) string {
	t.Helper()
	var found []string
	for row := range strings.SplitSeq(p.rows(t), "\n") {
		if strings.Contains(row, " sk:"+sk) {
			found = append(found, row)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no row begins with %s", sk)
	}
	return strings.Join(found, "\n")
}

func TestWhatNobodyFlaggedStaysClosed(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	_, id := p.drafted(t)
	p.review(t, kyc.NeedsInfo, "/fields/pinCode")
	before := p.rows(t)
	p.want(t, "409 part_locked", "PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "AAAPL1234C"}})
	p.want(t, "409 part_locked", "PUT", "/v1/kyc", m{"entityType": "huf"})
	r := p.want(t, "409 part_locked", "PATCH", "/v1/kyc", m{"fields": m{"pan": "AAAPL1234C", "pinCode": "380015"}})
	if !strings.Contains(r.missing(), "/fields/pan part_locked") || strings.Contains(r.missing(), "pinCode") {
		t.Errorf("it names %s", r.missing())
	}
	p.want(t, "409 part_locked", "DELETE", "/v1/kyc/documents/"+id, nil)
	p.want(t, "409 part_locked", "POST", "/v1/kyc/documents", m{
		"requirement": "personal_id", "documentType": "passport", "fileName": "a.pdf", "contentType": "application/pdf", "size": 9,
	})
	if p.rows(t) != before {
		t.Error("something changed all the same")
	}
	p.want(t, "200", "PATCH", "/v1/kyc", m{"fields": m{"pan": "ZZZPZ9999Z", "pinCode": "380015"}}) // the PAN is what it was
}
