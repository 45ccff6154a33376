package scale

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"testing"

	"phonon.in/central/bench/report"
)

var update = flag.Bool("update", false, "write docs/operations.md anew")

// TestOperationsSayWhatIsToBeRaised: docs/operations.md, "Before a peak", has the table of the formulas, and warms the tables to that.
func TestOperationsSayWhatIsToBeRaised(t *testing.T) {
	const file = "../../docs/operations.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	morning, wave := peaks()[0].limits(allRaised), peaks()[1].limits(allRaised)
	want := string(text)
	for pattern, should := range map[string]string{
		`(?m)^\| limit \| is \|.*\n(?:\|.*\n)+`: report.Section{Tables: []report.Table{{Head: Before().Head, Rows: Before().Rows}}}.Markdown(""),
		`ReadUnitsPerSecond=\d+,WriteUnitsPerSecond=\d+`: fmt.Sprintf("ReadUnitsPerSecond=%.0f,WriteUnitsPerSecond=%.0f",
			max(morning.Reads, wave.Reads), max(morning.Writes, wave.Writes)),
	} {
		found := regexp.MustCompile(pattern)
		if n := len(found.FindAllString(want, -1)); n != 1 {
			t.Fatalf("%s is %d times in docs/operations.md", pattern, n)
		}
		want = found.ReplaceAllLiteralString(want, should)
	}
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatal("docs/operations.md, \"Before a peak\", is not what was computed: go -C bench test ./scale -run Operations -update")
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
