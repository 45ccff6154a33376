package kyc

import (
	"regexp"
	"strings"
)

// GSTIN is the goods and services tax number of a normal tax payer. ParseGSTIN makes it.
type GSTIN struct{ s string }

const base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

var (
	gstinShape = regexp.MustCompile(`^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]$`)
	gstinOther = regexp.MustCompile(`^[0-9]{2}[0-9A-Z]{11}[A-Y][0-9A-Z]$`) // deductors, collectors, embassies, non-residents
)

// ParseGSTIN reads the GSTIN of a normal tax payer: gstin_length, gstin_format, gstin_kind, gstin_state, gstin_pan, gstin_checksum.
// Numbers of tax deductors, embassies and non-residents have another shape and are refused.
func ParseGSTIN(s string) (GSTIN, error) {
	s = normalise(s)
	switch {
	case len(s) != 15:
		return GSTIN{}, invalid("gstin_length", "A GSTIN has 15 characters, as in 27AAPFU0939F1ZV.")
	case gstinOther.MatchString(s):
		return GSTIN{}, invalid("gstin_kind", "This is not the GSTIN of a normal tax payer: its 14th character is not Z. Enter the one on your GST certificate.")
	case !gstinShape.MatchString(s):
		return GSTIN{}, invalid("gstin_format", "A GSTIN has two digits for the state, the ten characters of the PAN, one character, Z, and a check character.")
	case !gstStates[s[:2]]:
		return GSTIN{}, invalid("gstin_state", "The digits "+s[:2]+" at the start of the GSTIN stand for no state. Check them.")
	}
	if s[14] != gstinCheck(s[:14]) {
		return GSTIN{}, invalid("gstin_checksum", "A character of the GSTIN is wrong. Compare it with your GST certificate.")
	}
	if _, err := ParsePAN(s[2:12]); err != nil {
		return GSTIN{}, invalid("gstin_pan", "Characters 3 to 12 of the GSTIN are not a PAN. Compare it with your GST certificate.")
	}
	return GSTIN{s}, nil
}

// gstinCheck computes the 15th character. Weights 1 and 2 alternate; each product adds its two digits of base 36.
func gstinCheck(first14 string) byte {
	sum := 0
	for i := range 14 {
		product := strings.IndexByte(base36, first14[i]) * (1 + i%2)
		sum += product/36 + product%36
	}
	return base36[(36-sum%36)%36]
}

// gstStates are the codes that new numbers get. 25 and 28 are retired, 97 is other territory, 99 the centre.
var gstStates = func() map[string]bool {
	codes := map[string]bool{"97": true, "99": true}
	for i := 1; i <= 38; i++ {
		codes[string([]byte{byte('0' + i/10), byte('0' + i%10)})] = i != 25 && i != 28
	}
	return codes
}()

// String is the GSTIN itself, in capitals.
func (g GSTIN) String() string { return g.s }

// State is the two digits of the state of registration.
func (g GSTIN) State() string { return g.s[:2] }

// PAN is the PAN of the tax payer. One PAN may have a GSTIN in each state.
func (g GSTIN) PAN() PAN { return PAN{g.s[2:12]} }
