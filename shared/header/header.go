// Package header reads the fields of a request whose grammar net/http leaves to handlers: codings with weights, lists of entity tags.
package header

import (
	"strconv"
	"strings"

	"phonon.in/central/shared/pattern"
)

// Trim takes off the white space that may stand around a value (OWS of RFC 9110 5.6.3; WSP of RFC 6265 5.2): spaces and tabs. What
// Unicode calls white space besides is part of the value.
func Trim(s string) string { return strings.Trim(s, " \t") }

// weight is the only parameter of a coding: 0 to 1, three decimals at most (RFC 9110 12.4.2).
var weight = pattern.New(`^[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$`)

// Gzip reports whether Accept-Encoding, in all its lines, takes gzip and likes it no less than no coding at all (RFC 9110 12.5.3).
// What cannot be read counts for nothing. Where neither is wanted the answer is no: the sender then does without a coding.
func Gzip(lines []string) bool {
	weights := map[string]float64{}
	for one := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		coding, parameter, weighed := strings.Cut(one, ";")
		value := 1.0
		if weighed {
			found := weight.FindStringSubmatch(Trim(parameter))
			if found == nil {
				continue
			}
			value, _ = strconv.ParseFloat(found[1], 64)
		}
		coding = strings.ToLower(Trim(coding))
		if coding == "x-gzip" { // RFC 9110 8.4.1.3
			coding = "gzip"
		}
		weights[coding] = max(value, weights[coding])
	}
	of := func(coding string, unsaid float64) float64 {
		for _, name := range []string{coding, "*"} {
			if value, said := weights[name]; said {
				return value
			}
		}
		return unsaid
	}
	gzip := of("gzip", 0)
	return gzip > 0 && gzip >= of("identity", 0)
}

// Lists reports whether If-None-Match, in all its lines, has the tag or "*". The comparison is weak (RFC 9110 8.8.3.2): W/ does not count.
func Lists(lines []string, tag string) bool {
	return lists(lines, func(one string) bool { return strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") })
}

// ListsStrongly is Lists for If-Match: a weak tag is equal to none.
func ListsStrongly(lines []string, tag string) bool {
	return lists(lines, func(one string) bool { return one == tag && !strings.HasPrefix(tag, "W/") })
}

func lists(lines []string, same func(tag string) bool) bool {
	for one := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		if one = Trim(one); one == "*" || same(one) {
			return true
		}
	}
	return false
}
