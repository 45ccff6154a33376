package fleet_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/fleet/fleettest"
)

func one(change func(*fleettest.Func)) *fleettest.AWS {
	f := &fleettest.Func{Code: "otp 2", Env: map[string]string{"A": "1"}, Memory: 512, Timeout: 10, Versions: []fleettest.Func{{Code: "otp 1"}}}
	if change != nil {
		change(f)
	}
	return fleettest.New(map[string]*fleettest.Func{"otp": f})
}

func withB(now fleet.Settings) (fleet.Settings, bool) {
	now.Env["B"] = "ours"
	return now, true
}

func TestWhatSomebodyElseDeploysAtTheSameTimeIsNotOverwritten(t *testing.T) {
	a, meanwhile := one(func(f *fleettest.Func) { f.Looks = -1 }), 0 // done at once: only the revision tells
	a.Fail = func(operation, about string) error {
		if operation == "UpdateFunctionConfiguration" && meanwhile == 0 {
			meanwhile++
			f := a.Funcs[about]
			f.Env = map[string]string{"A": "theirs", "C": "theirs"}
			f.Changed()
		}
		return nil
	}
	f := a.Fleet()
	if err := f.SetSettings(t.Context(), f.Functions[0], withB); err != nil {
		t.Fatal(err)
	}
	if got := a.Funcs["otp"].Env; !maps.Equal(got, map[string]string{"A": "theirs", "B": "ours", "C": "theirs"}) {
		t.Error(got)
	}
}

func TestAChangeThatDoesNotHoldIsAnError(t *testing.T) {
	for _, row := range []struct {
		what   string
		change func(*fleettest.Func)
		says   string
	}{
		{"Lambda cannot do it", func(f *fleettest.Func) { f.Breaks = "the role cannot be assumed" }, "the role cannot be assumed"},
		{"it never ends", func(f *fleettest.Func) { f.Looks = 1000 }, "has not ended within 3m0s"},
	} {
		t.Run(row.what, func(t *testing.T) {
			f := one(row.change).Fleet()
			otp := f.Functions[0]
			if err := f.SetSettings(t.Context(), otp, withB); err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("settings: %v", err)
			}
			f = one(row.change).Fleet()
			if err := f.SetCode(t.Context(), otp, fleet.State{Version: "1", Code: fleettest.Code("otp 1").Hash()}); err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("code: %v", err)
			}
		})
	}
}

func TestWhatIsNotWantedIsNotWritten(t *testing.T) {
	a := one(nil)
	f := a.Fleet()
	err := f.SetSettings(t.Context(), f.Functions[0], func(now fleet.Settings) (fleet.Settings, bool) { return now, false })
	if err != nil || len(a.Calls) > 0 {
		t.Errorf("%v %s", err, a.Calls)
	}
}

func TestCtrlCEndsTheWaiting(t *testing.T) {
	f := one(func(f *fleettest.Func) { f.Looks = 1000 }).Fleet()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.SetSettings(ctx, f.Functions[0], withB); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestOnlyAVersionIsForgottenAndNeverAFunction(t *testing.T) {
	for version, deletes := range map[string]bool{"1": true, "$LATEST": false, "": false, "0": false} {
		a := one(func(f *fleettest.Func) { f.Aliases = map[string]fleet.Alias{"old": {Version: version}} })
		f := a.Fleet()
		all, err := f.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Forget(t.Context(), &all[0], "old"); err != nil {
			t.Fatal(err)
		}
		if deleted := strings.Contains(strings.Join(a.Calls, ","), "DeleteFunction"); deleted != deletes || a.Funcs["otp"] == nil {
			t.Errorf("%q: %s", version, a.Calls)
		}
	}
}
