package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"phonon.in/central/shared/fault"
)

// shape is what a JSON value must look like to be decoded into a Go type. encoding/json alone would take member names in any
// case, even with Unicode folding, take the last of two equal names, ignore unknown ones, and take null for anything:
// a program in front of us that reads the same bytes would then see something else.
type shape struct {
	kind    reflect.Kind // Struct, Map, Slice, String, Bool, Int64, Float64 or Interface
	members map[string]*shape
	element *shape // of a map or a slice
	null    bool   // a pointer: null is allowed
}

// maxDepth bounds nesting; no body of ours goes deeper than three.
const maxDepth = 8

func shapeOf[T any]() *shape {
	t := reflect.TypeFor[T]()
	if t == reflect.TypeFor[None]() {
		return nil
	}
	if t.Kind() != reflect.Struct {
		panic("httpapi: a body must be a struct, not " + t.String())
	}
	return typeShape(t)
}

func typeShape(t reflect.Type) *shape {
	switch t.Kind() {
	case reflect.Pointer:
		s := *typeShape(t.Elem())
		s.null = true
		return &s
	case reflect.Struct:
		s := &shape{kind: reflect.Struct, members: map[string]*shape{}}
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || !f.IsExported() {
				panic("httpapi: " + t.String() + "." + f.Name + " has no json name")
			}
			s.members[name] = typeShape(f.Type)
		}
		return s
	case reflect.Map:
		return &shape{kind: reflect.Map, element: typeShape(t.Elem())}
	case reflect.Slice:
		return &shape{kind: reflect.Slice, element: typeShape(t.Elem())}
	case reflect.String, reflect.Bool, reflect.Float64:
		return &shape{kind: t.Kind()}
	case reflect.Int, reflect.Int64:
		return &shape{kind: reflect.Int64}
	}
	panic("httpapi: a body cannot hold " + t.String())
}

func malformed(pointer, detail string) *fault.Error {
	f := fault.New(fault.Malformed, "body_malformed", detail)
	if pointer == "" {
		return f
	}
	return f.On(pointer)
}

// verify holds the body to the shape: exactly one JSON value, every name known, in its exact case and once, every value of
// its type. The fault body_malformed names the first value that is not.
func (s *shape) verify(body []byte) error {
	if !utf8.Valid(body) {
		return malformed("", "The body is not UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := s.value(d, "", 0); err != nil {
		var f *fault.Error
		if errors.As(err, &f) {
			return err
		}
		return malformed("", "The body is not JSON.").Because(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return malformed("", "Something follows the JSON value in the body.")
	}
	return nil
}

func (s *shape) value(d *json.Decoder, at string, depth int) error {
	if depth > maxDepth {
		return malformed(at, "The body is nested too deeply.")
	}
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case nil:
		if s.null {
			return nil
		}
	case string:
		if s.kind == reflect.String {
			return nil
		}
	case bool:
		if s.kind == reflect.Bool {
			return nil
		}
	case json.Number:
		if s.kind == reflect.Float64 {
			return nil
		}
		if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil && s.kind == reflect.Int64 {
			return nil
		}
	case json.Delim:
		switch {
		case v == '{' && (s.kind == reflect.Struct || s.kind == reflect.Map):
			return s.object(d, at, depth)
		case v == '[' && s.kind == reflect.Slice:
			return s.array(d, at, depth)
		}
	}
	return malformed(at, fmt.Sprintf("%s must be %s.", named(at), s.words()))
}

func (s *shape) object(d *json.Decoder, at string, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, ok := t.(string)
		if !ok {
			return malformed(at, "The body is not JSON.")
		}
		pointer := at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		if seen[name] {
			return malformed(pointer, fmt.Sprintf("%s is there twice.", named(pointer)))
		}
		seen[name] = true
		member := s.element
		if s.kind == reflect.Struct {
			if member = s.members[name]; member == nil {
				return malformed(pointer, fmt.Sprintf("%s is not known here. Names are case-sensitive.", named(pointer)))
			}
		}
		if err := member.value(d, pointer, depth+1); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func (s *shape) array(d *json.Decoder, at string, depth int) error {
	for i := 0; d.More(); i++ {
		if err := s.element.value(d, fmt.Sprintf("%s/%d", at, i), depth+1); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

const maxNamed = 64

func named(pointer string) string {
	if pointer == "" {
		return "The body"
	}
	if len(pointer) > maxNamed {
		pointer = strings.ToValidUTF8(pointer[:maxNamed], "") + "..."
	}
	return pointer
}

func (s *shape) words() string {
	switch s.kind {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}
