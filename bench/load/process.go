package load

import (
	"path/filepath"
	"strings"
	"time"

	"phonon.in/central/bench/lab"
)

// The kinds of processes in a local run.
const (
	functions = "functions"
	gateway   = "gateway" // and what stands for SES, SNS and End User Messaging, and the proxies before the engines
	engine    = "engine"  // of DynamoDB
	others    = "others"  // storage and its scanner
)

var kinds = []string{functions, gateway, engine, others}

// spent is the CPU time of each process by its kind, and that of the functions by their name.
type spent map[int]struct {
	kind, function string
	cpu            time.Duration
}

// spentBy reads what the processes of a run have used until now.
func spentBy(run int) spent {
	s := spent{}
	for _, pid := range lab.Tree(run) {
		kind, function := kindOf(pid, run)
		s[pid] = struct {
			kind, function string
			cpu            time.Duration
		}{kind, function, lab.CPU(pid)}
	}
	return s
}

func kindOf(pid, run int) (kind, function string) {
	program, _, _ := strings.Cut(lab.Command(pid), " ")
	switch name := filepath.Base(program); {
	case pid == run:
		return gateway, ""
	case name == "bootstrap":
		return functions, filepath.Base(filepath.Dir(program))
	case name == "dynoxide" || name == "java":
		return engine, ""
	}
	return others, ""
}

// Used is CPU time in seconds by the kind of process, and of the functions by their name.
type Used struct {
	Kinds     map[string]float64 `json:"kinds"`
	Functions map[string]float64 `json:"functions"`
}

// since is what was used between two readings. What has ended between them is not known.
func (s spent) since(before spent) Used {
	kinds, functions := map[string]time.Duration{}, map[string]time.Duration{}
	for pid, p := range s {
		cpu := max(p.cpu-before[pid].cpu, 0)
		kinds[p.kind] += cpu
		functions[p.function] += cpu
	}
	delete(functions, "") // of other kinds
	return Used{inSeconds(kinds), inSeconds(functions)}
}

// inSeconds leaves out what used nothing, and all below a microsecond.
func inSeconds(of map[string]time.Duration) map[string]float64 {
	all := map[string]float64{}
	for name, cpu := range of {
		if cpu = cpu.Round(time.Microsecond); cpu > 0 {
			all[name] = float64(cpu.Microseconds()) / 1e6
		}
	}
	return all
}

// all is everything that was used.
func (u Used) all() (seconds float64) {
	for _, k := range kinds {
		seconds += u.Kinds[k]
	}
	return seconds
}
