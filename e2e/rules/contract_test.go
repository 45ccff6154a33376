package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
				for kind, media := range op.RequestBody.Value.Content {
					if kind == "application/x-www-form-urlencoded" { // RFC 6749, section 3.1: what is not known is ignored; a form as a whole has its limit
						continue
					}
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

// What generators of clients stumble over, whatever the language; make clients says the same, later.
func TestGeneratorsHaveANameForEverything(t *testing.T) {
	doc := contract(t)
	for name, s := range doc.Components.Schemas {
		named(t, doc, name, s.Value)
	}
	operations := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if operations[op.OperationID] || op.OperationID == "" {
				t.Errorf("%s %s: its operationId %q is no name of its own", method, path, op.OperationID)
			}
			operations[op.OperationID] = true
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Value.Content {
					named(t, doc, op.OperationID+"Body", media.Schema.Value)
				}
			}
			for status, answer := range op.Responses.Map() {
				if media := answer.Value.Content["application/json"]; media != nil && media.Schema.Ref == "" {
					named(t, doc, op.OperationID+status, media.Schema.Value)
				}
			}
		}
	}
}

func named(t *testing.T, doc *openapi3.T, name string, s *openapi3.Schema) {
	if len(s.OneOf) > 0 && s.Discriminator == nil {
		t.Errorf("%s: which kind it is has to be tried out: it needs a discriminator", name)
	}
	for _, kind := range s.OneOf {
		if said := len(s.OneOf) == len(s.Discriminator.Mapping); kind.Ref == "" || !said {
			t.Errorf("%s: each kind is a component, and the discriminator leads to it", name)
		}
	}
	if slices.Contains(s.Enum, nil) {
		t.Errorf("%s: null in an enumeration becomes a word of it", name)
	}
	for member, ref := range s.Properties {
		inner := name + strings.ToUpper(member[:1]) + member[1:]
		for ref.Ref == "" && ref.Value.Items != nil {
			ref = ref.Value.Items
		}
		if ref.Ref == "" && len(ref.Value.Properties) > 0 {
			t.Errorf("%s: an object in another is a component, so that it has a name", inner)
		}
		if ref.Ref == "" && len(ref.Value.Enum) > 0 && doc.Components.Schemas[inner] != nil {
			t.Errorf("%s: the name that generators make of its place is that of a component", inner)
		}
		if ref.Ref == "" {
			named(t, doc, inner, ref.Value)
		}
	}
}

var (
	documented = regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)` \\| (\\d+) \\|")
	quoted     = regexp.MustCompile("`([a-z0-9_]+)`")
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
				if status < "400" || len(answer.Value.Content) > 0 && answer.Value.Content["application/problem+json"] == nil {
					continue // no error, or in the words of OAuth, or on a page
				}
				codes := quoted.FindAllStringSubmatch(*answer.Value.Description, -1)
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
