package kyc

import (
	"slices"
	"testing"
)

func TestACaseLeavesTracesOfWhatOneHolderAloneHas(t *testing.T) {
	c := Case{EntityType: "private_limited", Catalogue: "2026-11", Fields: map[string]string{
		"pan": "ZZZCZ9999Z", "cin": "U72900KA2008PTC046374", "signatoryName": "Asha Rao", "pinCode": "380015",
	}, Documents: []Document{
		{Requirement: "entity_pan", State: DocClean, SHA256: "aa"}, {Requirement: "entity_pan", State: DocSuperseded, SHA256: "bb"},
		{Requirement: "articles", State: DocAccepted, SHA256: "cc"}, {Requirement: "memorandum", State: DocRejected, SHA256: "dd"}, {Requirement: "memorandum", State: DocClean},
	}}
	want := []Trace{
		{"pan", "ZZZCZ9999Z", "/fields/pan"}, {"cin", "U72900KA2008PTC046374", "/fields/cin"},
		{TraceFile, "aa", "/requirements/entity_pan"}, {TraceFile, "cc", "/requirements/articles"},
	}
	if got := c.Traces(); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestAnIdentifierIsReadAsItWasPasted(t *testing.T) {
	for text, want := range map[string]Trace{
		" aaapl-1234 c\n": {Kind: "pan", Value: "AAAPL1234C"}, "24ZZZCZ9999Z1ZP": {Kind: "gstin", Value: "24ZZZCZ9999Z1ZP"},
		"u72900ka2008ptc046374": {Kind: "cin", Value: "U72900KA2008PTC046374"}, "AAAPL1234": {}, "": {}, "Asha Rao of Pune": {},
	} {
		if got, ok := TraceOf(text); got != want || ok != (want != Trace{}) {
			t.Errorf("%q is %v, %v", text, got, ok)
		}
	}
}
