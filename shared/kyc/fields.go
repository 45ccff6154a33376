package kyc

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"phonon.in/central/shared/aadhaar"
	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/typed"
)

// Check names how the value of a field is checked: pan, gstin, cin, llpin, tan, udyam, ifsc, pin or text.
type Check string

// checks return the value in canonical spelling.
var checks = map[Check]func(f FieldSpec, value string, now time.Time) (string, error){
	"pan":   checkPAN,
	"cin":   checkCIN,
	"text":  checkText,
	"gstin": canonical(ParseGSTIN),
	"llpin": canonical(ParseLLPIN),
	"tan":   canonical(ParseTAN),
	"udyam": canonical(ParseUdyam),
	"ifsc":  canonical(ParseIFSC),
	"pin":   canonical(ParsePIN),
}

func canonical[T fmt.Stringer](parse func(string) (T, error)) func(FieldSpec, string, time.Time) (string, error) {
	return func(_ FieldSpec, value string, _ time.Time) (string, error) {
		v, err := parse(value)
		if err != nil {
			return "", err
		}
		return v.String(), nil
	}
}

func checkPAN(f FieldSpec, value string, _ time.Time) (string, error) {
	p, err := ParsePAN(value)
	if err != nil {
		return "", err
	}
	if f.Holders != "" && strings.IndexByte(f.Holders, p.Holder()) < 0 {
		return "", invalid("pan_holder_disagrees", fmt.Sprintf("This is the PAN of %s: its fourth letter is %c. Here it has to be %s. Check the PAN, or your entity type.",
			holders[p.Holder()], p.Holder(), strings.Join(strings.Split(f.Holders, ""), " or ")))
	}
	return p.String(), nil
}

func checkCIN(f FieldSpec, value string, now time.Time) (string, error) {
	c, err := ParseCIN(value, now)
	if err != nil {
		return "", err
	}
	if len(f.Classes) > 0 && !slices.Contains(f.Classes, c.Class()) {
		return "", invalid("cin_class_disagrees", fmt.Sprintf("The letters %s in the CIN do not fit your entity type: here they have to be %s. Check the CIN, or your entity type.",
			c.Class(), strings.Join(f.Classes, " or ")))
	}
	return c.String(), nil
}

const maxText = 200 // code points, as typed and after normalisation

var errTooLong = invalid("text_too_long", fmt.Sprintf("This is too long: at most %d characters.", maxText))

// checkText takes one line of any script: text_too_long, text_characters, aadhaar_number_present.
func checkText(_ FieldSpec, value string, _ time.Time) (string, error) {
	value = norm.NFC.String(value)
	switch {
	case utf8.RuneCountInString(value) > maxText:
		return "", errTooLong
	case !utf8.ValidString(value) || strings.ContainsFunc(value, typed.Hidden):
		return "", invalid("text_characters", "This has a line break or an invisible character. Type it by hand.")
	case aadhaar.In(value):
		return "", invalid(aadhaar.Present, "This looks like an Aadhaar number. Remove it: we ask for none and keep none.")
	}
	return value, nil
}

// ParseFields checks what was typed in for an entity type and returns it in canonical spelling, without empty values. It
// reports every fault at once, each at its field (/fields/<name>, /entityType): the faults of the identifiers, field_unknown,
// pan_holder_disagrees, cin_class_disagrees, gstin_pan_disagrees, text_too_long, text_characters, aadhaar_number_present,
// entity_type_unknown, entity_type_not_allowed. A required field that was not given is no fault: a draft may have gaps.
func ParseFields(cat *Catalogue, entityType string, typ account.Type, raw map[string]string, now time.Time) (map[string]string, error) {
	et, known := cat.EntityType(entityType)
	switch {
	case !known:
		return nil, fault.At("/entityType", "entity_type_unknown", "Choose an entity type from the list.")
	case !slices.Contains(et.AccountTypes, typ):
		return nil, fault.At("/entityType", "entity_type_not_allowed", fmt.Sprintf("An account of type %s cannot be: %s. Choose another one, or change your account details.", typ, et.Name))
	}
	clean := map[string]string{}
	var fields []fault.Field
	wrong := func(name string, err error) {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			fields = append(fields, fault.Field{Pointer: fieldPointer(name), Code: f.Code, Detail: f.Detail})
		}
	}
	for _, spec := range et.Fields {
		if utf8.RuneCountInString(raw[spec.Name]) > maxText {
			wrong(spec.Name, errTooLong)
			continue
		}
		value := typed.Trim(raw[spec.Name])
		if value == "" {
			continue
		}
		v, err := checks[spec.Check](spec, value, now)
		if err != nil {
			wrong(spec.Name, err)
			continue
		}
		clean[spec.Name] = v
	}
	if gstin, err := ParseGSTIN(clean["gstin"]); err == nil && clean["pan"] != "" && gstin.PAN().String() != clean["pan"] {
		wrong("gstin", invalid("gstin_pan_disagrees", "Characters 3 to 12 of the GSTIN are another PAN than the one you gave. Check both."))
	}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if _, ok := et.Field(name); !ok {
			wrong(name, invalid("field_unknown", "This field is not asked of your entity type. Leave it out."))
		}
	}
	if len(fields) > 0 {
		return nil, fault.InvalidFields(fields)
	}
	return clean, nil
}
