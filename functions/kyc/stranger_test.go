package main

import (
	"slices"
	"strings"
	"testing"

	"phonon.in/central/shared/httpapi/contract"
	"phonon.in/central/shared/kyc"
)

// byPapers are the routes of function papers, which read the caller's own case alone.
var byPapers = []string{"GET /v1/kyc/summary", "GET /v1/kyc/papers/{name}"}

// Every route that the contract has, also one that is not written yet: a document of another account is as one that there is not.
func TestACaseIsThereForItsHolderAlone(t *testing.T) {
	w := newWorld(t)
	owner, other, stranger := w.holder(t), w.holder(t), &holder{world: w}
	pan, _ := owner.drafted(t)
	waiting := owner.asked(t, "entity_pan", "pan_card")
	owner.put(t, kyc.IncomingKey(owner.id, 1, waiting), []byte("%PDF-1.7\n"))
	before, files := owner.rows(t), owner.versions(t)
	operations := contract.Operations(t, "/v1/kyc")
	if len(operations) < 10 {
		t.Fatalf("the contract has %v", operations)
	}
	for _, operation := range operations {
		if slices.Contains(byPapers, operation) {
			continue
		}
		method, path, _ := strings.Cut(operation, " ")
		call := func(p *holder, id string) reply {
			var body any
			if method != "GET" && method != "DELETE" {
				body = m{}
			}
			return p.call(method, strings.ReplaceAll(path, "{id}", id), body)
		}
		if got := call(stranger, pan); got.says() != "401 unauthenticated" && operation != "GET /v1/kyc/entity-types" {
			t.Errorf("%s: a stranger gets %s", operation, got.says())
		}
		if !strings.Contains(path, "{id}") {
			continue
		}
		unknown := call(other, strings.Repeat("C", 26))
		for _, id := range []string{pan, waiting} {
			if got := call(other, id); got.raw != unknown.raw || got.etag != unknown.etag || got.says() != "404 document_unknown" {
				t.Errorf("%s: another account gets %s %s, and of what is nowhere %s", operation, got.says(), got.raw, unknown.raw)
			}
		}
	}
	if owner.rows(t) != before || !slices.Equal(owner.versions(t), files) {
		t.Error("something of the case changed")
	}
}
