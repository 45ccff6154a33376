package document

import "testing"

func TestATextIsReadWithItsEscapes(t *testing.T) {
	for raw, want := range map[string]string{
		`(plain)`: "plain", `(\n\r\t\b\f)`: "\n\r\t\b\f", `(\(\)\\)`: `()\`, `(\0)`: "\x00", `(\7)`: "\x07", `(\8)`: "8", `(\067)`: "7", `(\0678)`: "78", `(\1011)`: "A1", `(\101\102)`: "AB",
		"(a\\\r\nb)": "ab", "(a\\\rb)": "ab", "(a\\\nb)": "ab", "(a\\\n\nb)": "a\nb", "(a\\\r\rb)": "a\rb", `(\377)`: "\xff", `(\77)`: "?",
		"<414>": "A@", "<41 42>": "AB", "<>": "",
	} {
		if got := string(plainText([]byte(raw))); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// The rows of PNG's specification, third edition, 9.2.
func TestWhatAByteOfARowIsExpectedToBe(t *testing.T) {
	line, above := []byte{10, 20, 0}, []byte{7, 30, 40}
	for name, c := range map[string]struct {
		kind        byte
		line, above []byte
		i           int
		want        byte
	}{
		"nothing": {0, line, above, 2, 0}, "left": {1, line, above, 2, 20}, "left of the first": {1, line, above, 0, 0}, "up": {2, line, above, 2, 40}, "between": {3, line, above, 2, 30},
		"Paeth, left is nearest":            {4, []byte{20, 0}, []byte{10, 10}, 1, 20},
		"Paeth, up is nearest":              {4, []byte{10, 0}, []byte{10, 30}, 1, 30},
		"Paeth, the corner is nearest":      {4, []byte{10, 0}, []byte{20, 30}, 1, 20},
		"Paeth, left as near as up":         {4, []byte{20, 0}, []byte{10, 20}, 1, 20},
		"Paeth, left as near as the corner": {4, []byte{18, 0}, []byte{12, 9}, 1, 18},
		"Paeth, up as near as the corner":   {4, []byte{3, 0}, []byte{1, 0}, 1, 3},
		"Paeth, all of them the same":       {4, []byte{5, 0}, []byte{5, 5}, 1, 5},
	} {
		if got := predicted(c.kind, c.line, c.above, c.i, 1); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestANumberAndItsGenerationBeforeAWord(t *testing.T) {
	for before, want := range map[string]string{"7 0 ": "7", "x 12 0 ": "12", "\n1 0": "1"} {
		begin, end, is := numberBefore([]byte(before))
		if !is || before[begin:end] != want {
			t.Errorf("%q: %d to %d, %t", before, begin, end, is)
		}
	}
	for _, before := range []string{"", "7", " 0 ", "x 0 ", "7 x "} {
		if begin, end, is := numberBefore([]byte(before)); is {
			t.Errorf("%q: %d to %d", before, begin, end)
		}
	}
}
