package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// direct finds the requirements of a go.mod that are not only there for others.
var direct = regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`)

// What the first start needs twice it fetches and compiles once.
func TestTheEngineOfTheLocalRunHasTheVersionsOfTheFunctions(t *testing.T) {
	versions := func(file string) map[string]string {
		mod, err := os.ReadFile(filepath.Join(root(t), file))
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, m := range regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) (v\S+)`).FindAllStringSubmatch(string(mod), -1) {
			all[m[1]] = m[2]
		}
		return all
	}
	ours, both := versions("go.mod"), 0
	for module, version := range versions("cmd/local/s3engine/go.mod") {
		if own, ok := ours[module]; ok {
			both++
			if own != version {
				t.Errorf("cmd/local/s3engine needs %s %s, the functions %s: take the same", module, version, own)
			}
		}
	}
	if both < 10 {
		t.Errorf("only %d modules are in both", both)
	}
}

func TestEveryDependencyIsAccountedFor(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"go.mod", "cmd/local/s3engine/go.mod", "cmd/central/go.mod", "bench/go.mod", "bench/peers/kratos/go.mod", "examples/product/go.mod", "examples/clients/go/go.mod"} {
		mod, err := os.ReadFile(filepath.Join(root(t), file))
		if err != nil {
			t.Fatal(err)
		}
		found := direct.FindAllStringSubmatch(string(mod), -1)
		if len(found) == 0 {
			t.Errorf("no requirement was found in %s", file)
		}
		for _, m := range found {
			// github.com/aws/aws-sdk-go-v2/service/s3: the table has the repository, and the services by name.
			name := strings.TrimPrefix(m[1], "github.com/")
			service := name[strings.LastIndex(name, "/")+1:]
			if repository, _, ok := strings.Cut(name, "/service/"); ok && strings.Contains(string(text), repository) && strings.Contains(string(text), service) {
				continue
			}
			if repository, _, ok := strings.Cut(name, "/feature/"); ok && strings.Contains(string(text), repository) && strings.Contains(string(text), service) {
				continue
			}
			if !strings.Contains(string(text), name) {
				t.Errorf("%s needs %s: docs/dependencies.md does not say what for", file, m[1])
			}
		}
	}
}
