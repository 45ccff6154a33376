package proxy

import (
	"bytes"
	"testing"
)

func TestOnlyTheMemberThatWasAskedForIsTakenOut(t *testing.T) {
	for object, want := range map[string]string{
		`{"a":1,"ConsumedCapacity":{"x":[1]},"b" : "<"}`:         `{"a":1,"b" : "<"}`,
		`{"ConsumedCapacity":[],"b":1}`:                          `{"b":1}`,
		`{"b":1,"ConsumedCapacity":{}}`:                          `{"b":1}`,
		`{"ConsumedCapacity":{}}`:                                `{}`,
		`{"Item":{"ConsumedCapacity":{"S":"ConsumedCapacity"}}}`: `{"Item":{"ConsumedCapacity":{"S":"ConsumedCapacity"}}}`,
		`{"a":"ConsumedCapacity"}`:                               `{"a":"ConsumedCapacity"}`,
		`no JSON`:                                                `no JSON`,
		``:                                                       ``,
	} {
		if rest, _ := withoutMember([]byte(object), "ConsumedCapacity"); !bytes.Equal(rest, []byte(want)) {
			t.Errorf("%s became %s", object, rest)
		}
	}
}

func TestASizeIsThatOfNamesAndValues(t *testing.T) {
	item := map[string]map[string]any{
		"s": {"S": "été"}, "n": {"N": "12345"}, "b": {"B": "AAAA"}, "t": {"BOOL": true}, "ss": {"SS": []any{"a", "bc"}},
		"l": {"L": []any{map[string]any{"S": "abc"}}}, "m": {"M": map[string]any{"k": map[string]any{"N": "7"}}},
	}
	// By hand: 1+5, 1+4, 1+3, 1+1, 2+3+3, 1+3+1+3, 1+3+1+1+2.
	n := 0
	for name, v := range item {
		n += len(name) + sizeOf(v)
	}
	if n != 6+5+4+2+8+8+8 {
		t.Errorf("%d bytes", n)
	}
}
