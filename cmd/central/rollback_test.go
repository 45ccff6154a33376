package main

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/fleet/fleettest"
	"phonon.in/central/cmd/central/release"
	"phonon.in/central/cmd/central/where"
)

// deployed is a stack on AWS with two functions and both secrets.
func deployed() *fleettest.AWS {
	key := strings.Repeat("k", 64)
	a := fleettest.New(map[string]*fleettest.Func{
		"otp-1": {Code: "otp 1", Env: map[string]string{"SECRET_ID": "arn:app", "EDGE_SECRET_ID": "arn:edge", "TERMS_VERSION": "2026-11-01"}, Memory: 512, Timeout: 10},
		"web-1": {Code: "web 1", Env: map[string]string{"EDGE_SECRET_ID": "arn:edge", "TERMS_VERSION": "2026-11-01"}, Memory: 512, Timeout: 10},
	})
	a.Secret["arn:app"], a.Secret["arn:edge"] = `{"current": "`+key+`"}`, `{"current": "`+key+`"}`
	a.Stacks["central-prod"] = &fleettest.Stack{
		Status:    "UPDATE_COMPLETE",
		Resources: []string{"OtpFunction AWS::Lambda::Function otp-1", "WebFunction AWS::Lambda::Function web-1"},
		Outputs:   map[string]string{"UsersTableName": "users", "TokensTableName": "tokens", "SecretArn": "arn:app", "EdgeSecretArn": "arn:edge"},
	}
	a.Stacks["central-prod-edge"] = &fleettest.Stack{Status: "CREATE_COMPLETE", Parameters: map[string]string{"PublicHost": "h", "EdgeSecret": key}}
	return a
}

// onStack runs a command line against the stack central-prod. Each look at the clock takes a second.
func onStack(t *testing.T, a *fleettest.AWS, input string, args ...string) result {
	t.Helper()
	now := time.Date(2026, 11, 26, 10, len(a.Calls), 0, 0, time.UTC)
	var out, errs bytes.Buffer
	c := &where.Call{
		Console: &console.Console{In: strings.NewReader(input), Out: &out, Err: &errs, Now: func() time.Time { now = now.Add(time.Second); return now }},
		Getenv:  nothing, Pause: fleettest.NoPause, Web: &http.Client{Transport: a},
		Cloud: func(context.Context) (aws.Config, error) { return a.Config(), nil },
	}
	code := c.Run(t.Context(), root(c), append(args, "--stack", "central-prod"))
	return result{code, out.String(), errs.String()}
}

// says fails unless all parts are in a text, and none of it is secret.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
	if strings.Contains(text, "2026-11-01") || strings.Contains(text, strings.Repeat("k", 8)) {
		t.Errorf("a value is in:\n%s", text)
	}
}

func broken(a *fleettest.AWS) {
	a.Deploy("otp-1", func(f *fleettest.Func) { f.Code = "otp broken" })
}

func TestFromAReleaseBackToItAndForwardAgain(t *testing.T) {
	a := deployed()
	says(t, onStack(t, a, "", "release", "--note", "first").want(t, console.Good).out, "OtpFunction", "kept as release-2026112", "new")
	says(t, onStack(t, a, "", "release").want(t, console.Good).out, "nothing has changed since release-2026112")
	broken(a)
	says(t, onStack(t, a, "", "release", "--list").want(t, console.Good).out, "RELEASE", "first", " 2 ")
	calls := len(a.Calls)
	r := onStack(t, a, "no\n", "rollback").want(t, console.Wrong)
	if says(t, r.err, "OtpFunction: code ", "WebFunction: not touched", "not confirmed"); len(a.Calls) != calls {
		t.Errorf("something was changed without a yes: %s", a.Calls[calls:])
	}
	r = onStack(t, a, "yes\n", "rollback").want(t, console.Good)
	says(t, r.err, "OtpFunction is back in code\n")
	says(t, r.out, "1 function in ", "seconds. release-2026112", "central rollback --undo --stack central-prod")
	if a.Funcs["otp-1"].Code != "otp 1" {
		t.Error(a.Funcs["otp-1"].Code)
	}
	says(t, onStack(t, a, "", "release").want(t, console.Wrong).err, "--undo")
	a.Deploy("web-1", func(f *fleettest.Func) { f.Code = "web 2" })
	var done struct {
		Done    bool
		Seconds float64
		Steps   []struct{ Function, From, To string }
	}
	onStack(t, a, "", "rollback", "--undo", "--yes", "--json").want(t, console.Good).json(t, &done)
	if !done.Done || done.Seconds <= 0 || len(done.Steps) != 1 || done.Steps[0].Function != "OtpFunction" || a.Funcs["web-1"].Code != "web 2" {
		t.Errorf("%+v, web runs %s", done, a.Funcs["web-1"].Code)
	}
	says(t, onStack(t, a, "", "rollback", "--undo").want(t, console.Wrong).err, "no rollback to undo")
}

func TestRollbackRefusesWhatWouldReachNobodyOrMeetADeployment(t *testing.T) {
	for _, row := range []struct {
		what   string
		change func(*fleettest.AWS)
		line   string
		says   string
	}{
		{"a deployment", func(a *fleettest.AWS) { a.Stacks["central-prod"].Status = "UPDATE_IN_PROGRESS" }, "rollback --yes", "cancel-update-stack"},
		{"one, and a rotation", func(a *fleettest.AWS) { a.Stacks["central-prod"].Status = "UPDATE_ROLLBACK_IN_PROGRESS" }, "rotate key --yes", "under way"},
		{"an alias is called", aliased, "rollback --yes", "update-alias --function-name otp-1 --name live"},
		{"and a rotation", aliased, "rotate edge --yes", "reach nobody"},
		{"nothing kept", func(*fleettest.AWS) {}, "rollback --yes", "central release keeps"},
		{"no such release", func(*fleettest.AWS) {}, "rollback --to release-1 --yes", "no release release-1"},
		{"nothing to accept", func(*fleettest.AWS) {}, "rollback --accept --yes", "no rollback"},
		{"no such stack", func(a *fleettest.AWS) { delete(a.Stacks, "central-prod") }, "release", "does not exist"},
		{"no edge", func(a *fleettest.AWS) { delete(a.Stacks["central-prod"].Outputs, "EdgeSecretArn") }, "rotate edge --yes", "parameter Edge is off"},
		{"no such edge", func(*fleettest.AWS) {}, "rotate edge --edge-stack central-edge --yes", "does not exist"},
		{"another stack for the edge's", func(*fleettest.AWS) {}, "rotate edge --edge-stack central-prod --yes", "not one of edge.yaml"},
		{"no call API", func(*fleettest.AWS) {}, "rotate call --yes", "no member callSecret: there is nothing to replace"},
	} {
		t.Run(row.what, func(t *testing.T) {
			a := deployed()
			row.change(a)
			says(t, onStack(t, a, "", strings.Fields(row.line)...).want(t, console.Wrong).err, row.says)
			if len(a.Calls) > 0 {
				t.Errorf("it did %s", a.Calls)
			}
		})
	}
	a := deployed()
	a.Stacks["central-prod"].Status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
	onStack(t, a, "", "release").want(t, console.Good)
}

// aliased is the stack of an earlier template.
func aliased(a *fleettest.AWS) {
	s := a.Stacks["central-prod"]
	s.Resources = append(s.Resources, "OtpFunctionAliaslive AWS::Lambda::Alias arn:aws:lambda:ap-south-1:000000000000:function:otp-1:live")
	a.Funcs["otp-1"].Versions = []fleettest.Func{{Code: "otp 1"}}
	a.Funcs["otp-1"].Aliases["live"] = fleet.Alias{Version: "1"}
}

func TestARotationSaysWhatItDoesToPeopleAndAsks(t *testing.T) {
	a := deployed()
	r := onStack(t, a, "no\n", "rotate", "key", "--leaked").want(t, console.Wrong)
	if says(t, r.err, "ALL OPEN LINKS AND CODES DIE", "not confirmed"); len(a.Calls) > 0 {
		t.Error(a.Calls)
	}
	r = onStack(t, a, "yes\n", "rotate", "key").want(t, console.Good)
	says(t, r.err, "Open links and codes keep working", "accepted too, by 1 of the functions", "used, by 1 of the functions")
	says(t, r.out, "replaced in ")
	fresh := a.Members("arn:app")["current"].(string)
	if strings.Contains(r.out+r.err, fresh) || a.Members("arn:app")["previous"] != strings.Repeat("k", 64) {
		t.Error("the key is on the screen, or the old one is gone")
	}
	a.Now = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	says(t, onStack(t, a, "", "rotate", "key").want(t, console.Wrong).err, "links and codes of that key die")

	a.Stacks["central-prod-edge"].After = "UPDATE_ROLLBACK_COMPLETE"
	says(t, onStack(t, a, "", "rotate", "edge", "--edge-stack", "central-prod-edge", "--yes").want(t, console.Wrong).err, "its events say why", "Repeat the command")
	if m := a.Members("arn:edge"); m["previous"] != strings.Repeat("k", 64) {
		t.Error("the edge has the old one, and it is refused")
	}
	a.Stacks["central-prod-edge"].After, a.Stacks["central-prod-edge"].Parameters["EdgeSecret"] = "", strings.Repeat("k", 64)
	says(t, onStack(t, a, "", "rotate", "edge", "--edge-stack", "central-prod-edge", "--yes").want(t, console.Good).err, "CloudFront takes some minutes", "the old one is refused")
	if m, p := a.Members("arn:edge"), a.Stacks["central-prod-edge"].Parameters; m["current"] != p["EdgeSecret"] || m["previous"] != nil {
		t.Errorf("%v %v", m, p)
	}
	r = onStack(t, a, "", "rotate", "edge", "--yes").want(t, console.Good)
	if says(t, r.out, "the member current of the secret arn:edge", "central rotate edge --done --stack central-prod"); strings.Contains(r.out+r.err, a.Members("arn:edge")["current"].(string)) {
		t.Error("the secret is on the screen")
	}
	onStack(t, a, "", "rotate", "edge", "--done", "--yes").want(t, console.Good)
	if m := a.Members("arn:edge"); m["previous"] != nil {
		t.Error("the old one still counts")
	}
}

func TestTheseCommandsNeedAStackAndTakeOneThing(t *testing.T) {
	for _, line := range []string{
		"release", "rollback", "rotate key", "release --list --note x --stack s", "rollback --undo --accept --stack s", "rollback --to x --undo --stack s", "release --note " + strings.Repeat("x", release.LongestNote+1) + " --stack s",
		"release --note ü --stack s", "rotate edge --done --edge-stack e --stack s", "release --local http://127.0.0.1:1", "rotate nonsense", "cost --edge", "cost --idle --signups 5",
	} {
		r := central(t, "", strings.Fields(line)...).want(t, console.Usage)
		if !strings.HasPrefix(r.err, "central: ") || r.out != "" {
			t.Errorf("%s: out %q, err %q", line, r.out, r.err)
		}
	}
	for line, meant := range map[string]string{"rolback": "central rollback", "realease": "central release", "rotate kee": "central rotate key", "key": "central rotate key"} {
		if r := central(t, "", strings.Fields(line)...).want(t, console.Usage); !strings.Contains(r.err, "Did you mean "+meant+"?") {
			t.Error(r.err)
		}
	}
}
