package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestTheTimeOfAProcessIsThatOfItsWork(t *testing.T) {
	before, from := CPU(os.Getpid()), processCPU()
	for processCPU()-from < 200*time.Millisecond {
	}
	took, clock := CPU(os.Getpid())-before, processCPU()-from
	if took < clock-40*time.Millisecond || took > clock+40*time.Millisecond {
		t.Errorf("%s by the kernel's ticks, %s by its clock", took, clock)
	}
}

func TestATreeHasTheChildrenOfChildren(t *testing.T) {
	cmd := exec.Command("sh", "-c", "sh -c 'echo; read end; true'; true")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out.Read(make([]byte, 1)) // the inner one runs
	if all := Tree(os.Getpid()); !slices.Contains(all, cmd.Process.Pid) || len(all) < 3 {
		t.Errorf("%v lacks the child %d or its child", all, cmd.Process.Pid)
	}
	if PSS(cmd.Process.Pid) == 0 || PeakRSS(cmd.Process.Pid) == 0 || Command(cmd.Process.Pid) == "" {
		t.Error("a running process has no memory or no program")
	}
	in.Close()
	cmd.Wait()
	if CPU(cmd.Process.Pid) != 0 || PSS(cmd.Process.Pid) != 0 || Command(cmd.Process.Pid) != "" {
		t.Error("a process that has ended has figures")
	}
}

func TestSamples(t *testing.T) {
	s := Samples{4, 1, 3, 2}
	if s.Median() != 2.5 || s.Min() != 1 || s.Max() != 4 || s.Mean() != 2.5 || s.Quantile(1) != 4 {
		t.Errorf("median %v, min %v, max %v, mean %v, last %v", s.Median(), s.Min(), s.Max(), s.Mean(), s.Quantile(1))
	}
	if !slices.Equal(s, Samples{4, 1, 3, 2}) {
		t.Error("the samples lost their order")
	}
	var order string
	if err := Interleave(3, func() error { order += "a"; return nil }, func() error { order += "b"; return nil }); err != nil || order != "abbaab" {
		t.Errorf("%q, %v, want abbaab", order, err)
	}
}

func TestAFileCanBeDroppedFromTheCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := DropCache(file); err != nil {
		t.Error(err)
	}
	if err := DropCache(file + "-missing"); err == nil {
		t.Error("a missing file was dropped")
	}
}
