package work

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/bench/lab"
)

// function is a process of a function of which is known what it costs: it spins for 20 ms at each event, or fails.
func function(t *testing.T) *worker {
	t.Helper()
	binary, err := spin()
	if err != nil {
		t.Fatal(err)
	}
	w, err := start(t.Context(), binary, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.stop)
	return w
}

// spin is the binary of it, built once.
var spin = sync.OnceValues(func() (string, error) {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return "", err
	}
	l := &lab.Lab{Root: dir, Dir: scratch}
	memory, err := replace(l, "spin", map[string]string{filepath.Join(dir, "bench", "work", "testdata", "spin", "counting.go"): counting})
	if err != nil {
		return "", err
	}
	return buildOf(context.Background(), l, "./work/testdata/spin", "-overlay", memory)
})

var scratch string

func TestMain(m *testing.M) {
	scratch, _ = os.MkdirTemp("", "bench-work-")
	code := m.Run()
	os.RemoveAll(scratch)
	os.Exit(code)
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheTimeOfARequestIsThatOfItsWork(t *testing.T) {
	w := function(t)
	var took lab.Samples
	for range 5 {
		answer, cpu, err := w.invoke(t.Context(), []byte(`{}`))
		if err != nil || string(answer) != `{"statusCode":204}` {
			t.Fatalf("%s, %v", answer, err)
		}
		took = append(took, cpu.Seconds()*1000)
	}
	if m := took.Median(); m < 19 || m > 26 {
		t.Errorf("20 ms of work are measured as %.1f", m)
	}
}

func TestWhatIsAllocatedIsWhatTheProcessTells(t *testing.T) {
	w := function(t)
	before, err := w.settled()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.invoke(t.Context(), []byte(`{"allocate":true}`)); err != nil {
		t.Fatal(err)
	}
	after, err := w.memory()
	if err != nil {
		t.Fatal(err)
	}
	if bytes := after.bytes - before.bytes; bytes < 8<<20 || bytes > 9<<20 {
		t.Errorf("8 MiB are measured as %d bytes", bytes)
	}
	if objects := after.objects - before.objects; objects < 8 || objects > 300 {
		t.Errorf("8 objects and the loop's are measured as %d", objects)
	}
}

func TestABrokenFunctionGivesAnErrorAndNoFigure(t *testing.T) {
	w := function(t)
	if _, _, err := w.invoke(t.Context(), []byte(`{"fail":true}`)); err == nil || !strings.Contains(err.Error(), "on purpose") {
		t.Errorf("a function that fails: %v", err)
	}
	if _, _, err := w.invoke(t.Context(), []byte(`{"end":true}`)); err == nil {
		t.Error("a function that ends is measured")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, _, err := function(t).invoke(ctx, []byte(`{"hang":true}`)); err == nil {
		t.Error("a function that hangs is measured")
	}
	if _, err := start(t.Context(), "/bin/false", nil, io.Discard); err == nil {
		t.Error("a binary that asks for no event is a function")
	}
}

// Where the hash is no longer found in its file, the counted variant would have it in: that must be an error.
func TestTheCountedVariantHasNoHash(t *testing.T) {
	l := &lab.Lab{Root: root(t), Dir: t.TempDir()}
	if _, err := overlay(l, "login"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(l.Dir, "login-hash.go"))
	if err != nil || strings.Contains(string(text), "IDKey(") || !strings.Contains(string(text), unhashed) {
		t.Errorf("%v: the copy still hashes", err)
	}
	elsewhere := &lab.Lab{Root: t.TempDir(), Dir: t.TempDir()}
	os.MkdirAll(filepath.Join(elsewhere.Root, "shared", "password"), 0o755)
	os.WriteFile(filepath.Join(elsewhere.Root, "shared", "password", "hash.go"), []byte("package password"), 0o644)
	if _, err := overlay(elsewhere, "login"); err == nil {
		t.Error("a file without the hash is taken")
	}
}

// Otherwise they would be compared at different work.
func TestTheWaysOfAnEventGiveTheSameBody(t *testing.T) {
	event, err := edgeEvent()
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]bool{}
	for name, one := range ways() {
		payload, err := one(t.Context(), event)
		var a reply
		if err == nil {
			err = json.Unmarshal(payload, &a)
		}
		if err != nil || a.StatusCode != 200 || !strings.Contains(a.Body, "xxxx") {
			t.Errorf("%s: %d %s %v", name, a.StatusCode, a.Body, err)
		}
		bodies[a.Body] = true
	}
	if len(bodies) != 1 {
		t.Errorf("%d different bodies", len(bodies))
	}
	if err := scan(event[1:]); err == nil {
		t.Error("what is no JSON is scanned")
	}
}

func TestTheEnvironmentIsAsItWasAfterwards(t *testing.T) {
	t.Setenv("BENCH_SET", "before")
	setenv("BENCH_SET", "meanwhile")()
	setenv("BENCH_UNSET", "meanwhile")()
	if _, has := os.LookupEnv("BENCH_UNSET"); has || os.Getenv("BENCH_SET") != "before" {
		t.Error("something is left of what was set")
	}
}

func TestGoalsFollowFromTheData(t *testing.T) {
	d := Data{
		YardstickMs: lab.Samples{50}, HashMs: lab.Samples{20}, BareMs: lab.Samples{0.5},
		Steps: []Step{{Name: logInStep, Hashes: 1, CPUMs: lab.Samples{20, 22}, OwnMs: lab.Samples{0.8, 1.0}, Allocs: lab.Samples{100}, Bytes: lab.Samples{5000}}},
		Edge:  Edge{EventsUs: lab.Samples{40}, AdapterUs: lab.Samples{30}, WholeUs: lab.Samples{60}, ScanUs: lab.Samples{8}},
	}
	s := d.Report()
	for i, want := range []struct {
		reached string
		met     bool
	}{{"0.90 ms", true}, {"0.42", true}, {"0.75", false}} {
		if g := s.Goals[i]; g.Reached != want.reached || g.Met != want.met || g.Why == "" {
			t.Errorf("%+v, want %+v", g, want)
		}
	}
	if row := s.Tables[0].Rows[0]; row[2] != "21.00" || row[3] != "0.90" || row[4] != "1.8" || row[5] != "100" || row[6] != "5" {
		t.Errorf("%v", row)
	}
}
