package lab

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Describe tells what machine this is and how fast it is now.
func (l *Lab) Describe(ctx context.Context) (Machine, error) {
	m := Machine{CPU: processor(), Cores: runtime.NumCPU(), Arch: runtime.GOARCH, System: system(), Go: runtime.Version(), At: time.Now().UTC().Truncate(time.Second), Load: load()}
	if said, err := exec.CommandContext(ctx, "git", "-C", l.Root, "rev-parse", "--short", "HEAD").Output(); err == nil {
		m.Commit = strings.TrimSpace(string(said))
	}
	yardstick, err := l.Yardstick(ctx)
	m.YardstickMs = yardstick.Seconds() * 1000
	return m, err
}

// processor is the model name of the first CPU, or "" where the kernel gives none.
func processor() string { return field("/proc/cpuinfo", "model name", ":") }

// system is the name of the distribution.
func system() string { return strings.Trim(field("/etc/os-release", "PRETTY_NAME", "="), `"`) }

func field(file, name, separator string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, separator)
		if strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	one, _, _ := strings.Cut(string(text), " ")
	value, _ := strconv.ParseFloat(one, 64)
	return value
}

// processCPU is the CPU time of this process.
func processCPU() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err) // the clock is part of Linux
	}
	return time.Duration(t.Nano())
}

// DropCache makes the next reading of a file come from the disk: it drops the file's pages from the page cache.
func DropCache(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}
