// Package numbering knows the Indian numbering plan. It alone imports libphonenumber, which adds megabytes to a program.
package numbering

import (
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/typed"
)

// maxTyped bounds the work that a hostile input causes, in code points; the longest honest spelling, "tel:+91-98765-43210" with marks and
// spaces, fits.
const maxTyped = 64

const (
	region      = "IN"
	countryCode = 91
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
	n, err := parse(raw)
	more, rest := fault.FieldsOf(err)
	if rest != nil {
		return phone.Number{}, rest
	}
	if fields = append(more, fields...); len(fields) > 0 {
		return phone.Number{}, fault.InvalidFields(fields)
	}
	if err := matches(n, kind); err != nil {
		return phone.Number{}, err
	}
	return phone.FromStored(phonenumbers.Format(n, phonenumbers.E164), kind), nil
}

func parse(raw string) (*phonenumbers.PhoneNumber, error) {
	if utf8.RuneCountInString(raw) > maxTyped {
		return nil, invalid("This is too long for a phone number.")
	}
	raw = typed.Compact(typed.Digits(raw))
	if raw == "" {
		return nil, invalid("Enter a phone number.")
	}
	n, err := phonenumbers.Parse(raw, region)
	if err == nil && n.GetExtension() != "" {
		return nil, invalid("We cannot reach an extension. Enter a number that rings directly.")
	}
	// libphonenumber also digs a number out of a sentence and reads letters as keys of a keypad: nobody means that here.
	if err != nil || strings.ContainsFunc(trimScheme(raw), foreign) {
		return nil, invalid("This is not a phone number. Enter ten digits, for example 98765 43210 or 0265 234 5678.")
	}
	if n.GetCountryCode() != countryCode {
		return nil, fault.At("/phone", "phone_country_not_supported", "Only Indian numbers (+91) work here.")
	}
	if !phonenumbers.IsValidNumberForRegion(n, region) {
		return nil, invalid("This is no Indian phone number. Check the digits, and for a landline the STD code.")
	}
	return n, allowed(n)
}

// trimScheme takes off the scheme of a telephone link (RFC 3966), which comes along when such a link is copied.
func trimScheme(raw string) string {
	const scheme = "tel:"
	if len(raw) > len(scheme) && strings.EqualFold(raw[:len(scheme)], scheme) {
		return raw[len(scheme):]
	}
	return raw
}

// foreign reports what has no place among the digits of a number.
func foreign(r rune) bool { return typed.Digit(r) < 0 && !strings.ContainsRune("+＋()（）./．", r) }

// allowed refuses valid numbers that do not belong to a subscriber.
func allowed(n *phonenumbers.PhoneNumber) error {
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE:
		// The plan lists the 1600 series for government and banks as mobile; real mobiles begin with 6 to 9.
		if firstDigit(n) < 6 {
			return notAllowed()
		}
	case phonenumbers.FIXED_LINE, phonenumbers.FIXED_LINE_OR_MOBILE:
	default:
		return notAllowed()
	}
	return nil
}

func matches(n *phonenumbers.PhoneNumber, kind phone.Kind) error {
	switch t := phonenumbers.GetNumberType(n); {
	case kind == phone.Mobile && (t == phonenumbers.FIXED_LINE || firstDigit(n) < 6):
		return fault.At("/kind", "phone_kind_mismatch", `This seems to be a landline. Choose "landline", or enter a mobile number.`)
	case kind == phone.Landline && t == phonenumbers.MOBILE:
		return fault.At("/kind", "phone_kind_mismatch", `This seems to be a mobile number. Choose "mobile", or enter a landline with its STD code.`)
	}
	return nil
}

func firstDigit(n *phonenumbers.PhoneNumber) int {
	return int(phonenumbers.GetNationalSignificantNumber(n)[0] - '0')
}

func invalid(detail string) error { return fault.At("/phone", "phone_invalid", detail) }

func notAllowed() error {
	return fault.At("/phone", "phone_not_allowed", "Service numbers (toll-free, 140, 1600 and the like) do not work here. Enter your own mobile or landline.")
}
