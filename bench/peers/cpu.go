package peers

import (
	"path/filepath"
	"strings"
	"time"

	"phonon.in/central/bench/lab"
)

// ended is the program that the time of processes that have ended is counted for.
const ended = "(ended)"

// spentIn is the CPU time of a process and of all that descend from it, by the name of the program or function, to the microsecond. What descendants
// used that have ended since is in it, to 10 ms: their parents inherit it.
func spentIn(root int) map[string]time.Duration {
	all := map[string]time.Duration{}
	for _, pid := range lab.Tree(root) {
		program, _, _ := strings.Cut(lab.Command(pid), " ")
		name := filepath.Base(program)
		if name == "bootstrap" { // of a function, as Lambda wants it
			name = filepath.Base(filepath.Dir(program))
		}
		all[name] += lab.CPU(pid)
		all[ended] += lab.Inherited(pid)
	}
	return all
}

func sum(by map[string]time.Duration) (all time.Duration) {
	for _, d := range by {
		all += d
	}
	return all
}
