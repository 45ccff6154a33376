package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"phonon.in/central/shared/fault"
)

type inner struct {
	Version  string `json:"version"`
	Accepted bool   `json:"accepted"`
}

type sample struct {
	KYCStatus string            `json:"kycStatus"`
	Count     int64             `json:"count"`
	Terms     inner             `json:"terms"`
	Company   *string           `json:"companyName"`
	Fields    map[string]string `json:"fields"`
	List      []inner           `json:"list"`
}

func TestStrictBody(t *testing.T) {
	shape := shapeOf[sample]()
	long := strings.Repeat("x", 1000)
	tests := []struct {
		name, body string
		pointer    string // of the one field that is named; "-" when the body is accepted
		detail     string
	}{
		{name: "the empty object is accepted", body: `{}`, pointer: "-"},
		{name: "every member of its type is accepted", pointer: "-",
			body: `{"kycStatus":"a\u00e4\ud83d\ude00","count":-9223372036854775808,"terms":{"version":"1","accepted":true},"companyName":"x","fields":{"a":"b","A":"c","":""},"list":[{},{"version":"2"}]}`},
		{name: "white space around the object is accepted", body: " \r\n\t{ } \n", pointer: "-"},
		{name: "null is accepted where the type has a place for it", body: `{"companyName":null}`, pointer: "-"},
		{name: "an escaped backslash before u is no escape", body: `{"kycStatus":"\\ud800"}`, pointer: "-"},

		{name: "null for a text is refused", body: `{"kycStatus":null}`, pointer: "/kycStatus", detail: "/kycStatus must be a text."},
		{name: "null for an object is refused", body: `{"terms":null}`, pointer: "/terms", detail: "/terms must be an object."},
		{name: "null inside a map is refused", body: `{"fields":{"pan":null}}`, pointer: "/fields/pan", detail: "/fields/pan must be a text."},
		{name: "a number for a text is refused", body: `{"kycStatus":1}`, pointer: "/kycStatus", detail: "/kycStatus must be a text."},
		{name: "a text for a number is refused", body: `{"count":"1"}`, pointer: "/count", detail: "/count must be a whole number."},
		{name: "a fraction for a whole number is refused", body: `{"count":1.5}`, pointer: "/count", detail: "/count must be a whole number."},
		{name: "a number beyond 64 bits is refused", body: `{"count":9223372036854775808}`, pointer: "/count", detail: "/count must be a whole number."},
		{name: "an object for a truth value is refused", body: `{"terms":{"accepted":{}}}`, pointer: "/terms/accepted", detail: "/terms/accepted must be true or false."},
		{name: "an expression of the database for a text is refused", body: `{"kycStatus":{"S":"x"}}`, pointer: "/kycStatus", detail: "/kycStatus must be a text."},
		{name: "an object for a list is refused", body: `{"list":{}}`, pointer: "/list", detail: "/list must be a list."},
		{name: "a wrong element of a list is named", body: `{"list":[{},{"version":false}]}`, pointer: "/list/1/version", detail: "/list/1/version must be a text."},
		{name: "an array for the body is refused", body: `[]`, detail: "The body must be an object."},
		{name: "null for the body is refused", body: `null`, detail: "The body must be an object."},

		{name: "an unknown name is refused", body: `{"role":"admin"}`, pointer: "/role", detail: "/role is not known here. Names are case-sensitive."},
		{name: "a name in other case is refused", body: `{"KYCSTATUS":"approved"}`, pointer: "/KYCSTATUS", detail: "/KYCSTATUS is not known here. Names are case-sensitive."},
		{name: "a name with the Kelvin sign is refused", body: `{"\u212aycStatus":"approved"}`, pointer: "/\u212aycStatus", detail: "/\u212aycStatus is not known here. Names are case-sensitive."},
		{name: "a name in other case deep inside is refused", body: `{"terms":{"Version":"1"}}`, pointer: "/terms/Version", detail: "/terms/Version is not known here. Names are case-sensitive."},
		{name: "a name with slash and tilde is escaped in the pointer", body: `{"a/b~c":1}`, pointer: "/a~1b~0c", detail: "/a~1b~0c is not known here. Names are case-sensitive."},
		{name: "a long name is not repeated in full", body: `{"` + long + `":1}`, pointer: "/" + long[:64] + "...", detail: "/" + long[:64] + "... is not known here. Names are case-sensitive."},

		{name: "a name twice is refused", body: `{"count":1,"count":1}`, pointer: "/count", detail: "/count is there twice."},
		{name: "a name twice by an escape is refused", body: `{"count":1,"\u0063ount":2}`, pointer: "/count", detail: "/count is there twice."},
		{name: "a name twice deep inside is refused", body: `{"terms":{"version":"1","version":"2"}}`, pointer: "/terms/version", detail: "/terms/version is there twice."},
		{name: "a name twice in a map is refused", body: `{"fields":{"pan":"1","pan":"2"}}`, pointer: "/fields/pan", detail: "/fields/pan is there twice."},

		{name: "a second object is refused", body: `{}{}`, detail: "Something follows the JSON value in the body."},
		{name: "rubbish after the object is refused", body: `{} x`, detail: "Something follows the JSON value in the body."},
		{name: "an empty body is refused", body: ``, detail: "The body is not JSON."},
		{name: "an open object is refused", body: `{"count":1`, detail: "The body is not JSON."},
		{name: "a trailing comma is refused", body: `{"count":1,}`, detail: "The body is not JSON."},
		{name: "a comment is refused", body: `{/**/}`, detail: "The body is not JSON."},
		{name: "single quotes are refused", body: `{'count':1}`, detail: "The body is not JSON."},
		{name: "a byte order mark is refused", body: "\ufeff{}", detail: "The body is not JSON."},
		{name: "a bare control character is refused", body: "{\"kycStatus\":\"a\nb\"}", detail: "The body is not JSON."},
		{name: "depth costs nothing", body: strings.Repeat("[", 60000), detail: "The body must be an object."},
		{name: "depth inside a text's place costs nothing", body: `{"kycStatus":` + strings.Repeat("[", 60000), pointer: "/kycStatus", detail: "/kycStatus must be a text."},

		{name: "bytes that are no UTF-8 are refused", body: "{\"kycStatus\":\"\xff\"}", detail: "The body is not Unicode text in UTF-8."},
		{name: "UTF-16 is refused", body: "{\x00}\x00", detail: "The body is not JSON."},
		{name: "half a surrogate pair is refused", body: `{"kycStatus":"\ud800"}`, detail: "The body is not Unicode text in UTF-8."},
		{name: "the other half is refused", body: `{"kycStatus":"\udc00x"}`, detail: "The body is not Unicode text in UTF-8."},
		{name: "two first halves are refused", body: `{"kycStatus":"\ud800\ud800"}`, detail: "The body is not Unicode text in UTF-8."},
		{name: "half a pair in a name is refused", body: `{"fields":{"\ud800":""}}`, detail: "The body is not Unicode text in UTF-8."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := shape.verify([]byte(test.body))
			if test.pointer == "-" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Malformed || f.Code != "body_malformed" || f.Detail != test.detail {
				t.Fatalf("got %#v", err)
			}
			if test.pointer == "" && len(f.Fields) > 0 || test.pointer != "" && (len(f.Fields) != 1 || f.Fields[0].Pointer != test.pointer) {
				t.Errorf("fields %v, want %q", f.Fields, test.pointer)
			}
		})
	}
}

func TestABodyThatCannotBeHeldToOneShapeStopsTheStart(t *testing.T) {
	type untagged struct{ Email string }
	type hidden struct {
		//lint:ignore SA5008 the very mistake that must stop the start
		Email string `json:"-,omitempty"`
	}
	type quoted struct {
		Count int `json:"count,string"`
	}
	type open struct {
		Any any `json:"any"`
	}
	type raw struct {
		Raw json.RawMessage `json:"raw"`
	}
	type embedded struct{ inner }
	for name, shape := range map[string]func() *shape{
		"no name": shapeOf[untagged], "the name -": shapeOf[hidden], "numbers as text": shapeOf[quoted], "anything": shapeOf[open],
		"raw JSON": shapeOf[raw], "embedded": shapeOf[embedded], "no struct": shapeOf[[]string], "a map of numbers": shapeOf[struct {
			M map[int]string `json:"m"`
		}],
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", name)
				}
			}()
			shape()
		}()
	}
}

// The property: what is accepted says the same to every JSON reader. Each member is there once (as many colons outside of
// texts as members in a reader that keeps one of each name), and encoding what was decoded gives the same values.
func FuzzAcceptedBodiesAreUnambiguous(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"kycStatus":"a","count":1}`, `{"count":1,"count":2}`, `{"KYCSTATUS":"x"}`, `{"\u212aycStatus":"x"}`, `{"terms":{"version":"1","accepted":true}}`,
		`{"fields":{"a":"b","A":"c"}}`, `{"list":[{"version":"a"},{}]}`, `{"companyName":null}`, `{"kycStatus":"\ud800"}`, `{"kycStatus":"\ud83d\ude00:\"\\"}`,
		`{} {}`, `{"count":-0}`, `{"count":1e2}`, `{"fields":{"\u0061":"1","a":"2"}}`, `{"list":[]}`, `[{}]`, `{"count":01}`,
	} {
		f.Add([]byte(body))
	}
	shape := shapeOf[sample]()
	f.Fuzz(func(t *testing.T, body []byte) {
		if shape.verify(body) != nil {
			return
		}
		var in sample
		if err := json.Unmarshal(body, &in); err != nil {
			t.Fatalf("verified, but cannot be decoded: %v", err)
		}
		sent, kept := generic(t, body), generic(t, encode(t, in))
		if colons(body) != members(sent) {
			t.Errorf("%d members written, %d kept", colons(body), members(sent))
		}
		if !within(sent, kept) {
			t.Errorf("sent %v, decoded %v", sent, kept)
		}
	})
}

func encode(t *testing.T, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func generic(t *testing.T, text []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// colons counts those outside of texts.
func colons(text []byte) (n int) {
	inside := false
	for i := 0; i < len(text); i++ {
		switch {
		case inside && text[i] == '\\':
			i++
		case text[i] == '"':
			inside = !inside
		case text[i] == ':' && !inside:
			n++
		}
	}
	return n
}

func members(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			n += 1 + members(member)
		}
	case []any:
		for _, element := range v {
			n += members(element)
		}
	}
	return n
}

// within reports that every value of a is in b under the same name.
func within(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		for name, member := range a {
			found, there := other[name]
			ok = ok && there && within(member, found)
		}
		return ok
	case []any:
		other, ok := b.([]any)
		ok = ok && len(a) == len(other)
		for i := 0; ok && i < len(a); i++ {
			ok = within(a[i], other[i])
		}
		return ok
	case json.Number:
		other, ok := b.(json.Number)
		return ok && (a == other || a == "-0" && other == "0")
	}
	return reflect.DeepEqual(a, b)
}
