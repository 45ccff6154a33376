package main

import (
	"strings"
	"testing"

	"phonon.in/central/shared/kyc"
)

// What the holder may do in each state. In needs_info a reviewer has flagged the PAN and its card, and nothing else.
func TestWhatAHolderMayDoInEachState(t *testing.T) {
	actions := []string{"save", "patch", "upload", "complete", "remove", "submit"}
	const locked = "409 case_locked"
	table := map[kyc.Status][]string{
		kyc.NotStarted:  {"200", "422 entity_type_required", "422 requirement_unknown", "404 document_unknown", "404 document_unknown", "422 kyc_incomplete"},
		kyc.Draft:       {"200", "200", "201", "200", "204", "202"},
		kyc.Submitted:   {locked, locked, locked, locked, locked, locked},
		kyc.UnderReview: {locked, locked, locked, locked, locked, locked},
		kyc.Approved:    {locked, locked, locked, locked, locked, locked},
		kyc.NeedsInfo:   {"200", "200", "201", "200", "204", "422 kyc_incomplete"},
		kyc.Rejected:    {"200", "200", locked, locked, locked, locked}, // to save begins the next case
		kyc.Expired:     {"200", "200", locked, locked, locked, locked},
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
				next := (status == kyc.Rejected || status == kyc.Expired) && r.status < 300
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
	}
	return p.call("POST", "/v1/kyc/submit", agreed())
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
