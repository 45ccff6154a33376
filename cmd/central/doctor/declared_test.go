package doctor

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// plain is what CloudFormation's short forms stand for: !Ref X is {"Ref": "X"}, any other !Name is {"Fn::Name": ...}.
func plain(n *yaml.Node) any {
	var v any
	switch n.Kind {
	case yaml.MappingNode:
		all := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			all[n.Content[i].Value] = plain(n.Content[i+1])
		}
		v = all
	case yaml.SequenceNode:
		all := []any{}
		for _, c := range n.Content {
			all = append(all, plain(c))
		}
		v = all
	default:
		v = n.Value
	}
	if name, short := strings.CutPrefix(n.Tag, "!"); short && !strings.HasPrefix(name, "!") {
		if name != "Ref" && name != "Condition" {
			name = "Fn::" + name
		}
		return map[string]any{name: v}
	}
	return v
}

// projectTemplate is template.yaml as Declared reads one that SAM has processed: every function has the variables of Globals too.
func projectTemplate(t *testing.T) (body []byte, variables []string) {
	t.Helper()
	text, err := os.ReadFile("../../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	all := plain(root.Content[0]).(map[string]any)
	at := func(v any, path ...string) map[string]any {
		for _, p := range path {
			v = v.(map[string]any)[p]
		}
		return v.(map[string]any)
	}
	for _, r := range all["Resources"].(map[string]any) {
		if f := r.(map[string]any); f["Type"] == "AWS::Serverless::Function" {
			f["Type"] = "AWS::Lambda::Function"
			own := at(f, "Properties", "Environment", "Variables")
			for name, v := range at(all, "Globals", "Function", "Environment", "Variables") {
				own[name] = v
			}
			for name := range own {
				variables = append(variables, name)
			}
		}
	}
	if body, err = json.Marshal(all); err != nil {
		t.Fatal(err)
	}
	slices.Sort(variables)
	return body, slices.Compact(variables)
}

// Doctor asks for what the template always sets. docs/configuration.md says which may be empty; both speak of the same variables.
func TestWhatMayBeEmptyIsWhatTheDocumentationSaysMayBe(t *testing.T) {
	text, err := os.ReadFile("../../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	says := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| [^|]* \\| (.*) \\|$").FindAllStringSubmatch(string(text), -1) {
		says[row[1]] = row[2]
	}
	body, variables := projectTemplate(t)
	var asked []string
	for _, names := range Declared(body) {
		asked = append(asked, names...)
	}
	// Where calls go another way it has no meaning; the configuration set is always made; and the last is as the line above it says.
	otherwise := map[string]bool{"CALL_API_URL": true, "MAIL_CONFIGURATION_SET": true, "SMS_CHANGED_TEMPLATE_ID_HI": true}
	empty := 0
	for _, name := range variables {
		documented := regexp.MustCompile(`(?i)\bempty\b`).MatchString(says[name])
		mayBe := !slices.Contains(asked, name)
		if mayBe != documented && !otherwise[name] {
			t.Errorf("%s: doctor lets it be empty: %v; docs/configuration.md says %q", name, mayBe, says[name])
		}
		if mayBe {
			empty++
		}
	}
	if len(variables) < 25 || empty < 6 || len(asked) < 60 {
		t.Errorf("%d variables, %d may be empty, %d are asked for", len(variables), empty, len(asked))
	}
}
