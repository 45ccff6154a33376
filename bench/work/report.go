package work

import (
	"phonon.in/central/bench/report"
)

// Report shows it.
func (d Data) Report() report.Section { return report.Section{Title: "A warm request"} }
