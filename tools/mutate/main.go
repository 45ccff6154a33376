// Command mutate tries whether tests notice changes of the code that gremlins lists, without a build for each: all are built in at once, each
// behind a switch, and the tests run once for each switch. It changes the sources in the working directory, which is a copy.
//
//	mutate <package> <output of a dry run of gremlins> [<how many> [<folder of further tests>...]]
//
// It draws as many by a fixed seed; 0 is all. The tests are those of the package and of the folders below it, and further ones. What cannot be switched, such as a constant, it prints as gremlins does what is not covered.
package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed switch.go.txt
var switches []byte

const (
	seed     = 11
	shortest = 60 * time.Second // that tests may take; else three times as long as without a change
	longest  = 10 * time.Minute // without one
)

// place is one change.
type place struct {
	kind, file   string
	line, column int
}

func (p place) String() string {
	return fmt.Sprintf("%s at %s:%d:%d", p.kind, p.file, p.line, p.column)
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(pkg, log string, wanted []string) error {
	places, err := listed(log)
	if err != nil {
		return err
	}
	module, err := exec.Command("go", "list", "-m").Output()
	if err != nil {
		return err
	}
	if err := os.MkdirAll("mutant", 0o755); err != nil {
		return err
	}
	if err := os.WriteFile("mutant/mutant.go", switches, 0o644); err != nil {
		return err
	}
	w := weaver{pkg: pkg, path: strings.TrimSpace(string(module)) + "/mutant", places: places, left: map[int]bool{}}
	if err := w.weave(); err != nil {
		return err
	}
	most, further := len(places), []string{}
	if len(wanted) > 0 {
		further = wanted[1:]
		if n, err := strconv.Atoi(wanted[0]); err != nil {
			return err
		} else if n > 0 {
			most = min(n, most)
		}
	}
	t, err := build(append(further, pkg))
	if err != nil {
		return err
	}
	defer os.RemoveAll(t.dir)
	reached, err := t.unchanged()
	if err != nil {
		return err
	}
	order := rand.New(rand.NewPCG(seed, 0)).Perm(len(places))
	killed, lived := 0, 0
	for _, i := range order[:most] {
		p := places[i]
		switch by := ""; {
		case w.left[i]:
			fmt.Printf(" NOT COVERED %s\n", p)
		case !reached[i+1]:
			lived++
			fmt.Printf("       LIVED %s, which no test reaches: %s\n", p, w.text(p))
		default:
			if by = t.notice(i + 1); by == "" {
				lived++
				fmt.Printf("       LIVED %s: %s\n", p, w.text(p))
				continue
			}
			killed++
			fmt.Printf("      KILLED %s by %s: %s\n", p, by, w.text(p))
		}
	}
	fmt.Printf("Behind switches: %d killed, %d lived\n", killed, lived)
	return nil
}

func listed(log string) (places []place, err error) {
	text, err := os.ReadFile(log)
	if err != nil {
		return nil, err
	}
	for _, g := range regexp.MustCompile(`(?:NOT COVERED|RUNNABLE) (\w+) at (\S+):(\d+):(\d+)`).FindAllStringSubmatch(string(text), -1) {
		line, _ := strconv.Atoi(g[3]) // digits
		column, _ := strconv.Atoi(g[4])
		if g[1] != "INVERT_NEGATIVES" { // of a - b it says the same as ARITHMETIC_BASE, and of nothing else anything
			places = append(places, place{g[1], g[2], line, column})
		}
	}
	if len(places) == 0 {
		return nil, fmt.Errorf("%s lists no place", log)
	}
	return places, nil
}

// tests are test binaries.
type tests struct {
	dir      string
	binaries map[string]string // folder -> binary
	limit    time.Duration
}

func build(roots []string) (tests, error) {
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return tests{}, err
	}
	t := tests{dir: dir, binaries: map[string]string{}, limit: longest}
	for _, root := range roots {
		if err := filepath.WalkDir(root, t.build); err != nil {
			return t, err
		}
	}
	return t, nil
}

func (t *tests) build(path string, d fs.DirEntry, err error) error {
	if err != nil || !d.IsDir() {
		return err
	}
	if d.Name() == "testdata" {
		return filepath.SkipDir
	}
	if found, _ := filepath.Glob(filepath.Join(path, "*_test.go")); len(found) == 0 {
		return nil
	}
	binary := filepath.Join(t.dir, strings.ReplaceAll(path, "/", "-"))
	t.binaries[path] = binary
	if said, err := exec.Command("go", "test", "-c", "-o", binary, "./"+path).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", path, err, said)
	}
	return nil
}

// unchanged runs the tests without a change, and says which switches they reach.
func (t *tests) unchanged() (reached map[int]bool, err error) {
	file := filepath.Join(t.dir, "reached")
	began := time.Now()
	if by, _ := t.run("MUTANT_REACHED=" + file); by != "" {
		return nil, fmt.Errorf("without any change there is %s", by)
	}
	t.limit = max(shortest, 3*time.Since(began))
	text, err := os.ReadFile(file)
	reached = map[int]bool{}
	for line := range strings.Lines(string(text)) {
		n, _ := strconv.Atoi(strings.TrimSpace(line)) // of our own writing
		reached[n] = true
	}
	return reached, err
}

const tries = 3

// notice is the test that fails when a switch is on, or "". What fails because something was late may be the machine's fault, and is tried again.
func (t *tests) notice(n int) (by string) {
	for range tries {
		var late bool
		if by, late = t.run("MUTANT=" + strconv.Itoa(n)); by == "" || !late {
			return by
		}
	}
	return by
}

var (
	failed  = regexp.MustCompile(`--- FAIL: \S+|panic: [^\n]*`)
	tooLate = regexp.MustCompile(`deadline exceeded|temporarily_unavailable`)
)

func (t *tests) run(setting string) (by string, late bool) {
	for _, folder := range slices.Sorted(maps.Keys(t.binaries)) {
		cmd := exec.Command(t.binaries[folder], "-test.failfast", "-test.timeout="+t.limit.String())
		cmd.Dir, cmd.Env = folder, append(os.Environ(), setting)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if cmd.Run() != nil {
			return strings.TrimPrefix(cmp.Or(failed.FindString(said.String()), "a crash"), "--- FAIL: "), tooLate.Match(said.Bytes())
		}
	}
	return "", false
}
