package lab

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CPU is the time that processes have used in user and system mode, without their children, to the nanosecond: by the clock of each process,
// clock_getcpuclockid(3). A process that has ended counts as 0.
func CPU(pids ...int) time.Duration {
	var all time.Duration
	for _, pid := range pids {
		var t unix.Timespec
		if err := unix.ClockGettime(int32(^pid<<3|2), &t); err == nil {
			all += time.Duration(t.Nano())
		}
	}
	return all
}

// Inherited is the CPU time of a process's children that have ended and were waited for, and of theirs, to 10 ms: fields 16 and 17 of
// proc_pid_stat(5).
func Inherited(pid int) time.Duration {
	f := procStat(pid)
	if f == nil {
		return 0
	}
	user, _ := strconv.ParseInt(f[13], 10, 64)
	system, _ := strconv.ParseInt(f[14], 10, 64)
	return time.Duration(user+system) * (time.Second / 100) // USER_HZ is 100 on all of Linux
}

// Tree lists a process and all that descend from it.
func Tree(pid int) []int {
	children := map[int][]int{}
	found, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range found {
		one, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		if f := procStat(one); f != nil {
			parent, _ := strconv.Atoi(f[1])
			children[parent] = append(children[parent], one)
		}
	}
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// Command is the program of a process with its arguments, or "" where it has ended.
func Command(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(bytes.ReplaceAll(text, []byte{0}, []byte{' '})))
}

// PSS is the memory of processes in bytes, where a page that several use counts as a part for each.
func PSS(pids ...int) int64 {
	var all int64
	for _, pid := range pids {
		all += kilobytes(fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Pss")
	}
	return all
}

// PeakRSS is the most memory that a process has had resident, in bytes.
func PeakRSS(pid int) int64 { return kilobytes(fmt.Sprintf("/proc/%d/status", pid), "VmHWM") }

func kilobytes(file, name string) int64 {
	text, _, _ := strings.Cut(field(file, name, ":"), " ")
	value, _ := strconv.ParseInt(text, 10, 64)
	return value << 10
}

// procStat is what proc(5) lists for a process after its name: the state first. It is nil of one that has ended.
func procStat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(f) < 15 {
		return nil
	}
	return f
}
