package aadhaar

import (
	"fmt"
	"strings"
	"testing"
)

// vid is made up; its last digit is the check digit.
const vid = "9123456789012346"

// The numbers that pass are public test numbers.
func TestIn(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"234123412346", true},
		{"999941057058", true},
		{"999971658847", true},
		{"499118665246", true},
		{"2341 2341 2346", true},
		{"2341-2341-2346", true},
		{"2341_2341_2346.pdf", true},
		{"aadhaar 2341.2341.2346 scan", true},
		{"my number is 2341 23412346, please", true},
		{"page 1 2341 2341 2346", true},
		{"２３４１２３４１２３４６", true},
		{"२३४१ २३४१ २३४६", true},
		{"૨૩૪૧૨૩૪૧૨૩૪૬", true},
		{"23412341\u200b2346", true},
		{"234\u200b1 23\u20604123\u202c46", true},
		{"2341 -- 2341 // (2346)", true},
		{"2341\n2341\n2346", true},
		{"௨௩௪௧ ௨௩௪௧ ௨௩௪௬", true},
		{"۲۳۴۱۲۳۴۱۲۳۴۶", true},
		{"VID 9123 4567 8901 2344", false}, // check digit
		{vid, true},
		{"my VID: " + vid[:4] + " " + vid[4:8] + "-" + vid[8:12] + "." + vid[12:], true},

		{"234123412347", false},              // check digit
		{"123412341234", false},              // begins with 1
		{"222222222222", false},              // reads the same backwards
		{"643343121", false},                 // nine digits
		{"2341234123460", false},             // a longer number
		{vid + "0", false},                   // a longer number
		{"0" + vid, false},                   // a longer number
		{"1234123412346", false},             // a longer number
		{"2341 2341", false},                 // eight digits
		{"2341 and 2341 and 2346", false},    // three numbers
		{"XXXX XXXX 2346", false},            // masked
		{"Scan 2026-11-23 10-49.pdf", false}, // a time, even one that passes the check
		{"AAAPL1234C and 27AAPFU0939F1ZV", false},
		{"U72900KA2008PTC046374", false},
		{"", false},
	} {
		if got := In(c.text); got != c.want {
			t.Errorf("%q: %v", c.text, got)
		}
	}
}

func TestNoTimestampIsTakenForAnAadhaar(t *testing.T) {
	for minute := range 60 {
		if name := fmt.Sprintf("20261123%02d%02d.jpg", 10, minute); In(name) {
			t.Errorf("%s", name)
		}
	}
}

func TestInName(t *testing.T) {
	for _, c := range []struct {
		name string
		want bool
	}{
		{"2341 2341 2346", true},
		{"234123412346", true},
		{"Asha 2341-2341-2346 Rao", true},
		{"2341 and 2341 and 2346", true},
		{"2341x2341x2346", true},
		{"2-3-4-1-2-3-4-1-2-3-4-6", true},
		{"No 7, 2341 2341 2346", true},
		{"2341234123460", true}, // nobody is called that either
		{"२३४१ २३४१ २३४६", true},
		{"２３４１　２３４１　２３４６", true},
		{"2341\u200b2341\u206623\u206946", true},
		{"Traders " + vid, true},
		{vid[:4] + " " + vid[4:8] + " " + vid[8:12] + " " + vid[12:], true},

		{"24/7 Support", false},
		{"Verma & Daughters 1947 (2026) Pvt. Ltd.", false},
		{"2341 2341 2347", false},
		{"2341 2341 234", false},
		{"", false},
	} {
		if got := InName(c.name); got != c.want {
			t.Errorf("%+q: %v", c.name, got)
		}
	}
}

// The number is found wherever it stands, as long as no digit touches it; and any wrong digit makes it another number.
func FuzzIn(f *testing.F) {
	f.Add("file ", " of a person.pdf", uint8(3), uint8(4))
	f.Add("12 ", "/7", uint8(0), uint8(1))
	f.Add("2", "", uint8(11), uint8(9))
	f.Fuzz(func(t *testing.T, before, after string, place, plus uint8) {
		const number = "499118665246"
		if !In(before + "#" + number + "#" + after) {
			t.Errorf("not found between %q and %q", before, after)
		}
		i, digit := int(place)%12, byte(plus)%9+1
		wrong := number[:i] + string('0'+(number[i]-'0'+digit)%10) + number[i+1:]
		if In(wrong) || InName(wrong) {
			t.Errorf("%s passes", wrong)
		}
		if spaced := strings.Join(strings.Split(number, ""), " "); !In(spaced) {
			t.Error("not found with a space after each digit")
		}
	})
}
