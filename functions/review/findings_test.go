package main

import (
	"testing"

	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

func TestWhatManyAccountsHaveHandedInIsOneFindingOfEachKind(t *testing.T) {
	share := func(kind, pointer string, references ...string) (all []store.Shared) {
		for _, r := range references {
			all = append(all, store.Shared{Trace: kyc.Trace{Kind: kind, Pointer: pointer}, Traced: store.Traced{Reference: r}})
		}
		return all
	}
	var k known
	k.shared = append(k.shared, share("pan", "/fields/pan", "A", "B")...)
	k.shared = append(k.shared, share("gstin", "/fields/gstin", "A")...)
	k.shared = append(k.shared, share(kyc.TraceFile, "/requirements/entity_pan", "A", "B", "C", "D")...)
	k.shared = append(k.shared, share(kyc.TraceFile, "/requirements/bank_proof", "B", "E")...)
	want := []struct {
		detail   string
		pointers int
	}{
		{"The same PAN is in cases A and B of other accounts.", 1},
		{"The same GSTIN is in case A of another account.", 1},
		{"The same file is in cases A, B and 3 more of other accounts.", 2},
	}
	got := k.elsewhere()
	if len(got) != len(want) {
		t.Fatalf("%d findings: %v", len(got), got)
	}
	for i, w := range want {
		if got[i].Detail != w.detail || len(got[i].Pointers) != w.pointers {
			t.Errorf("got %q of %v, want %q", got[i].Detail, got[i].Pointers, w.detail)
		}
	}
}
