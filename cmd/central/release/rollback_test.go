package release

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"phonon.in/central/cmd/central/fleet/fleettest"
)

const (
	asFirst  = "otp 1 [LOG_LEVEL USERS_TABLE], web 1 [LOG_LEVEL]"
	asSecond = "otp 2 [LOG_LEVEL NEW_2 USERS_TABLE], web 2 [LOG_LEVEL NEW_2]"
)

// back goes back, and returns what was planned.
func (w *world) back(to string) (Plan, error) {
	w.t.Helper()
	plan, err := Back(w.members(), to)
	if err != nil {
		w.t.Fatal(err)
	}
	return plan, w.Rollback(w.t.Context(), plan)
}

func (w *world) undo() (Plan, error) {
	w.t.Helper()
	plan, err := Forward(w.members())
	if err != nil {
		w.t.Fatal(err)
	}
	return plan, w.Undo(w.t.Context(), plan)
}

// twice is a world with a release of the first deployment, and of a second that nobody likes.
func twice(t *testing.T) *world {
	w := newWorld(t)
	w.keep("first")
	w.deploy(2)
	w.keep("second")
	w.Calls, w.Served = nil, nil
	return w
}

func TestGoingBackRestoresCodeAndSettingsAndUndoingItGivesThemBack(t *testing.T) {
	w := twice(t)
	w.Deploy("web", func(f *fleettest.Func) { f.Memory, f.Timeout = 128, 3 })
	plan, err := w.back("")
	if err != nil || plan.To != "release-20261126T120200Z" {
		t.Fatalf("memory alone: %+v %v", plan, err)
	}
	if w.Funcs["web"].Memory != 512 || w.Funcs["web"].Timeout != 10 || slices.Contains(plan.Same, "web") || !slices.Contains(plan.Same, "otp") {
		t.Errorf("%+v", plan)
	}
	if _, err := w.undo(); err != nil || w.Funcs["web"].Memory != 128 {
		t.Error(err)
	}
	if _, err := w.back("release-20261126T120100Z"); err != nil || w.runs() != asFirst {
		t.Errorf("%s %v", w.runs(), err)
	}
	if _, err := w.undo(); err != nil || w.runs() != asSecond {
		t.Errorf("%s %v", w.runs(), err)
	}
	for name, f := range w.Funcs {
		if _, left := f.Aliases[before]; left {
			t.Errorf("%s still says that it was rolled back", name)
		}
	}
}

func TestAFunctionThatIsEqualIsNotTouched(t *testing.T) {
	w := newWorld(t)
	w.keep("first")
	w.Deploy("otp", func(f *fleettest.Func) { f.Code = "otp broken" })
	w.Calls = nil
	if _, err := w.back(""); err != nil || w.runs() != asFirst {
		t.Errorf("%s %v", w.runs(), err)
	}
	for _, call := range w.Calls {
		if strings.Contains(call, "web") || strings.Contains(call, "Configuration") {
			t.Errorf("%s", call)
		}
	}
}

// Old code with a variable that it does not know works; new code without one that it needs answers 503.
func TestNoCodeEverRunsWithoutAVariableThatItNeeds(t *testing.T) {
	w := twice(t)
	if _, err := w.back("release-20261126T120100Z"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.undo(); err != nil {
		t.Fatal(err)
	}
	for _, served := range w.Served {
		if strings.Contains(served, " 2 ") && !strings.Contains(served, "NEW_2") {
			t.Errorf("%s", served)
		}
	}
	if len(w.Served) != 8 {
		t.Errorf("%d changes: %s", len(w.Served), w.Served)
	}
}

func TestWithoutANameItIsTheNewestThatDiffersAndRepeatedItIsTheSame(t *testing.T) {
	w := newWorld(t)
	if _, err := Back(w.members(), ""); err == nil || !strings.Contains(err.Error(), "none was ever kept") {
		t.Error(err)
	}
	for n := 2; n <= 4; n++ {
		w.keep("")
		w.deploy(n)
	}
	w.keep("bad") // 12:04
	for range 3 { // somebody repeats it who did not hear that it was done
		if plan, err := w.back(""); err != nil || !strings.HasSuffix(plan.To, "120300Z") || plan.Continues || !strings.HasPrefix(w.runs(), "otp 3 ") {
			t.Errorf("%s: %v", plan.To, err)
		}
	}
	for _, further := range []string{"release-20261126T120200Z", "release-20261126T120100Z"} {
		if _, err := w.back(further); err != nil {
			t.Error(err)
		}
		if plan, err := Back(w.members(), ""); err != nil || plan.To != further || len(plan.Steps) > 0 {
			t.Errorf("repeated, it goes to %s: %v", plan.To, err)
		}
	}
	if _, err := w.undo(); err != nil || !strings.HasPrefix(w.runs(), "otp 4 ") {
		t.Errorf("after three steps back it is not what ran first: %s %v", w.runs(), err)
	}
	if _, err := Back(w.members(), "release-1"); err == nil || !strings.Contains(err.Error(), "release-20261126T120400Z") {
		t.Errorf("the error names none that there is: %v", err)
	}
}

func TestARollbackThatWasInterruptedAnywhereIsFinishedByRepeatingIt(t *testing.T) {
	for _, operation := range []string{"PublishVersion", "CreateAlias", "fetch", "UpdateFunctionCode", "UpdateFunctionConfiguration", "GetFunction"} {
		for _, name := range []string{"otp", "web"} {
			t.Run(operation+" "+name, func(t *testing.T) {
				w := twice(t)
				w.Deploy("web", func(f *fleettest.Func) { f.Code, f.Env = "web 2b", map[string]string{"LOG_LEVEL": "WARN"} })
				w.Deploy("otp", func(f *fleettest.Func) {
					f.Code, f.Env = "otp 2b", map[string]string{"LOG_LEVEL": "WARN", "USERS_TABLE": "users"}
				})
				ran := w.runs()
				w.Fail = func(o, about string) error {
					if o == operation && about == name {
						return errors.New("the network is gone")
					}
					return nil
				}
				if _, err := w.back("release-20261126T120100Z"); err == nil {
					t.Fatal("nobody was told")
				}
				w.Fail = nil
				plan, err := Back(w.members(), "")
				if err != nil {
					t.Fatal(err)
				}
				begun := operation != "PublishVersion" && operation != "CreateAlias" && operation != "GetFunction"
				if begun && (!plan.Continues || plan.To != "release-20261126T120100Z") {
					t.Errorf("repeated, it goes to %s", plan.To)
				}
				if _, err := w.back("release-20261126T120100Z"); err != nil || w.runs() != asFirst {
					t.Errorf("%s %v", w.runs(), err)
				}
				if _, err := w.undo(); err != nil || w.runs() != ran {
					t.Errorf("undone, it is %s, and was %s: %v", w.runs(), ran, err)
				}
			})
		}
	}
}

func TestAnUndoingThatWasInterruptedIsFinishedByRepeatingIt(t *testing.T) {
	for _, operation := range []string{"fetch", "UpdateFunctionCode", "UpdateFunctionConfiguration", "DeleteAlias"} {
		t.Run(operation, func(t *testing.T) {
			w := twice(t)
			if _, err := w.back("release-20261126T120100Z"); err != nil {
				t.Fatal(err)
			}
			w.Fail = func(o, about string) error {
				if o == operation && about == "otp" {
					return errors.New("the network is gone")
				}
				return nil
			}
			if _, err := w.undo(); err == nil {
				t.Fatal("nobody was told")
			}
			w.Fail = nil
			if _, err := w.undo(); err != nil || w.runs() != asSecond {
				t.Errorf("%s %v", w.runs(), err)
			}
		})
	}
}

// CloudFormation changes what differs from what it deployed last, and of a function only the property that does.
func TestAfterTheDeploymentThatMendsItEachPartIsAsDeployed(t *testing.T) {
	mended := func(f *fleettest.Func) { f.Code = "otp 3" }
	for _, row := range []struct {
		what   string
		deploy func(*fleettest.Func) // of otp; web stays as CloudFormation knows it
		want   string
	}{
		{"new code, settings as before", mended, "otp 3 [LOG_LEVEL NEW_2 USERS_TABLE], web 2 [LOG_LEVEL NEW_2]"},
		{"new settings, code as before", func(f *fleettest.Func) { f.Env = map[string]string{"LOG_LEVEL": "WARN", "NEW_3": "x"} }, "otp 2 [LOG_LEVEL NEW_3], web 2 [LOG_LEVEL NEW_2]"},
		{"both", func(f *fleettest.Func) { mended(f); f.Env = map[string]string{"NEW_3": "x"} }, "otp 3 [NEW_3], web 2 [LOG_LEVEL NEW_2]"},
		{"nothing", func(*fleettest.Func) {}, asSecond},
	} {
		t.Run(row.what, func(t *testing.T) {
			w := twice(t)
			if _, err := w.back("release-20261126T120100Z"); err != nil {
				t.Fatal(err)
			}
			w.Deploy("otp", row.deploy)
			if _, err := w.undo(); err != nil || w.runs() != row.want {
				t.Errorf("%s, want %s: %v", w.runs(), row.want, err)
			}
			if _, open := Opened(w.members()); open {
				t.Error("it is still said to be rolled back")
			}
		})
	}
}

func TestWhileARollbackIsNotUndoneNothingIsKept(t *testing.T) {
	w := twice(t)
	if _, err := w.back("release-20261126T120100Z"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Keep(t.Context(), w.members(), ""); err == nil || !strings.Contains(err.Error(), "--undo") || !strings.Contains(err.Error(), "--accept") {
		t.Error(err)
	}
	if err := w.Accept(t.Context(), w.members()); err != nil || w.runs() != asFirst {
		t.Errorf("accepting changed what runs: %s %v", w.runs(), err)
	}
	if _, err := Forward(w.members()); err == nil {
		t.Error("what was accepted can be undone")
	}
	w.keep("after all")
	if w.list() != "120300Z* 120200Z 120100Z*" {
		t.Error(w.list())
	}
}

func TestARollbackNeitherLeavesARestoredTableNorOpensTheEdge(t *testing.T) {
	w := twice(t)
	w.Deploy("otp", func(f *fleettest.Func) {
		f.Env = maps.Clone(f.Env)
		f.Env["USERS_TABLE"], f.Env["EDGE"], f.Env["SECRET_VERSION"] = "users-restored", "on", "v9"
	})
	if _, err := w.back("release-20261126T120100Z"); err != nil {
		t.Fatal(err)
	}
	env := w.Funcs["otp"].Env
	if env["USERS_TABLE"] != "users-restored" || env["EDGE"] != "on" || env["SECRET_VERSION"] != "v9" || env["NEW_2"] != "" {
		t.Error(env)
	}
}
