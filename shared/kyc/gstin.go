package kyc

import (
	"slices"
	"strings"

	"phonon.in/central/shared/pattern"
)

// GSTIN is a number of goods and services tax, of any kind. ParseGSTIN makes it.
type GSTIN struct {
	s    string
	kind GSTINKind
}

// GSTINKind says who holds a GSTIN.
type GSTINKind string

// The kinds of GSTIN. Those of a normal tax payer, deductor, collector and service distributor are built on a PAN; government offices may have
// one that is built on their TAN.
const (
	Regular     GSTINKind = "regular"
	TDS         GSTINKind = "tds" // a tax deductor
	TCS         GSTINKind = "tcs" // a tax collector
	ISD         GSTINKind = "isd" // an input service distributor
	UIN         GSTINKind = "uin" // an embassy, or a body of the United Nations
	NonResident GSTINKind = "non_resident"
	OIDAR       GSTINKind = "oidar" // an online service from abroad
)

var gstinKinds = map[GSTINKind]string{
	Regular: "a normal tax payer", TDS: "a tax deductor", TCS: "a tax collector", ISD: "an input service distributor", UIN: "an embassy or a UN body",
	NonResident: "a non-resident", OIDAR: "an online service from abroad",
}

// taxpayer is what the numbers built on a PAN or a TAN begin with: state, that number, the how manieth registration.
const taxpayer = `^[0-9]{2}(?:[A-Z]{5}[0-9]{4}|[A-Z]{4}[0-9]{5})[A-Z][1-9A-Z]`

// gstinShapes are those of the GST portal's developer pages (developer.gst.gov.in/apiportal/taxpayer/returns); the first that fits counts.
var gstinShapes = []struct {
	kind  GSTINKind
	shape *pattern.Pattern
}{
	{UIN, pattern.New(`^[0-9]{4}[A-Z]{3}[0-9]{5}[UO]N[0-9A-Z]$`)},
	{NonResident, pattern.New(`^[0-9]{4}[A-Z]{3}[0-9]{5}NR[0-9A-Z]$`)},
	{OIDAR, pattern.New(`^99[0-9]{2}[A-Z]{3}[0-9]{5}OS[0-9A-Z]$`)},
	{TDS, pattern.New(taxpayer + `D[0-9A-Z]$`)},
	{TCS, pattern.New(taxpayer + `C[0-9A-Z]$`)},
	{ISD, pattern.New(taxpayer + `S[0-9A-Z]$`)},
	{Regular, pattern.New(taxpayer + `[0-9A-Z]{2}$`)},
}

const base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// ParseGSTIN reads a GSTIN of one of the kinds, or of a normal tax payer when there are none: gstin_length, gstin_format, gstin_kind,
// gstin_state, gstin_checksum, gstin_pan.
func ParseGSTIN(s string, kinds ...GSTINKind) (GSTIN, error) {
	g := GSTIN{s: normalise(s)}
	if len(g.s) != 15 {
		return GSTIN{}, invalid("gstin_length", "A GSTIN has 15 characters, as in 27AAPFU0939F1ZV.")
	}
	if len(kinds) == 0 {
		kinds = []GSTINKind{Regular}
	}
	for _, one := range gstinShapes {
		if one.shape.MatchString(g.s) {
			g.kind = one.kind
			break
		}
	}
	switch {
	case g.kind == "":
		return GSTIN{}, invalid("gstin_format", "A GSTIN has two digits for the state, the ten characters of the PAN, one character, Z, and a check character.")
	case !slices.Contains(kinds, g.kind):
		return GSTIN{}, invalid("gstin_kind", "This is the GSTIN of "+gstinKinds[g.kind]+". Enter that of "+kindsNamed(kinds)+".")
	case g.ofTaxpayer() && !gstState(g.State()):
		return GSTIN{}, invalid("gstin_state", "The digits "+g.State()+" at the start of the GSTIN stand for no state. Check them.")
	case g.s[14] != gstinCheck(g.s[:14]):
		return GSTIN{}, invalid("gstin_checksum", "A character of the GSTIN is wrong. Compare it with your GST certificate.")
	}
	if _, err := ParsePAN(g.number()); g.ofTaxpayer() && err != nil && !tanShape.MatchString(g.number()) {
		return GSTIN{}, invalid("gstin_pan", "Characters 3 to 12 of the GSTIN are not a PAN. Compare it with your GST certificate.")
	}
	return g, nil
}

func kindsNamed(kinds []GSTINKind) string {
	var names []string
	for _, kind := range kinds {
		names = append(names, gstinKinds[kind])
	}
	return strings.Join(names, ", or of ")
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

// gstState reports digits that new numbers begin with. 97 is other territory; 99, the centre, is no tax payer's.
func gstState(digits string) bool {
	_, known := regionByGST(digits)
	return known || digits == "97"
}

// String is the GSTIN itself, in capitals.
func (g GSTIN) String() string { return g.s }

// Kind says who holds it.
func (g GSTIN) Kind() GSTINKind { return g.kind }

// State is the two digits of the state of registration.
func (g GSTIN) State() string { return g.s[:2] }

func (g GSTIN) number() string { return g.s[2:12] }
func (g GSTIN) ofTaxpayer() bool {
	return !slices.Contains([]GSTINKind{UIN, NonResident, OIDAR}, g.kind)
}

// PAN is the PAN of the tax payer; the zero value when the number is not built on one. One PAN may have a GSTIN in each state.
func (g GSTIN) PAN() PAN {
	if !g.ofTaxpayer() || !panShape.MatchString(g.number()) {
		return PAN{}
	}
	return PAN{g.number()}
}

// TAN is the TAN of the office; the zero value when the number is not built on one.
func (g GSTIN) TAN() TAN {
	if !g.ofTaxpayer() || !tanShape.MatchString(g.number()) {
		return TAN{}
	}
	return TAN{g.number()}
}
