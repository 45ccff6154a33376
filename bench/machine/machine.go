// Package machine says where the figures were taken, and how fast that machine was.
package machine

import (
	"context"
	"fmt"

	"phonon.in/central/bench/lab"
	"phonon.in/central/bench/report"
)

// Data is the machine of a run.
type Data struct{ lab.Machine }

// Measure looks at the machine.
func Measure(ctx context.Context, l *lab.Lab) (Data, error) {
	m, err := l.Describe(ctx)
	l.Step("one bcrypt-10 takes %.1f ms of CPU; the load is %.2f", m.YardstickMs, m.Load)
	return Data{m}, err
}

// Report is one paragraph.
func (d Data) Report() report.Section {
	return report.Section{Title: "The machine", Text: fmt.Sprintf(
		"Measured on %s, commit %s: %d × %s (%s), %s, %s, load %.2f before. **Yardstick**: one bcrypt hash of cost 10 took %.1f ms of CPU; figures in this unit can be compared between machines.",
		d.At.Format("2 January 2006"), d.Commit, d.Cores, d.CPU, d.Arch, d.System, d.Go, d.Load, d.YardstickMs)}
}
