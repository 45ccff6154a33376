package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"phonon.in/central/cmd/central/console"
)

// journey runs the command as a program: the race detector would make a captcha ten times the work.
func (l local) journey(t *testing.T, args ...string) (v journeyView, code int) {
	t.Helper()
	cmd := exec.Command(filepath.Join(run.folder, "central"), append([]string{"journey", "--local", l.url, "--yes", "--json"}, args...)...)
	cmd.Stderr = t.Output()
	out, _ := cmd.Output()
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return v, cmd.ProcessState.ExitCode()
}

func TestAJourneyTakesEveryStepAndLeavesNobodyBehind(t *testing.T) {
	l := startLocal(t)
	for _, row := range []struct {
		what, fault string
		args        []string
		code, steps int
		erased      bool
		says        string
	}{
		{"with a number it goes to the end", "", []string{"--phone", "+919845012377"}, console.Good, 9, true, ""},
		{"without one it ends with the log-in", "", nil, console.Good, 3, true, ""},
		{"a storage that is down is named with its step", `{"service": "s3", "operation": "PostObject", "mode": "500"}`,
			[]string{"--phone", "+919845012388"}, console.Wrong, 6, true, "upload a document"},
		{"a database that is down before there is an account", `{"service": "dynamodb", "operation": "TransactWriteItems", "mode": "500"}`,
			nil, console.Wrong, 0, false, "sign up"},
	} {
		t.Run(row.what, func(t *testing.T) {
			if row.fault != "" {
				l.fault(t, row.fault)
				t.Cleanup(func() { l.call(t, "DELETE", "/_local/faults", "", nil) })
			}
			v, code := l.journey(t, row.args...)
			if code != row.code || len(v.Steps) != row.steps || v.Erased != row.erased || !strings.Contains(v.Error, row.says) || (row.says == "") != (v.Error == "") {
				t.Errorf("exit %d: %+v", code, v)
			}
			for _, item := range l.items(t, "", "") {
				if text := fmt.Sprint(item); strings.Contains(text, v.Account) {
					t.Errorf("a trace is left: %s", text)
				}
			}
		})
	}
	l.central(t, "no\n", "journey").want(t, console.Wrong)
}
