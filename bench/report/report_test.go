package report

import (
	"bytes"
	"strings"
	"testing"
)

func TestASectionIsInsertedBetweenItsMarks(t *testing.T) {
	page := "# Page\n<!-- bench: a -->\nold\n<!-- bench: end of a -->\nrest\n"
	got, err := Insert(page, "a", Section{Text: "New.", Tables: []Table{{Head: []string{"x", "ms"}, Rows: [][]string{{"one", "1.0"}}}}, Plots: []Plot{{Name: "p", Title: "P"}}}.Markdown("plots"))
	want := "# Page\n<!-- bench: a -->\nNew.\n\n| x | ms |\n|---|---|\n| one | 1.0 |\n\n![P](plots/p.svg)\n<!-- bench: end of a -->\nrest\n"
	if err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	if again, err := Insert(got, "b", "x"); err == nil {
		t.Errorf("a page without the marks of b was changed:\n%s", again)
	}
}

func TestAMissedGoalSaysWhy(t *testing.T) {
	table := Goals([]Section{{Goals: []Goal{{"start", "1.7", "1.5", true, ""}, {"size", "5.5 MB", "6.0 MB", false, "fonts"}}}}).markdown()
	if !strings.Contains(table, "| start | 1.7 | 1.5 | yes |") || !strings.Contains(table, "**no**: fonts |") {
		t.Error(table)
	}
}

func TestAPlotIsTheSameEachTime(t *testing.T) {
	for _, p := range []Plot{
		{Name: "bars", Title: "Bars", Bars: []Bar{{"a", 1}, {"b", 2}}},
		{Name: "lines", Title: "Lines", LogX: true, LogY: true, Lines: []Line{{Name: "a", X: []float64{1, 10, 100}, Y: []float64{3, 2, 1}}, {Name: "b", X: []float64{1, 100}, Y: []float64{1, 9}, Dashed: true}}},
	} {
		one, err := p.SVG()
		if err != nil {
			t.Fatal(err)
		}
		two, _ := p.SVG()
		if !bytes.Equal(one, two) || !bytes.Contains(one, []byte("<svg")) || len(one) < 2000 {
			t.Errorf("%s: %d and %d bytes", p.Name, len(one), len(two))
		}
	}
}
