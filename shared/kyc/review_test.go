package kyc

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestOfAHundredApprovalsFiveAreLookedAtAgain(t *testing.T) {
	picked := 0
	for i := range 10_000 {
		if DefaultPolicy.samples(fmt.Sprint("record ", i)) {
			picked++
		}
	}
	if picked < 400 || picked > 600 || DefaultPolicy.AnswerIn != 720*time.Hour {
		t.Errorf("%d of 10,000", picked)
	}
	if (Policy{}).samples("record 0") || !(Policy{Samples: 100}).samples("record 0") {
		t.Error("none of none, or not all of all")
	}
}

func TestTheNewestVerdictOnAPartIsFound(t *testing.T) {
	c := Case{Verdicts: []Verdict{{Pointer: "/a", DocumentID: "1", OK: true}, {Pointer: "/a", DocumentID: "2"}, {Pointer: "/b"}}}
	for at, want := range map[[2]string]int{{"/a", "1"}: 0, {"/a", "2"}: 1, {"/b", ""}: 2, {"/b", "1"}: -1, {"/c", ""}: -1} {
		v, found := c.VerdictOn(at[0], at[1])
		if found != (want >= 0) || found && fmt.Sprint(v) != fmt.Sprint(c.Verdicts[want]) {
			t.Errorf("%v: %+v", at, v)
		}
	}
}

func TestTheLongestTextIsTaken(t *testing.T) {
	for n, ok := range map[int]bool{maxText: true, maxText + 1: false} {
		if _, err := checkText(FieldSpec{}, strings.Repeat("न", n), now); (err == nil) != ok {
			t.Errorf("%d characters: %v", n, err)
		}
	}
	for n, ok := range map[int]bool{maxNote: true, maxNote + 1: false} {
		if _, err := optionalNote("/note", strings.Repeat("x", n)); (err == nil) != ok {
			t.Errorf("a note of %d characters: %v", n, err)
		}
	}
}
