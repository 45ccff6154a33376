package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
)

// result is what one call of the program left behind.
type result struct {
	code     int
	out, err string
}

// central runs a command line as the program would, with an environment of its own. What is typed is input.
func central(t *testing.T, input string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	c := &where.Call{Console: &console.Console{In: strings.NewReader(input), Out: &out, Err: &errs, Now: time.Now}, Getenv: nothing}
	code := c.Run(t.Context(), root(c), args)
	return result{code, out.String(), errs.String()}
}

// nothing is an environment without variables.
func nothing(string) string { return "" }

// want fails unless the exit code is right.
func (r result) want(t *testing.T, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit %d, want %d\n%s\n%s", r.code, code, r.out, r.err)
	}
	return r
}

// json reads the output.
func (r result) json(t *testing.T, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(r.out))
	if err := d.Decode(into); err != nil {
		t.Fatalf("%v: %s", err, r.out)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("more than one JSON value: %s", r.out)
	}
}

var everyCommand = []string{
	"", "doctor", "account", "account list", "account show", "account disable", "account enable", "account erase", "reviewer", "reviewer add", "reviewer remove", "reviewer list", "client", "client add", "client list", "client show", "client set", "client secret", "client disable", "client enable", "client remove", "keys", "keys list", "keys rotate", "outbox", "outbox list", "outbox retry",
	"events", "events list", "events replay",
	"export", "terms", "terms publish", "journey", "seed", "cost", "release", "rollback", "rotate", "rotate key", "rotate edge", "rotate call",
}

func TestEveryLevelHasHelp(t *testing.T) {
	for _, command := range everyCommand {
		t.Run(command, func(t *testing.T) {
			r := central(t, "", append(strings.Fields(command), "--help")...).want(t, console.Good)
			if !strings.Contains(r.out, "Usage:") || !strings.Contains(r.out, "--json") || r.err != "" {
				t.Errorf("%s\n%s", r.out, r.err)
			}
		})
	}
	if help := central(t, "", "--help").out; !strings.Contains(help, "Exit codes:") || !strings.Contains(help, "--stack") {
		t.Error(help)
	}
}

func TestWrongUsageIsExit2AndSaysSo(t *testing.T) {
	for _, line := range []string{
		"nonsense", "account nonsense", "account show", "account show a b", "account list x", "account list --phone x", "account list --limit 0", "terms publish", "outbox list extra", "--nonsense", "doctor --nonsense",
		"account show x@example.com", "account disable x@example.com --local http://127.0.0.1:1",
		"account erase x@example.com --override-hold", "export x@example.com", "outbox retry", "outbox retry x --all-dead", "events list", "terms publish 2026-12-01",
		"client add --name x", "client add --redirect https://x.example.com/cb", "client secret", "client show a b", "client secret x --done --leaked", "client add --max-age x", "keys rotate", "keys list x",
		"doctor --local http://example.com:3000", "doctor --local http://127.0.0.1", "doctor --local http://127.0.0.1:1 --stack x",
		"seed", "seed --users-table u --tokens-table t", "seed --local https://127.0.0.1:3000", "seed --local http://central.example.com", "seed --stack central-prod",
		"seed --local http://127.0.0.1:1 --accounts 0", "cost --kyc-share 2", "cost --signups 0", "cost --sms-usd -1", "cost --codes x",
	} {
		t.Run(line, func(t *testing.T) {
			r := central(t, "", strings.Fields(line)...).want(t, console.Usage)
			if !strings.HasPrefix(r.err, "central: ") || r.out != "" {
				t.Errorf("out %q, err %q", r.out, r.err)
			}
		})
	}
}

func TestACommandOfOthersAlonePrintsItsHelp(t *testing.T) {
	for line, names := range map[string]string{"": "doctor", "account": "disable", "reviewer": "remove", "outbox": "retry", "events": "replay", "terms": "publish", "rotate": "edge"} {
		r := central(t, "", strings.Fields(line)...).want(t, console.Good)
		if !strings.Contains(r.out, "Usage:") || !strings.Contains(r.out, names) || r.err != "" {
			t.Errorf("%q: out %q, err %q", line, r.out, r.err)
		}
	}
}

func TestACommandWithoutWhatItWorksOnAsksForIt(t *testing.T) {
	for line, asks := range map[string]string{
		"account show": "central: which account? central account show <who>", "account erase": "central: which account?", "reviewer add": "central: which account?",
		"export": "central: whose data?", "client set": "central: which client? central client set <client>", "terms publish": "central: which version?",
	} {
		r := central(t, "", strings.Fields(line)...).want(t, console.Usage)
		if !strings.HasPrefix(r.err, asks) || !strings.Contains(r.err, "Usage:") || r.out != "" {
			t.Errorf("%q: out %q, err %q", line, r.out, r.err)
		}
	}
	if r := central(t, "", "account", "show", "+91", "98765").want(t, console.Usage); !strings.Contains(r.err, "Quote") || strings.Contains(r.err, "Usage:") {
		t.Error(r.err)
	}
}

func TestAMistypedCommandIsUnderstoodByPeople(t *testing.T) {
	for line, meant := range map[string]string{
		"acount": "central account", "account shwo": "central account show", "docter": "central doctor", "show": "central account show, or central case show, or central client show",
		"list": "central account list, or central case list, or central client list, or central events list, or central keys list, or central outbox list, or central reviewer list", "account retry": "central outbox retry", "account find x": "",
		"nonsense": "",
	} {
		r := central(t, "", strings.Fields(line)...).want(t, console.Usage)
		if suggests := strings.Contains(r.err, "Did you mean"); suggests != (meant != "") || suggests && !strings.Contains(r.err, "Did you mean "+meant+"?") {
			t.Errorf("%q: %s", line, r.err)
		}
	}
}

func TestWithJSONAnErrorIsJSONToo(t *testing.T) {
	var body struct{ Error string }
	r := central(t, "", "account", "nonsense", "--json").want(t, console.Usage)
	if r.json(t, &body); !strings.Contains(body.Error, "nonsense") {
		t.Error(r.out)
	}
	r = central(t, "", "doctor", "--local", "http://127.0.0.1:1", "--json").want(t, console.Wrong)
	if r.json(t, &body); !strings.Contains(body.Error, "no local run answers") {
		t.Error(r.out)
	}
}

func TestTermsAreCheckedAndTheStepsSaid(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("template.yaml", "Parameters:\n  Other:\n    Default: \"2030-01-01\"\n  TermsVersion:\n    Type: String\n    Default: \"2026-11-01\"\nResources:\n")
	deployed := write("web/legal/terms.en.html", "<p>old</p>\n")
	fresh, same, empty, latin := write("new", "<p>new</p>\n"), write("same", "<p>old</p>"), write("empty", " \n"), write("latin", "\xe9")
	publish := func(version, text string, more ...string) result {
		return central(t, "", append([]string{"terms", "publish", version, "--root", root, "--text", text}, more...)...)
	}
	for _, wrong := range [][2]string{
		{"2026-11-01", fresh}, {"2025-12-31", fresh}, {"2026-13-01", fresh}, {"2026-1-1", fresh}, {"v2", fresh}, {"2026-12-01", same},
		{"2026-12-01", empty}, {"2026-12-01", latin}, {"2026-12-01", root + "/none"},
	} {
		publish(wrong[0], wrong[1], "--write", "--yes").want(t, console.Wrong)
	}
	publish("2026-12-01", fresh, "--language", "../en").want(t, console.Usage)
	r := publish("2026-12-01", fresh).want(t, console.Good)
	for _, part := range []string{"follows 2026-11-01", "cp " + fresh, "TermsVersion=2026-12-01", "sam deploy --config-env prod"} {
		if !strings.Contains(r.out, part) {
			t.Errorf("%q is not in %s", part, r.out)
		}
	}
	publish("2026-12-01", fresh, "--write").want(t, console.Wrong)
	if text, _ := os.ReadFile(deployed); string(text) != "<p>old</p>\n" {
		t.Errorf("it was written without a yes: %s", text)
	}
	var p publication
	publish("2026-12-01", fresh, "--write", "--yes", "--json").want(t, console.Good).json(t, &p)
	if text, _ := os.ReadFile(deployed); string(text) != "<p>new</p>\n" || !p.Written {
		t.Errorf("%s, %+v", text, p)
	}
}
