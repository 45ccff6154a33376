package peers

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

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
		all[name] += clock(pid)
		all[ended] += inherited(pid)
	}
	return all
}

func sum(by map[string]time.Duration) (all time.Duration) {
	for _, d := range by {
		all += d
	}
	return all
}

// clock reads the CPU clock of another process: clock_getcpuclockid(3) makes its number like this. It is 0 where the process has ended.
func clock(pid int) time.Duration {
	const wholeProcess = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid)<<3|wholeProcess, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// inherited is the CPU time of children that have ended and were waited for, and of theirs: fields 16 and 17 of proc_pid_stat(5).
func inherited(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(f) < 15 {
		return 0
	}
	user, _ := strconv.ParseInt(f[13], 10, 64)
	system, _ := strconv.ParseInt(f[14], 10, 64)
	return time.Duration(user+system) * (time.Second / 100)
}
