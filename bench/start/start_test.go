package start

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/bench/lab"
)

// emptyBinary is the empty handler, built as it is measured.
func emptyBinary(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "empty")
	if err := build(t.Context(), "empty", hostArch, binary, lab.Released); err != nil {
		t.Fatal(err)
	}
	return binary
}

// program makes a script that is started in the place of a function.
func program(t *testing.T, script string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAStartIsMeasuredUntilTheProcessAsks(t *testing.T) {
	r, err := once(t.Context(), emptyBinary(t), surrounding{})
	if err != nil {
		t.Fatal(err)
	}
	if r.next <= 0 || r.next > time.Second || r.cpu <= 0 || r.cpu > time.Second {
		t.Errorf("%s until it asked, %s of CPU", r.next, r.cpu)
	}
	if r.rss < 1e6 || r.rss > 100e6 {
		t.Errorf("%d bytes of memory", r.rss)
	}
	if r.answer != 0 || r.body != nil {
		t.Errorf("an answer %q after %s, to no event", r.body, r.answer)
	}
}

func TestWhatAProcessSpendsBeforeItAsksIsCounted(t *testing.T) {
	const ask = `exec curl -s "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next"`
	quick, err := once(t.Context(), program(t, ask), surrounding{})
	if err != nil {
		t.Fatal(err)
	}
	slow, err := once(t.Context(), program(t, "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done\n"+ask), surrounding{})
	if err != nil {
		t.Fatal(err)
	}
	if more := slow.cpu - quick.cpu; more < 20*time.Millisecond || slow.next-quick.next < more/2 {
		t.Errorf("%s and %s, %s and %s of CPU: 300,000 rounds of a shell are missing", quick.next, slow.next, quick.cpu, slow.cpu)
	}
}

func TestAnEventIsGivenAndItsAnswerAwaited(t *testing.T) {
	r, err := once(t.Context(), emptyBinary(t), surrounding{event: []byte(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	if string(r.body) != "null" || r.answer <= r.next || r.dynamo != 0 {
		t.Errorf("answer %q after %s, asked after %s, %d operations", r.body, r.answer, r.next, r.dynamo)
	}
}

func TestAProcessThatNeverAsksIsAnErrorAndNoTime(t *testing.T) {
	for name, row := range map[string]struct{ script, want string }{
		"it ends":            {"exit 0", "ended before it asked"},
		"it fails, and says": {"echo no such table >&2; exit 1", "no such table"},
		"it logs an error":   {`echo '{"level":"ERROR","msg":"setup failed"}'; exec curl -s "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next"`, "logged an error"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := once(t.Context(), program(t, row.script), surrounding{})
			if err == nil || !strings.Contains(err.Error(), row.want) || r.next != 0 {
				t.Errorf("%s, %v", r.next, err)
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if r, err := once(ctx, program(t, "exec sleep 30"), surrounding{}); err == nil || r.next != 0 {
		t.Errorf("one that hangs: %s, %v", r.next, err)
	}
	if r, err := once(t.Context(), filepath.Join(t.TempDir(), "missing"), surrounding{}); err == nil || r.next != 0 {
		t.Errorf("one that is not there: %s, %v", r.next, err)
	}
}

func TestAnArchiveOfTheSameBinaryIsAlwaysAsLarge(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(file, []byte(strings.Repeat("central ", 10_000)), 0o755); err != nil {
		t.Fatal(err)
	}
	first, err := zipped(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
	if second, err := zipped(t.Context(), file); err != nil || second != first || first < 100 || first > 2000 {
		t.Errorf("%d, then %d bytes, %v", first, second, err)
	}
}

func TestWhatIsMeasuredIsBuiltAsItIsReleased(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	flags := strings.ReplaceAll(string(makefile), `"`, "")
	if want := "\nGO_BUILD = CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) go build " + strings.Join(lab.Released, " ") + "\n"; !strings.Contains(flags, want) {
		t.Errorf("the Makefile has no line%s", want)
	}
}

func TestAllFunctionsAreMeasured(t *testing.T) {
	e, err := efforts(filepath.Join("..", ".."), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(slices.Clone(some), e.plain...) {
		if !slices.Contains(e.functions, name) {
			t.Errorf("there is no function %s", name)
		}
	}
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(makefile), "\nFUNCTIONS := ")
	list, _, _ = strings.Cut(list, "\n")
	released := strings.Fields(list)
	slices.Sort(released)
	if !slices.Equal(released, e.functions) {
		t.Errorf("measured are %q, released %q", e.functions, lab.Released)
	}
}

func sample() Data {
	binary := func(name string, factor float64) Binary {
		b := Binary{Name: name, Bytes: int64(5e6 * factor), Zip: int64(2e6 * factor)}
		for _, v := range []float64{3, 1, 2} { // the median is 2
			b.Warm, b.Cold = append(b.Warm, v*factor), append(b.Cold, 10*v*factor)
			b.CPU, b.Resident = append(b.CPU, v*factor), append(b.Resident, v*factor)
		}
		return b
	}
	return Data{
		Empty:     binary("empty", 1),
		Functions: []Binary{binary("login", 1.5), binary("otp", 4), binary("render", 9), binary("signup", 1.25)},
		Plain:     []Binary{binary("signup", 2.5)},
		First:     []First{{Name: "empty", Next: lab.Samples{1, 3}, Answer: lab.Samples{2, 5}}, {Name: "account", Next: lab.Samples{4}, Answer: lab.Samples{6}}},
	}
}

func TestTheReportSaysHowManyStartsOfAnEmptyHandlerAStartIs(t *testing.T) {
	s := sample().Report()
	if got, want := s.Tables[0].Rows[1], []string{"`login`", "7.50", "3.00", "3.0", "1.50", "30.0", "1.50", "3.0", "3.0"}; !slices.Equal(got, want) {
		t.Errorf("login %q, want %q", got, want)
	}
	if got, want := s.Tables[1].Rows[0], []string{"signup", "12.50", "5.0", "2.00", "50.0", "2.00", "5.0", "2.00"}; !slices.Equal(got, want) {
		t.Errorf("signup without flags %q, want %q", got, want)
	}
	if got, want := s.Tables[2].Rows[0], []string{"an empty handler", "2.0", "3.5", "1.5"}; !slices.Equal(got, want) {
		t.Errorf("first request %q, want %q", got, want)
	}
}

func TestGoalsAreJudgedByTheMedianFunctionAndZipsWithoutRender(t *testing.T) {
	reached := map[string]string{}
	for _, g := range sample().Report().Goals {
		reached[g.Figure] = g.Reached
		if g.Met == (g.Figure != "zip of the median function, apart from `render`") {
			t.Errorf("%+v", g)
		}
		if !g.Met && g.Why == "" {
			t.Errorf("%s is missed for no reason", g.Figure)
		}
	}
	want := map[string]string{
		"start of `otp` in starts of an empty handler": "4.00", "start of the median function in starts of an empty handler": "2.75", "the same without the page cache": "2.75",
		"zip of the largest function, apart from `render`": "8.00 MB", "zip of the median function, apart from `render`": "3.00 MB",
	}
	for figure, value := range want {
		if reached[figure] != value {
			t.Errorf("%s: %q, want %q", figure, reached[figure], value)
		}
	}
	if len(reached) != len(want) {
		t.Errorf("%d goals, want %d", len(reached), len(want))
	}
}

func TestTheReportDependsOnWhatIsKeptAlone(t *testing.T) {
	text, err := json.Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	var kept Data
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	if got, want := kept.Report().Markdown("performance"), sample().Report().Markdown("performance"); got != want {
		t.Errorf("of the kept data:\n%s\nof the measured:\n%s", got, want)
	}
}
