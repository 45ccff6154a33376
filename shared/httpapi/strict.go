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
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"phonon.in/central/shared/fault"
)

// shape is what a JSON value must look like to be decoded into a Go type. encoding/json alone would take member names in any
// case, even with Unicode folding, take the last of two equal names, ignore unknown ones, and take null for anything:
// a program in front of us that reads the same bytes would then see something else (OWASP ASVS 1.5.3).
type shape struct {
	kind    reflect.Kind // Struct, Map, Slice, String, Bool or Int64
	members map[string]*shape
	element *shape // of a map or a slice
	null    bool   // a pointer: null is allowed
}

// shapeOf panics, while the function starts, when a body of type T cannot be held to one shape.
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
		for f := range t.Fields() {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || name == "-" || options == "string" || !f.IsExported() {
				panic("httpapi: " + t.String() + "." + f.Name + " has no plain json name")
			}
			s.members[name] = typeShape(f.Type)
		}
		return s
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return &shape{kind: reflect.Map, element: typeShape(t.Elem())}
		}
	case reflect.Slice:
		return &shape{kind: reflect.Slice, element: typeShape(t.Elem())}
	case reflect.String, reflect.Bool:
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
// its type. Nothing is read deeper than the shape goes. The fault body_malformed names the first value that is wrong.
func (s *shape) verify(body []byte) error {
	if !utf8.Valid(body) || hasHalfCharacter(body) {
		return malformed("", "The body is not Unicode text in UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := s.value(d, ""); err != nil {
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

func (s *shape) value(d *json.Decoder, at string) error {
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
		if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil && s.kind == reflect.Int64 {
			return nil
		}
	case json.Delim:
		switch {
		case v == '{' && (s.kind == reflect.Struct || s.kind == reflect.Map):
			return s.object(d, at)
		case v == '[' && s.kind == reflect.Slice:
			return s.array(d, at)
		}
	}
	return malformed(at, named(at)+" must be "+s.words()+".")
}

func (s *shape) object(d *json.Decoder, at string) error {
	seen := make(map[string]bool, len(s.members))
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, ok := t.(string)
		if !ok {
			return malformed(at, "The body is not JSON.")
		}
		pointer := child(at, name)
		if seen[name] {
			return malformed(pointer, pointer+" is there twice.")
		}
		seen[name] = true
		member := s.element
		if s.kind == reflect.Struct {
			if member = s.members[name]; member == nil {
				return malformed(pointer, pointer+" is not known here. Names are case-sensitive.")
			}
		}
		if err := member.value(d, pointer); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func (s *shape) array(d *json.Decoder, at string) error {
	for i := 0; d.More(); i++ {
		if err := s.element.value(d, fmt.Sprintf("%s/%d", at, i)); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// maxName bounds what an answer repeats of a name that somebody made up.
const maxName = 64

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// child is the JSON Pointer (RFC 6901) of a member.
func child(at, name string) string {
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "") + "..."
	}
	return at + "/" + pointerEscapes.Replace(name)
}

func named(pointer string) string {
	if pointer == "" {
		return "The body"
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
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// hasHalfCharacter finds a \u escape that is one half of a surrogate pair (RFC 7493, section 2.1). encoding/json would put
// U+FFFD in its place, and two different passwords would be the same.
func hasHalfCharacter(body []byte) bool {
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 || i+1 == len(body) {
			return false
		}
		first, ok := codeUnit(body[i:])
		switch {
		case !ok:
			body = body[i+2:]
		case !utf16.IsSurrogate(first):
			body = body[i+6:]
		default:
			second, ok := codeUnit(body[i+6:])
			if !ok || utf16.DecodeRune(first, second) == unicode.ReplacementChar {
				return true
			}
			body = body[i+12:]
		}
	}
}

// codeUnit reads the escape \uXXXX that s begins with.
func codeUnit(s []byte) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	return rune(n), err == nil
}
