package gateway_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"phonon.in/central/cmd/local/gateway"
	"phonon.in/central/cmd/local/lambda"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/xray"
)

// The whole bench: a template and the functions beside it, built, and behind an HTTP API.
func Example() {
	root := filepath.Join("testdata", "hello")
	out, err := os.MkdirTemp("", "hello-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(out)

	made, err := template.Read(filepath.Join(root, "template.yaml"), nil)
	if err != nil {
		log.Fatal(err)
	}
	builder := &lambda.Builder{Root: root, Out: out, Log: io.Discard, Say: log.Printf}
	var functions []*lambda.Function
	for _, spec := range made.Functions {
		if failed := builder.Build(context.Background(), []string{spec.Name}); len(failed) > 0 {
			log.Fatal(failed)
		}
		f := &lambda.Function{Spec: spec, Stack: "hello", Binary: builder.Binary(spec.Name), Log: os.Stderr}
		defer f.Close()
		functions = append(functions, f)
	}
	api := httptest.NewServer(gateway.New(functions, xray.New(), lambda.RequestsAtOnce(), log.Printf))
	defer api.Close()

	answer, err := http.Get(api.URL + "/hello/Asha")
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	fmt.Println(answer.StatusCode, string(body))
	// Output: 200 Hello, Asha
}

func TestTheReadmeShowsWhatTheExampleDoes(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(readme), "```go\n")
	shown, _, found := strings.Cut(after, "```")
	own, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	indented := "\t" + strings.ReplaceAll(strings.TrimSpace(shown), "\n", "\n\t")
	if !found || !strings.Contains(string(own), strings.ReplaceAll(indented, "\n\t\n", "\n\n")) {
		t.Errorf("README.md shows what the example does not:\n%s", shown)
	}
}
