package release

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/fleet/fleettest"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// world is a stack of two functions, and an operator who keeps releases of it.
type world struct {
	t *testing.T
	*fleettest.AWS
	*Keeper
	now time.Time
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: noon, AWS: fleettest.New(map[string]*fleettest.Func{
		"otp": {Code: "otp 1", Env: map[string]string{"LOG_LEVEL": "INFO", "USERS_TABLE": "users"}, Memory: 512, Timeout: 10},
		"web": {Code: "web 1", Env: map[string]string{"LOG_LEVEL": "INFO"}, Memory: 512, Timeout: 10},
	})}
	w.Keeper = &Keeper{Fleet: w.AWS.Fleet(), Now: func() time.Time { return w.now }, Say: func(string, string) {}}
	return w
}

func (w *world) members() []fleet.Member {
	w.t.Helper()
	all, err := w.Keeper.Fleet.Read(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// keep makes a release a minute later.
func (w *world) keep(note string) Made {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	made, err := w.Keep(w.t.Context(), w.members(), note)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

// deploy gives both functions new code, and a variable more.
func (w *world) deploy(n int) {
	for _, name := range []string{"otp", "web"} {
		w.Deploy(name, func(f *fleettest.Func) {
			f.Code = fleettest.Code(fmt.Sprintf("%s %d", name, n))
			f.Env = maps.Clone(f.Env)
			f.Env[fmt.Sprintf("NEW_%d", n)] = "secret value"
		})
	}
}

// runs is what the functions run, without what a test does not speak of.
func (w *world) runs() string {
	return fmt.Sprintf("%s %v, %s %v", w.Funcs["otp"].Code, keys(w.Funcs["otp"].Env), w.Funcs["web"].Code, keys(w.Funcs["web"].Env))
}

func keys(env map[string]string) []string { return slices.Sorted(maps.Keys(env)) }

func (w *world) list() string {
	var all []string
	for _, r := range All(w.members()) {
		line := strings.TrimPrefix(r.Name, "release-20261126T")
		if r.Runs {
			line += "*"
		}
		if !r.Whole() {
			line += fmt.Sprintf("(%d of %d)", r.Functions, r.Of)
		}
		all = append(all, line)
	}
	return strings.Join(all, " ")
}

func TestAReleaseIsOneNameOnEveryFunctionAndNothingServedChanges(t *testing.T) {
	w := newWorld(t)
	made := w.keep("first")
	if made.Name != "release-20261126T120100Z" || made.Note != "first" || !made.Fresh || len(made.Versions) != 2 || !made.Versions[0].Fresh {
		t.Errorf("%+v", made)
	}
	for name, f := range w.Funcs {
		if a := f.Aliases[made.Name]; a.Version != "1" || a.Note != "of 2: first" {
			t.Errorf("%s: %+v", name, f.Aliases)
		}
	}
	w.Deploy("otp", func(f *fleettest.Func) { f.Code = "otp 2" })
	if again := w.keep(""); again.Versions[1].Fresh || again.Versions[1].Version != "1" || again.Versions[0].Version != "2" {
		t.Errorf("a function that did not change got another version: %+v", again.Versions)
	}
	if w.list() != "120200Z* 120100Z" {
		t.Error(w.list())
	}
	if len(w.Served) > 0 {
		t.Errorf("people met a change: %s", w.Served)
	}
}

func TestWhatIsKeptAlreadyIsNotKeptAgain(t *testing.T) {
	w := newWorld(t)
	first := w.keep("first")
	for range 15 {
		if again := w.keep("again"); again.Fresh || again.Name != first.Name || again.Note != "first" {
			t.Fatalf("%+v", again)
		}
	}
	if w.list() != "120100Z*" {
		t.Errorf("the way back is pushed out: %s", w.list())
	}
}

func TestTheNewestTenStayAndNoFunctionIsEverDeleted(t *testing.T) {
	w := newWorld(t)
	w.Deploy("web", func(f *fleettest.Func) { // something else points at what will be the oldest version
		f.Versions = nil
	})
	w.keep("0")
	w.Deploy("web", func(f *fleettest.Func) { f.Aliases["pinned"] = fleet.Alias{Version: "1"} })
	for n := 1; n <= 11; n++ {
		w.deploy(n)
		w.keep("")
	}
	if got := strings.Fields(w.list()); len(got) != Kept || got[0] != "121200Z*" || got[9] != "120300Z" {
		t.Error(got)
	}
	for _, call := range w.Calls {
		f := strings.Fields(call)
		if f[0] == "DeleteFunction" && (len(f) != 3 || f[2] != "1" && f[2] != "2") {
			t.Errorf("%s", call)
		}
	}
	if !slices.Contains(w.Calls, "DeleteFunction otp 1") || slices.Contains(w.Calls, "DeleteFunction web 1") {
		t.Errorf("a version that only an old release names goes, one that another alias names stays: %s", w.Calls)
	}
	if len(w.Funcs) != 2 {
		t.Error("a function is gone")
	}
}

func TestAReleaseThatWasInterruptedIsNotGoneBackTo(t *testing.T) {
	w := newWorld(t)
	w.keep("whole")
	w.deploy(2)
	w.Fail = func(operation, about string) error {
		if operation == "CreateAlias" && about == "web" {
			return errors.New("the network is gone")
		}
		return nil
	}
	w.now = w.now.Add(time.Minute)
	if _, err := w.Keep(t.Context(), w.members(), ""); err == nil || !strings.Contains(err.Error(), "web") {
		t.Error(err)
	}
	w.Fail = nil
	w.deploy(3)
	if w.list() != "120200Z(1 of 2) 120100Z" {
		t.Error(w.list())
	}
	plan, err := Back(w.members(), "")
	if err != nil || plan.To != "release-20261126T120100Z" {
		t.Errorf("%s %v", plan.To, err)
	}
	plan, err = Back(w.members(), "release-20261126T120200Z")
	if err != nil || !slices.Equal(plan.Missing, []string{"web"}) || len(plan.Steps) != 1 {
		t.Errorf("%+v %v", plan, err)
	}
}

func TestWhereAnAliasIsCalledThatVersionIsWhatRuns(t *testing.T) {
	w := newWorld(t)
	w.keep("as others made it")
	for _, name := range []string{"otp", "web"} {
		w.Deploy(name, func(f *fleettest.Func) {
			f.Aliases = map[string]fleet.Alias{"live": {Version: "1"}}
			f.Code += " that reached nobody"
		})
	}
	for i := range w.Keeper.Fleet.Functions {
		w.Keeper.Fleet.Functions[i].Alias = "live"
	}
	made := w.keep("")
	if made.Versions[0].Version != "1" || made.Versions[0].Code != fleettest.Code("otp 1").Hash() || len(w.Funcs["otp"].Versions) != 1 {
		t.Errorf("%+v", made)
	}
}

func TestWhatDoesNotBelongToAReleaseMakesNoDifference(t *testing.T) {
	kept := map[string]string{"LOG_LEVEL": "INFO", "USERS_TABLE": "users", "EDGE": "off", "TOKENS_TABLE": "tokens", "SECRET_VERSION": "v1"}
	for _, row := range []struct {
		what   string
		change map[string]string // "-" takes the variable away
		want   string            // names that differ
	}{
		{"nothing", nil, ""},
		{"a restored table", map[string]string{"USERS_TABLE": "users-restored"}, ""},
		{"an edge since", map[string]string{"EDGE": "on", "EDGE_SECRET_ID": "arn"}, ""},
		{"a secret read again", map[string]string{"SECRET_VERSION": "v2"}, ""},
		{"a deployment that forgot which", map[string]string{"SECRET_VERSION": "-"}, ""},
		{"a value", map[string]string{"LOG_LEVEL": "DEBUG"}, "LOG_LEVEL"},
		{"a variable more", map[string]string{"NEW": "x"}, "NEW"},
		{"an empty one more", map[string]string{"NEW": ""}, "NEW"},
		{"a table that new code does without: the old needs it", map[string]string{"TOKENS_TABLE": "-"}, "TOKENS_TABLE"},
		{"two", map[string]string{"LOG_LEVEL": "-", "A": "x"}, "A LOG_LEVEL"},
	} {
		now := maps.Clone(kept)
		for name, v := range row.change {
			if now[name] = v; v == "-" {
				delete(now, name)
			}
		}
		d := compare(fleet.State{Settings: fleet.Settings{Env: now}}, fleet.State{Settings: fleet.Settings{Env: kept}})
		if got := strings.Join(d.Environment, " "); got != row.want || d.none() != (row.want == "") {
			t.Errorf("%s: %q", row.what, got)
		}
	}
}
