package scale

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"phonon.in/central/bench/report"
)

// TestOperationsSayWhatIsToBeRaised: docs/operations.md has the table of the formulas.
func TestOperationsSayWhatIsToBeRaised(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	table := report.Section{Tables: []report.Table{{Head: Before().Head, Rows: Before().Rows}}}.Markdown("")
	morning, wave := peaks()[0].limits(allRaised), peaks()[1].limits(allRaised)
	warm := fmt.Sprintf("--warm-throughput ReadUnitsPerSecond=%.0f,WriteUnitsPerSecond=%.0f`", max(morning.Reads, wave.Reads), max(morning.Writes, wave.Writes))
	if !strings.Contains(string(text), warm) {
		t.Errorf("docs/operations.md lacks %s", warm)
	}
	if !strings.Contains(string(text), table) {
		t.Errorf("docs/operations.md, \"Before a peak\", lacks this table:\n%s", table)
	}
}
