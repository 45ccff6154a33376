// Package numbering knows the Indian numbering plan as libphonenumber does, without linking it: the plan is made from the library's data, and the
// tests hold each judgement to the library's.
package numbering

import (
	"slices"
	"strings"
	"unicode/utf8"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/typed"
)

// maxTyped bounds the work that a hostile input causes, in code points; the longest honest spelling, "tel:+91-98765-43210" with marks and
// spaces, fits.
const maxTyped = 64

var (
	errTooLong   = fault.At("/phone", "phone_invalid", "This is too long for a phone number.")
	errNothing   = fault.At("/phone", "phone_invalid", "Enter a phone number.")
	errExtension = fault.At("/phone", "phone_invalid", "We cannot reach an extension. Enter a number that rings directly.")
	errNoNumber  = fault.At("/phone", "phone_invalid", "This is not a phone number. Enter ten digits, for example 98765 43210 or 0265 234 5678.")
	errAbroad    = fault.At("/phone", "phone_country_not_supported", "Only Indian numbers (+91) work here.")
	errNotInPlan = fault.At("/phone", "phone_invalid", "This is no Indian phone number. Check the digits, and for a landline the STD code.")
	errService   = fault.At("/phone", "phone_not_allowed", "Service numbers (toll-free, 140, 1600 and the like) do not work here. Enter your own mobile or landline.")
	errLandline  = fault.At("/kind", "phone_kind_mismatch", `This seems to be a landline. Choose "landline", or enter a mobile number.`)
	errMobile    = fault.At("/kind", "phone_kind_mismatch", `This seems to be a mobile number. Choose "mobile", or enter a landline with its STD code.`)
)

// Parse reads a number as people write and paste it: with or without +91, trunk 0, any spaces and dashes, the marks that chats and
// contacts put around it, digits of any script. kind is what the person says it is; libphonenumber cannot tell a mobile from a landline for about a third of the numbers that begin
// with 7 or 8, and there the person is believed.
//
// Faults at /phone: phone_invalid, phone_country_not_supported, phone_not_allowed (a valid number that nobody owns as a
// person: toll-free, 140, 1600, premium). Faults at /kind: kind_invalid, phone_kind_mismatch.
func Parse(raw string, kind phone.Kind) (phone.Number, error) {
	var fields []fault.Field
	if kind != phone.Mobile && kind != phone.Landline {
		fields = append(fields, fault.Field{Pointer: "/kind", Code: "kind_invalid", Detail: `Say whether the number is a "mobile" or a "landline".`})
	}
	national, is, err := parse(raw)
	more, rest := fault.FieldsOf(err)
	if rest != nil {
		return phone.Number{}, rest
	}
	if fields = append(more, fields...); len(fields) > 0 {
		return phone.Number{}, fault.InvalidFields(fields)
	}
	if err := matches(is, kind); err != nil {
		return phone.Number{}, err
	}
	return phone.FromStored("+"+countryCode+national, kind), nil
}

// parse is the national number, and whether it is a landline, a mobile or either.
func parse(raw string) (national string, is class, err error) {
	if utf8.RuneCountInString(raw) > maxTyped {
		return "", none, errTooLong
	}
	raw = trimScheme(typed.Compact(typed.Digits(raw)))
	if raw == "" {
		return "", none, errNothing
	}
	if extended(raw) {
		return "", none, errExtension
	}
	country, national, ok := read(raw)
	if !ok {
		return "", none, errNoNumber
	}
	if country != countryCode {
		return "", none, errAbroad
	}
	is, err = subscribers(national)
	return national, is, err
}

// trimScheme takes off the scheme of a telephone link (RFC 3966), which comes along when such a link is copied.
func trimScheme(raw string) string {
	const scheme = "tel:"
	if len(raw) > len(scheme) && strings.EqualFold(raw[:len(scheme)], scheme) {
		return raw[len(scheme):]
	}
	return raw
}

var extensions = []string{"ext", "ext.", "ext:", "extn", "extn.", "extension", "x", "#", "~", "int", ";ext=", ";", ",", ",,"}

// extended reports a number with an extension behind it, in the spellings that people and telephones use.
func extended(raw string) bool {
	at := strings.IndexFunc(raw, foreign)
	if at < 0 {
		return false
	}
	if _, _, ok := dialled(raw[:at]); !ok {
		return false
	}
	behind := strings.ToLower(raw[at:])
	label := strings.TrimRight(behind, "0123456789")
	return len(label) < len(behind) && slices.Contains(extensions, label)
}

// subscribers refuses what is no number, and numbers that do not belong to a subscriber.
func subscribers(national string) (class, error) {
	switch is := classify(national); {
	case is == none:
		return none, errNotInPlan
	// The plan lists the 1600 series for government and banks as mobile; real mobiles begin with 6 to 9.
	case is == service, is == mobile && national[0] < '6':
		return none, errService
	default:
		return is, nil
	}
}

func matches(is class, kind phone.Kind) error {
	switch {
	case kind == phone.Mobile && is == landline:
		return errLandline
	case kind == phone.Landline && is == mobile:
		return errMobile
	}
	return nil
}
