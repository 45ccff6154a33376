// Command instances makes values of everything that api/openapi.yaml has a schema for, in the form in which each generated client
// can be tried: with all members, and with those alone that must be there.
//
// Usage: go run ./e2e/clients/instances FOLDER
package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/getkin/kin-openapi/openapi3"
)

// instance is one value, as JSON: of a component by its name, or what an operation takes, or what it answers with a status. A form is a value
// in Python alone.
type instance struct {
	Component, Operation, Status, Value string

	Form bool
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string) error {
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join("api", "openapi.yaml"))
	if err != nil {
		return err
	}
	all, err := instances(doc)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "python", "instances.json"), text, 0o600); err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(i instance) bool { return i.Form })
	for name, source := range map[string]string{"go/instances_test.go": goSource, "typescript/instances.ts": typescriptSource} {
		if err := write(filepath.Join(folder, name), source, all); err != nil {
			return err
		}
	}
	fmt.Printf("%d values\n", len(all))
	return nil
}

//go:embed instances_test.go.tmpl
var goSource string

//go:embed instances.ts.tmpl
var typescriptSource string

func write(file, source string, all []instance) error {
	functions := template.FuncMap{"title": func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }}
	t, err := template.New(file).Funcs(functions).Parse(source)
	if err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	return t.Execute(out, all)
}

func instances(doc *openapi3.T) (all []instance, err error) {
	add := func(i instance, s *openapi3.SchemaRef) {
		for _, value := range append(values(s.Value, true), values(s.Value, false)...) {
			if value == nil { // a nullable component: null is tried where it is a member
				continue
			}
			text, failed := json.Marshal(value)
			if failed != nil {
				err = failed
			}
			i.Value = string(text)
			if !slices.Contains(all, i) {
				all = append(all, i)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		add(instance{Component: name}, doc.Components.Schemas[name])
	}
	for _, path := range doc.Paths.InMatchingOrder() {
		for _, op := range doc.Paths.Value(path).Operations() {
			if op.RequestBody != nil {
				for kind, media := range op.RequestBody.Value.Content {
					add(instance{Operation: op.OperationID, Form: kind != "application/json"}, media.Schema)
				}
			}
			for status, answer := range op.Responses.Map() {
				if media := answer.Value.Content["application/json"]; media != nil {
					add(instance{Operation: op.OperationID, Status: status}, media.Schema)
				}
			}
		}
	}
	return all, err
}

// values has one for each kind that a value may be of, and each word of an enumeration.
func values(s *openapi3.Schema, whole bool) (all []any) {
	if len(s.OneOf)+len(s.Enum) == 0 {
		return []any{value(s, whole)}
	}
	for _, kind := range s.OneOf {
		all = append(all, values(kind.Value, whole)...)
	}
	return append(all, s.Enum...)
}

// texts are of the form that clients parse.
var texts = map[string]any{"date-time": "2026-11-23T10:00:00Z", "date": "2026-11-23", "email": "asha@example.com", "uri": "https://uploads.example.com/"}

func value(s *openapi3.Schema, whole bool) any {
	switch {
	case s.Nullable && !whole:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.OneOf) > 0:
		return values(s, whole)[0]
	case len(s.AllOf) == 1: // a component that may be null here
		return value(s.AllOf[0].Value, whole)
	case s.Type.Is("object"):
		return object(s, whole)
	case s.Type.Is("array"):
		if !whole && s.MinItems == 0 {
			return []any{}
		}
		return values(s.Items.Value, whole)
	case s.Type.Is("boolean"):
		return true
	case s.Type.Is("integer"):
		if s.Min != nil {
			return *s.Min
		}
		return 1
	case s.Example != nil:
		return s.Example
	case texts[s.Format] != nil:
		return texts[s.Format]
	}
	return "text"
}

func object(s *openapi3.Schema, whole bool) any {
	out := map[string]any{}
	for name, member := range s.Properties {
		if whole || slices.Contains(s.Required, name) {
			out[name] = value(member.Value, whole)
		}
	}
	if extra := s.AdditionalProperties.Schema; extra != nil && whole {
		out["other"] = value(extra.Value, whole)
	}
	return out
}
