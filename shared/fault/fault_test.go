package fault

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestFaultMatchesByItsCodeHoweverItIsDressed(t *testing.T) {
	taken := New(Conflict, "taken", "This is taken.")
	dressed := fmt.Errorf("store: create: %w", taken.Because(io.EOF).On("/email").With("id", 7).After(time.Second))
	if !errors.Is(dressed, taken) {
		t.Error("a fault with more on it is another fault")
	}
	if !errors.Is(dressed, io.EOF) {
		t.Error("the cause is lost")
	}
	if errors.Is(dressed, New(Conflict, "other", "This is taken.")) || errors.Is(taken, io.EOF) {
		t.Error("matches what it is not")
	}
}

func TestChangingAFaultLeavesTheOriginalAlone(t *testing.T) {
	original := New(Gone, "expired", "Too late.").With("a", 1)
	before := *original
	_ = original.Because(io.EOF)
	_ = original.On("/token")
	_ = original.With("b", 2)
	_ = original.With("a", 3)
	_ = original.After(time.Minute)
	if !reflect.DeepEqual(*original, before) || len(original.Extra) != 1 || original.Extra["a"] != 1 {
		t.Errorf("now %+v, before %+v", *original, before)
	}
	if got := original.With("b", 2).With("a", 3).Extra; !reflect.DeepEqual(got, map[string]any{"a": 3, "b": 2}) {
		t.Errorf("extension members %v", got)
	}
}

func TestErrorTextIsForTheLog(t *testing.T) {
	f := At("/email", "email_invalid", "Check the address.")
	if f.Error() != "email_invalid" || f.Because(io.EOF).Error() != "email_invalid: EOF" {
		t.Errorf("%q, %q", f, f.Because(io.EOF))
	}
}

func TestInvalidFields(t *testing.T) {
	a, b := Field{"/a", "a_wrong", "A."}, Field{"/b", "b_wrong", "B."}
	if err := InvalidFields(nil); err != nil {
		t.Errorf("no fields, but the error %#v", err)
	}
	var one, two *Error
	if !errors.As(InvalidFields([]Field{a}), &one) || one.Code != "a_wrong" || one.Detail != "A." || one.Kind != Invalid || len(one.Fields) != 1 {
		t.Errorf("one field: %+v", one)
	}
	if !errors.As(InvalidFields([]Field{a, b}), &two) || two.Code != "fields_invalid" || two.Kind != Invalid || !reflect.DeepEqual(two.Fields, []Field{a, b}) {
		t.Errorf("two fields: %+v", two)
	}
}

func TestFieldsOfTakesFieldsAndLeavesTheRest(t *testing.T) {
	field := Field{"/a", "a_wrong", "A."}
	for name, c := range map[string]struct {
		err    error
		fields []Field
		rest   bool
	}{
		"no error":                           {nil, nil, false},
		"a fault about a field":              {At("/a", "a_wrong", "A."), []Field{field}, false},
		"a wrapped fault about a field":      {fmt.Errorf("parse: %w", At("/a", "a_wrong", "A.")), []Field{field}, false},
		"an invalid thing that is no field":  {New(Invalid, "a_wrong", "A."), nil, true},
		"a malformed field ends the request": {New(Malformed, "a_wrong", "A.").On("/a"), nil, true},
		"a dependency that is down":          {Down(io.EOF), nil, true},
		"an internal error":                  {io.EOF, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			fields, rest := FieldsOf(c.err)
			if !reflect.DeepEqual(fields, c.fields) || (rest != nil) != c.rest || c.rest && rest != c.err {
				t.Errorf("got %v, %v", fields, rest)
			}
		})
	}
}

func TestDownKeepsItsCauseFromTheClient(t *testing.T) {
	f := Down(errors.New("dial tcp 10.0.0.7: refused"))
	if f.Kind != Unavailable || f.RetryAfter <= 0 || strings.Contains(f.Detail, "10.0.0.7") || !strings.Contains(f.Error(), "10.0.0.7") {
		t.Errorf("%+v", f)
	}
}

func FuzzFieldsSurviveCollecting(f *testing.F) {
	f.Add("/a", "a_wrong", "A.", uint8(2))
	f.Add("", "", "", uint8(0))
	f.Fuzz(func(t *testing.T, pointer, code, detail string, n uint8) {
		var fields []Field
		for i := range int(n % 5) {
			fields = append(fields, Field{fmt.Sprint(pointer, i), code, detail})
		}
		got, rest := FieldsOf(InvalidFields(fields))
		if rest != nil || !reflect.DeepEqual(got, fields) {
			t.Errorf("got %v, %v; want %v", got, rest, fields)
		}
	})
}
