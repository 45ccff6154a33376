package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func contract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(root(t), "api", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheContractIsValidAndItsExamplesFit(t *testing.T) {
	if err := contract(t).Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// TestBodiesAreHeldToOneShape: every object says what it may have, and every text that comes in has an end.
func TestBodiesAreHeldToOneShape(t *testing.T) {
	for path, item := range contract(t).Paths.Map() {
		for method, op := range item.Operations() {
			where := method + " " + path
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Value.Content {
					strict(t, where+" takes", media.Schema, true)
				}
			}
			for status, answer := range op.Responses.Map() {
				for _, media := range answer.Value.Content {
					strict(t, where+" "+status+" gives", media.Schema, false)
				}
			}
		}
	}
}

func strict(t *testing.T, where string, ref *openapi3.SchemaRef, in bool) {
	s := ref.Value
	switch {
	case s.Type.Is("object"):
		free := s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has
		if values := s.AdditionalProperties.Schema; values != nil {
			strict(t, where+"/*", values, in)
		} else if free {
			t.Errorf("%s: an object with members that nobody described", where)
		}
		for name, member := range s.Properties {
			strict(t, where+"/"+name, member, in)
		}
	case s.Type.Is("array"):
		strict(t, where+"/0", s.Items, in)
	case s.Type.Is("string") && in && s.MaxLength == nil && s.Enum == nil && s.Pattern == "":
		t.Errorf("%s: a text of any length and form", where)
	case s.Type == nil && len(s.OneOf)+len(s.AllOf) == 0:
		t.Errorf("%s: a value of any type", where)
	}
	for _, one := range append(s.OneOf, s.AllOf...) {
		strict(t, where, one, in)
	}
}

var (
	documented = regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)` \\| (\\d+) \\|")
	named      = regexp.MustCompile("`([a-z0-9_]+)`")
)

// elsewhere are codes that no operation lists.
var elsewhere = map[string]string{
	"route_unknown": "any address", "method_not_allowed": "any address", "internal_error": "any address", "not_through_edge": "any address",
	"session_unknown": "the edge answers unauthenticated in its place",
}

func TestTheContractListsEveryErrorCodeUnderItsStatus(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	statuses, listed := map[string]string{}, map[string]bool{}
	for _, row := range documented.FindAllStringSubmatch(string(text), -1) {
		statuses[row[1]] = row[2]
	}
	for path, item := range contract(t).Paths.Map() {
		for method, op := range item.Operations() {
			for status, answer := range op.Responses.Map() {
				if status < "400" {
					continue
				}
				codes := named.FindAllStringSubmatch(*answer.Value.Description, -1)
				if len(codes) == 0 {
					t.Errorf("%s %s: %s without a code", method, path, status)
				}
				for _, code := range codes {
					listed[code[1]] = true
					// What errors holds may also be the reason of a refused file, which has no status of its own.
					if want, known := statuses[code[1]]; known && want != status || !known && !strings.HasPrefix(code[1], "file_") && code[1] != "errors" {
						t.Errorf("%s %s: %s with %s, which docs/errors.md has under %q", method, path, status, code[1], want)
					}
				}
			}
		}
	}
	for code := range statuses {
		if _, known := elsewhere[code]; !known && !listed[code] {
			t.Errorf("docs/errors.md has %s, which api/openapi.yaml gives nowhere", code)
		}
	}
}
