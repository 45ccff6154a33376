package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryAlarmSaysWhatToDoAndTellsSomebody(t *testing.T) {
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	runbook := page(t, "operations.md")
	alarms := 0
	for id, node := range s.Resources {
		if at(&node, "Type") != "AWS::CloudWatch::Alarm" {
			continue
		}
		alarms++
		if !strings.Contains(runbook, "\n## "+id+"\n") {
			t.Errorf("docs/operations.md has no section %s", id)
		}
		if !strings.HasSuffix(at(&node, "Properties.AlarmDescription"), " See docs/operations.md#"+strings.ToLower(id)) {
			t.Errorf("%s does not lead to its section", id)
		}
		if at(&node, "Properties.AlarmActions.0") != "Alarms" {
			t.Errorf("nobody hears %s", id)
		}
	}
	if alarms < 9 {
		t.Errorf("only %d alarms were found", alarms)
	}
}

// TestWhatHasToBeAnsweredIsAskedFirst: sam deploy --guided asks in the template's order.
func TestWhatHasToBeAnsweredIsAskedFirst(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, asked, _ := strings.Cut(string(text), "\nParameters:\n")
	first, _, _ := strings.Cut(asked, "# From here on the defaults do.")
	var parameters []string
	for _, m := range regexp.MustCompile(`(?m)^  ([A-Z]\w+):`).FindAllStringSubmatch(first, -1) {
		parameters = append(parameters, m[1])
	}
	_, table, _ := strings.Cut(page(t, "deploy.md"), "| parameter | answer |")
	table, _, _ = strings.Cut(table, "\n\n")
	var answered []string
	for _, m := range regexp.MustCompile("`([A-Z][a-z]+[A-Za-z]*)`").FindAllStringSubmatch(table, -1) {
		answered = append(answered, m[1])
	}
	if len(parameters) != 12 || !slices.Equal(parameters, answered) {
		t.Errorf("asked first: %v\ndocs/deploy.md: %v", parameters, answered)
	}
}

// ofAWS are names in the documentation that are not the template's.
var ofAWS = []string{"SignupIP", "SuccessfulRequestLatency", "ConcurrentExecutions"}

// TestTheWayToAnAccountNamesOnlyWhatThereIs reads docs/deploy.md against the template: parameters and outputs in code marks exist.
func TestTheWayToAnAccountNamesOnlyWhatThereIs(t *testing.T) {
	var s struct {
		Parameters map[string]yaml.Node `yaml:"Parameters"`
		Resources  map[string]yaml.Node `yaml:"Resources"`
		Outputs    map[string]yaml.Node `yaml:"Outputs"`
	}
	readYAML(t, "template.yaml", &s)
	var edge struct {
		Outputs map[string]yaml.Node `yaml:"Outputs"`
	}
	readYAML(t, "edge.yaml", &edge)
	named := 0
	for _, name := range []string{"deploy.md", "operations.md", "configuration.md"} {
		for _, m := range regexp.MustCompile("`([A-Z][a-z]+[A-Z][A-Za-z0-9]+)`").FindAllStringSubmatch(page(t, name), -1) {
			_, isParameter := s.Parameters[m[1]]
			_, isOutput := s.Outputs[m[1]]
			_, isResource := s.Resources[m[1]]
			_, isOfEdge := edge.Outputs[m[1]]
			if !isParameter && !isOutput && !isResource && !isOfEdge && !slices.Contains(ofAWS, m[1]) {
				t.Errorf("docs/%s names %s, which the template does not have", name, m[1])
			}
			named++
		}
	}
	if named < 30 {
		t.Errorf("only %d names were found", named)
	}
	way := page(t, "deploy.md") + page(t, "configuration.md")
	for output := range s.Outputs {
		if strings.HasPrefix(output, "Mail") || strings.HasPrefix(output, "Domain") || strings.HasPrefix(output, "Sms") {
			if !regexp.MustCompile(`\b` + output + `\b`).MatchString(way) {
				t.Errorf("docs/deploy.md does not say what the output %s is for", output)
			}
		}
	}
}
