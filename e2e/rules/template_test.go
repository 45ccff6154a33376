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

type resource struct {
	Type     string `yaml:"Type"`
	Metadata struct {
		BuildMethod string `yaml:"BuildMethod"`
	} `yaml:"Metadata"`
	Properties struct {
		Runtime       string   `yaml:"Runtime"`
		Handler       string   `yaml:"Handler"`
		Architectures []string `yaml:"Architectures"`
		Environment   struct {
			Variables map[string]yaml.Node `yaml:"Variables"`
		} `yaml:"Environment"`
		Policies []struct {
			Statement []struct {
				Sid         string    `yaml:"Sid"`
				Effect      string    `yaml:"Effect"`
				Action      yaml.Node `yaml:"Action"`
				Resource    yaml.Node `yaml:"Resource"`
				NotResource yaml.Node `yaml:"NotResource"`
			} `yaml:"Statement"`
		} `yaml:"Policies"`
		Events map[string]struct {
			Type       string `yaml:"Type"`
			Properties struct {
				Method string `yaml:"Method"`
				Path   string `yaml:"Path"`
			} `yaml:"Properties"`
		} `yaml:"Events"`
	} `yaml:"Properties"`
}

type samTemplate struct {
	Parameters map[string]yaml.Node `yaml:"Parameters"`
	Globals    struct {
		Function struct {
			Runtime       string   `yaml:"Runtime"`
			Handler       string   `yaml:"Handler"`
			Architectures []string `yaml:"Architectures"`
			Tracing       string   `yaml:"Tracing"`
			Environment   struct {
				Variables map[string]yaml.Node `yaml:"Variables"`
			} `yaml:"Environment"`
		} `yaml:"Function"`
	} `yaml:"Globals"`
	Resources map[string]yaml.Node `yaml:"Resources"`
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// functions returns the functions of the template by the name of their folder.
func functions(t *testing.T) (samTemplate, map[string]resource) {
	t.Helper()
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	found := map[string]resource{}
	for id, node := range s.Resources {
		var kind struct {
			Type string `yaml:"Type"`
		}
		if err := node.Decode(&kind); err != nil {
			t.Fatal(err)
		}
		if kind.Type != "AWS::Serverless::Function" {
			continue
		}
		var r resource
		if err := node.Decode(&r); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		found[strings.ToLower(strings.TrimSuffix(id, "Function"))] = r
	}
	return s, found
}

func TestEveryFunctionFolderIsInTheTemplateAndTheReverse(t *testing.T) {
	s, found := functions(t)
	folders, err := os.ReadDir(filepath.Join(root(t), "functions"))
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) != len(found) {
		t.Errorf("%d folders, %d functions in the template", len(folders), len(found))
	}
	for _, f := range folders {
		if _, ok := found[f.Name()]; !ok {
			t.Errorf("functions/%s is not in the template", f.Name())
		}
	}
	if g := s.Globals.Function; g.Runtime != "provided.al2023" || g.Handler != "bootstrap" || g.Tracing != "Active" || !slices.Equal(g.Architectures, []string{"arm64"}) {
		t.Errorf("functions run as %+v", g)
	}
	for name, f := range found {
		if p := f.Properties; p.Runtime != "" || p.Handler != "" || p.Architectures != nil || f.Metadata.BuildMethod != "makefile" {
			t.Errorf("functions/%s is built or run in another way than the others", name)
		}
	}
}

var reads = regexp.MustCompile(`\br\.(?:Text|Optional|Origin|Int|Choice|CaptchaProvider)\("([A-Z0-9_]+)"`)

func TestTheTemplateSetsWhatFunctionsReadAndTheDocumentationExplainsIt(t *testing.T) {
	s, found := functions(t)
	manual, err := os.ReadFile(filepath.Join(root(t), "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	for parameter := range s.Parameters {
		if !strings.Contains(string(manual), "`"+parameter+"`") {
			t.Errorf("docs/configuration.md does not explain the parameter %s", parameter)
		}
	}
	for name, f := range found {
		text, err := os.ReadFile(filepath.Join(root(t), "functions", name, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		read := map[string]bool{}
		for _, match := range reads.FindAllStringSubmatch(string(text), -1) {
			read[match[1]] = true
			if _, ok := f.Properties.Environment.Variables[match[1]]; !ok {
				t.Errorf("functions/%s reads %s, which the template does not set for it", name, match[1])
			}
			if !strings.Contains(string(manual), "`"+match[1]+"`") {
				t.Errorf("docs/configuration.md does not explain %s", match[1])
			}
		}
		for variable := range f.Properties.Environment.Variables {
			if _, global := s.Globals.Function.Environment.Variables[variable]; !read[variable] && !global {
				t.Errorf("the template sets %s for functions/%s, which does not read it", variable, name)
			}
		}
		if len(read) < 2 {
			t.Errorf("functions/%s reads only %v", name, read)
		}
	}
}

func TestNoPolicyAllowsEverything(t *testing.T) {
	_, found := functions(t)
	for name, f := range found {
		statements := 0
		for _, p := range f.Properties.Policies {
			for _, s := range p.Statement {
				statements++
				for _, action := range texts(&s.Action) {
					if strings.Contains(action, "*") {
						t.Errorf("%s: %s allows %s", name, s.Sid, action)
					}
				}
				for _, where := range texts(&s.Resource) {
					if where == "*" || strings.HasSuffix(where, ":*") {
						t.Errorf("%s: %s allows it on every resource: %s", name, s.Sid, where)
					}
				}
				// SMS to a phone have no ARN. NotResource excludes every topic, and leaves the phones.
				if len(texts(&s.NotResource)) > 0 && s.Sid != "SmsToPhonesOnly" {
					t.Errorf("%s: %s uses NotResource", name, s.Sid)
				}
			}
		}
		if asksAWS := name != "web"; asksAWS != (statements > 0) {
			t.Errorf("%s has %d statements in its policy", name, statements)
		}
	}
}

func TestWhoReadsTheSecretMayAndNobodyElse(t *testing.T) {
	_, found := functions(t)
	for name, f := range found {
		_, reads := f.Properties.Environment.Variables["SECRET_ID"]
		may := false
		for _, p := range f.Properties.Policies {
			for _, s := range p.Statement {
				may = may || slices.Contains(texts(&s.Action), "secretsmanager:GetSecretValue")
			}
		}
		if reads != may {
			t.Errorf("%s reads the secret: %v, and may: %v", name, reads, may)
		}
	}
}

// TestWhoAnswersRequestsReadsTheSecretOfTheEdge: apigw.Start reads it for whoever calls it.
func TestWhoAnswersRequestsReadsTheSecretOfTheEdge(t *testing.T) {
	s, found := functions(t)
	policy := s.Resources["EdgeSecretPolicy"]
	may := texts(under(&policy, "Properties.Roles"))
	answering := 0
	for name := range found {
		source, err := os.ReadFile(filepath.Join(root(t), "functions", name, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		role := strings.ToUpper(name[:1]) + name[1:] + "FunctionRole"
		reads := strings.Contains(string(source), "apigw.Start(")
		if reads {
			answering++
		}
		if reads != slices.Contains(may, role) {
			t.Errorf("%s reads the edge's secret: %v, and may: %v", name, reads, !reads)
		}
	}
	if answering != len(may) || at(&policy, "Properties.PolicyDocument.Statement.0.Action") != "secretsmanager:GetSecretValue" || at(&policy, "Condition") != "HasEdge" {
		t.Errorf("%d functions answer requests; the policy is for %v", answering, may)
	}
}

func texts(n *yaml.Node) (all []string) {
	switch n.Kind {
	case yaml.ScalarNode:
		all = append(all, n.Value)
	case yaml.SequenceNode:
		for _, c := range n.Content {
			all = append(all, texts(c)...)
		}
	}
	return all
}
