package kyc

import "testing"

func TestASignatureThatDoesNotFitItsFileIsDoubted(t *testing.T) {
	c := claimed("REVIEWER", LaneNew)
	for signature, want := range map[Signature]int{"": 0, SignatureIntact: 0, SignatureUnread: 0, SignatureBroken: 1} {
		c.Documents[0].Origin = Origin{Signature: signature, Extended: true}
		found := 0
		for _, f := range Findings(c, now) {
			if f.Code == "signature_broken" && f.Severity == Warning && f.Pointers[0] == requirementPointer(c.Documents[0].Requirement) {
				found++
			}
		}
		if found != want {
			t.Errorf("%q: %d findings, want %d", signature, found, want)
		}
	}
	if c.Documents[0].Origin.Signature = SignatureBroken; !c.asksForTwo(OutcomeApprove, now) {
		t.Error("one person approves over it")
	}
}
