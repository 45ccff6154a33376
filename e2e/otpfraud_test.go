package e2e

import (
	"fmt"
	"testing"
)

// Somebody who is paid for each code that arrives asks for many, of numbers that were bought in one block, and types none.
func TestNumbersInARowGetFewCodesUntilTheyAreTyped(t *testing.T) {
	t.Parallel()
	block := func() func(i int) string {
		first := mobile()
		return func(i int) string { return fmt.Sprintf("%s%04d", first[:len(first)-4], i) }
	}
	number, sent := block(), 0
	place := member(t).http
	for person := range 5 {
		p := member(t)
		p.http = place
		for i := range 8 {
			r := p.call("POST", "/v1/otp", m{"phone": number(8*person + i), "kind": "mobile"})
			switch {
			case r.status == 202:
				sent++
			case r.status != 429 || r.text("limit") != "code-prefix-ip":
				t.Fatalf("person %d, number %d, %d sent: %d %s", person, i, sent, r.status, r.raw)
			}
		}
	}
	if sent != 6 {
		t.Errorf("of codes to 40 numbers in a row %d went out", sent)
	}
	member(t).provePhone(mobile(), "mobile") // other numbers get theirs

	number = block()
	for i := range 8 { // an office with a block of its own
		member(t).provePhone(number(i), "mobile")
	}
}
