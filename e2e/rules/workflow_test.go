package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type step struct {
	Uses string            `yaml:"uses"`
	With map[string]string `yaml:"with"`
	Run  string            `yaml:"run"`
	Env  map[string]string `yaml:"env"`
}

// workflow are the steps of each job of .github/workflows/deploy.yml.
func workflow(t *testing.T) map[string][]step {
	t.Helper()
	var w struct {
		Jobs map[string]struct {
			Steps []step `yaml:"steps"`
		} `yaml:"jobs"`
	}
	readYAML(t, ".github/workflows/deploy.yml", &w)
	jobs := map[string][]step{}
	for name, job := range w.Jobs {
		jobs[name] = job.Steps
	}
	return jobs
}

// TestTheDeployWorkflowKeepsTheModesOfTheBuild runs the steps of the workflow up to `sam deploy`, with artifacts as GitHub keeps them:
// files without their modes.
func TestTheDeployWorkflowKeepsTheModesOfTheBuild(t *testing.T) {
	jobs := workflow(t)
	artifacts := t.TempDir()
	built := checkout(t)
	if said := built.job("build", jobs["build"], artifacts); built.failed {
		t.Fatal(said)
	}
	for _, environment := range []string{"staging", "prod"} {
		deployed := checkout(t)
		if said := deployed.job(environment, jobs[environment], artifacts); !strings.Contains(said, allDeployed(t)) {
			t.Errorf("%s: %s", environment, said)
		}
	}
}

// allDeployed is what the stand-in of sam says when every function is there and may be run.
func allDeployed(t *testing.T) string {
	_, found := functions(t)
	return fmt.Sprintf("deployed with %d of mode 755", len(found))
}

// TestTheDeployWorkflowRefuses a build and parameters with which nothing would work, before it deploys.
func TestTheDeployWorkflowRefuses(t *testing.T) {
	jobs := workflow(t)
	deployed := allDeployed(t)
	for name, c := range map[string]struct {
		with func(*clone)
		says string
	}{
		"nothing of parameters that the running stack has": {func(c *clone) {}, deployed},
		"nothing of parameters that are committed":         {func(c *clone) { c.running, c.committed = nil, ownCommitted }, deployed},
		"a function that is not executable":                {func(c *clone) { c.mode = 0o644 }, "SignupFunction/bootstrap has the mode rw-r--r--"},
		"a function that only its owner may run":           {func(c *clone) { c.mode = 0o700 }, "SignupFunction/bootstrap has the mode rwx------"},
		"a function for another architecture":              {func(c *clone) { c.machine = 0x3e }, "is no program for arm64"},
		"the examples of DLT in a new stack":               {func(c *clone) { c.running = nil }, "SmsEntityId would be 1001000000000000000"},
		"an example in the running stack":                  {func(c *clone) { c.running = maps.Clone(own); delete(c.running, "SmsTemplateId") }, "SmsTemplateId would be"},
		"an example that would replace what runs":          {func(c *clone) { c.committed = `PublicUrl=\"https://central.example.com\"` }, "PublicUrl would be"},
		"a stack that cannot be asked":                     {func(c *clone) { c.denied = true }, "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			artifacts := t.TempDir()
			here := checkout(t)
			c.with(here)
			said := here.job("build", jobs["build"], artifacts)
			if !here.failed {
				said += here.job("prod", jobs["prod"], artifacts)
			}
			if here.failed == (c.says == deployed) || !strings.Contains(said, c.says) || here.failed && strings.Contains(said, "deployed") {
				t.Errorf("%s", said)
			}
		})
	}
}

// TestTheDeployWorkflowUndoesARollbackAndNotesWhatWorks: the order of what follows `sam deploy`.
func TestTheDeployWorkflowUndoesARollbackAndNotesWhatWorks(t *testing.T) {
	order := []string{"sam deploy", "rollback --undo --yes --stack", "/v1/health", "journey --stack", "release --stack"}
	for _, environment := range []string{"staging", "prod"} {
		var at []int
		steps := workflow(t)[environment]
		for _, what := range order {
			at = append(at, slices.IndexFunc(steps, func(s step) bool { return strings.Contains(s.Run, what) }))
		}
		if at[0] < 0 || !slices.IsSorted(at) {
			t.Errorf("%s: %v are the steps %v", environment, order, at)
		}
		if last := steps[len(steps)-1]; !strings.Contains(last.Env["COMMIT"], "workflow_run.head_sha") {
			t.Errorf("%s notes %q: the commit of the run is not github.sha, where another workflow has started it", environment, last.Env["COMMIT"])
		}
	}
}

// TestTheSAMCLIIsOneVersionEverywhere: what builds in the workflow is what the checks have tried.
func TestTheSAMCLIIsOneVersionEverywhere(t *testing.T) {
	pins, err := os.ReadFile(filepath.Join(root(t), "tools", "requirements.txt"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for job, steps := range workflow(t) {
		for _, s := range steps {
			if strings.HasPrefix(s.Uses, "aws-actions/setup-sam@") {
				seen++
				if v := s.With["version"]; v == "" || !strings.Contains(string(pins), "aws-sam-cli=="+v+"\n") {
					t.Errorf("%s installs the SAM CLI %q, tools/requirements.txt says %q", job, v, pins)
				}
			}
		}
	}
	if seen != 3 {
		t.Errorf("the SAM CLI is installed %d times", seen)
	}
}

// own are parameters of an operator; ownCommitted are the same in samconfig.toml.
var own = map[string]string{"SmsEntityId": "1101234567890123456", "SmsTemplateId": "1107123456789012345", "PublicUrl": "https://a.in", "MailFrom": "a@b.in"}

const ownCommitted = `Environment=prod SmsEntityId=\"1101234567890123456\" SmsTemplateId=\"1107123456789012345\" PublicUrl=https://a.in MailFrom=a@b.in`

// clone is a folder with what the steps of the workflow use, and stand-ins for the commands that need an account or a build.
type clone struct {
	t         *testing.T
	dir       string
	mode      os.FileMode       // of each bootstrap that `sam build` makes
	machine   byte              // of its ELF header
	running   map[string]string // parameters of the running stack; nil where there is none
	denied    bool              // CloudFormation does not say
	committed string            // parameters in samconfig.toml
	failed    bool
}

func checkout(t *testing.T) *clone {
	t.Helper()
	c := &clone{t: t, dir: t.TempDir(), mode: 0o755, machine: 0xb7, running: own, committed: "Environment=prod"}
	for _, name := range []string{"tools", "template.yaml"} {
		if err := os.Symlink(filepath.Join(root(t), name), filepath.Join(c.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// job runs the steps of a job up to `sam deploy`, and returns what they said.
func (c *clone) job(name string, steps []step, artifacts string) (said string) {
	c.t.Helper()
	bin := c.commands()
	config := fmt.Sprintf("[%[1]s.global.parameters]\nstack_name = \"central-%[1]s\"\nregion = \"ap-south-1\"\n[%[1]s.deploy.parameters]\nparameter_overrides = \"%[2]s\"\n", name, c.committed)
	if err := os.WriteFile(filepath.Join(c.dir, "samconfig.toml"), []byte(config), 0o600); err != nil {
		c.t.Fatal(err)
	}
	for _, s := range steps {
		switch {
		case strings.HasPrefix(s.Uses, "actions/upload-artifact@"):
			c.carry(filepath.Join(c.dir, s.With["path"]), artifacts)
		case strings.HasPrefix(s.Uses, "actions/download-artifact@"):
			c.carry(artifacts, filepath.Join(c.dir, s.With["path"]))
		case s.Run != "":
			cmd := exec.Command("bash", "-e", "-o", "pipefail", "-c", s.Run)
			cmd.Dir, cmd.Env = c.dir, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "ENVIRONMENT="+name)
			out, err := cmd.CombinedOutput()
			said += string(out)
			if c.failed = err != nil; c.failed || strings.HasPrefix(s.Run, "sam deploy") {
				return said
			}
		}
	}
	return said
}

// carry copies as an artifact does: the one file, or what is in the folder, each with the mode 644.
func (c *clone) carry(from, to string) {
	c.t.Helper()
	cmd := exec.Command("bash", "-ec", `mkdir -p "$2"; if [ -d "$1" ]; then cp -R "$1/." "$2"; else cp "$1" "$2"; fi; find "$2" -type f -exec chmod 644 {} +`, "carry", from, to)
	if said, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("%v\n%s", err, said)
	}
}

// commands are stand-ins for sam and aws, and the Python of this machine itself: a shim in front of it would look for commands elsewhere.
func (c *clone) commands() (bin string) {
	c.t.Helper()
	bin = c.t.TempDir()
	python, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := os.Symlink(strings.TrimSpace(string(python)), filepath.Join(bin, "python3")); err != nil {
		c.t.Fatal(err)
	}
	elf := fmt.Sprintf(`\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\%o\0`, c.machine)
	sam := fmt.Sprintf(`case $1 in
build) for f in $(sed -n 's/^  \([A-Z][a-z]*Function\):$/\1/p' template.yaml); do
    mkdir -p .aws-sam/build/$f; printf '%s' >.aws-sam/build/$f/bootstrap; chmod %o .aws-sam/build/$f/bootstrap
  done
  awk '/^  [A-Z][a-z]*Function:$/ { f = $1; sub(":", "", f) } { sub(/CodeUri: \.$/, "CodeUri: " f); print }' template.yaml >.aws-sam/build/template.yaml ;;
deploy) echo "deployed with $(find .aws-sam/build -name bootstrap -perm 755 | wc -l | tr -d ' ') of mode 755" ;;
esac`, elf, c.mode)
	aws := `echo "Stack with id $4 does not exist" >&2; exit 254`
	switch {
	case c.denied:
		aws = `echo "AccessDenied: not authorized to perform cloudformation:DescribeStacks" >&2; exit 254`
	case c.running != nil:
		type parameter struct{ ParameterKey, ParameterValue string }
		var all []parameter
		for name, v := range c.running {
			all = append(all, parameter{name, v})
		}
		text, err := json.Marshal(map[string]any{"Stacks": []any{map[string]any{"Parameters": all}}})
		if err != nil {
			c.t.Fatal(err)
		}
		aws = "echo '" + string(text) + "'"
	}
	for name, text := range map[string]string{"sam": sam, "aws": aws} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/bash\nset -e\n"+text+"\n"), 0o755); err != nil {
			c.t.Fatal(err)
		}
	}
	return bin
}
