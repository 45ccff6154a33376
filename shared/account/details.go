package account

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"phonon.in/central/shared/aadhaar"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/typed"
)

// Details say who holds the account. ParseDetails makes them; the zero value means not given yet.
type Details struct {
	Type        Type
	FirstName   string // NFC, any script; the whole name of who has one name only
	LastName    string // may be empty: many people in South India have one name, and so do their PAN and their Aadhaar
	CompanyName string // empty is possible for an individual only
	Sector      string // a code of Sectors
}

// IsZero reports that no details were given yet.
func (d Details) IsZero() bool { return d == Details{} }

// Lengths in code points, as typed and after normalisation.
const (
	maxPersonName  = 100
	maxCompanyName = 200
)

// ParseDetails checks what a person entered and reports every fault at once, each at the pointer of its field:
// type_invalid, name_required, name_too_long, name_characters, aadhaar_number_present, sector_invalid.
func ParseDetails(typ, first, last, company, sector string) (Details, error) {
	var fields []fault.Field
	wrong := func(pointer, code, detail string) {
		fields = append(fields, fault.Field{Pointer: pointer, Code: code, Detail: detail})
	}
	name := func(pointer, what, s string, limit int, required bool) string {
		clean, code, detail := cleanName(what, s, limit)
		if code == "" && clean == "" && required {
			code, detail = "name_required", "Enter the "+what+"."
		}
		if code != "" {
			wrong(pointer, code, detail)
		}
		return clean
	}

	d := Details{Type: Type(typ), Sector: sector}
	if d.Type != Individual && d.Type != Company {
		wrong("/type", "type_invalid", `Choose "individual" or "company".`)
	}
	d.FirstName = name("/firstName", "first name", first, maxPersonName, true)
	d.LastName = name("/lastName", "last name", last, maxPersonName, false)
	d.CompanyName = name("/companyName", "company name", company, maxCompanyName, d.Type == Company)
	if !isSector(sector) {
		wrong("/sector", "sector_invalid", "Choose a sector from the list.")
	}
	if len(fields) > 0 {
		return Details{}, fault.InvalidFields(fields)
	}
	return d, nil
}

// cleanName trims and normalises a name, or says what is wrong with it. Markup is no reason to refuse a name: what shows it
// escapes it.
func cleanName(what, s string, limit int) (clean, code, detail string) {
	tooLong := fmt.Sprintf("The %s is too long: at most %d characters.", what, limit)
	if utf8.RuneCountInString(s) > limit {
		return "", "name_too_long", tooLong
	}
	trimmed := typed.Trim(s)
	if !utf8.ValidString(s) || strings.ContainsFunc(trimmed, typed.Hidden) {
		return "", "name_characters", "The " + what + " has a line break or an invisible character. Type it by hand."
	}
	clean = norm.NFC.String(trimmed)
	switch {
	case utf8.RuneCountInString(clean) > limit:
		return "", "name_too_long", tooLong
	case strings.TrimSpace(s) != "" && !typed.Shows(clean):
		return "", "name_characters", "The " + what + " needs at least one letter that can be seen."
	case aadhaar.InName(clean):
		return "", aadhaar.Present, "The " + what + " looks like an Aadhaar number. Take it out: we never take or store it."
	}
	return clean, "", ""
}
