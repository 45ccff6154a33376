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

const maxText = 200 // code points

// checkText takes one line of any script: text_too_long, text_characters, aadhaar_number_present.
func checkText(_ FieldSpec, value string, _ time.Time) (string, error) {
	tooLong := invalid("text_too_long", fmt.Sprintf("This is too long: at most %d characters.", maxText))
	if len(value) > 16*maxText { // 4 bytes for each of 4 code points that compose into one: bounds the work below
		return "", tooLong
	}
	value = norm.NFC.String(value)
	switch {
	case utf8.RuneCountInString(value) > maxText:
		return "", tooLong
	case !utf8.ValidString(value) || strings.ContainsFunc(value, typed.Hidden):
		return "", invalid("text_characters", "This has a line break or an invisible character. Type it by hand.")
	case aadhaar.In(value):
		return "", invalid(aadhaar.Present, "This looks like an Aadhaar number. Remove it: we ask for none and keep none.")
	}
	return value, nil
}

// pick finds the entity type for an account: entity_type_unknown, entity_type_not_allowed.
func (c *Catalogue) pick(entityType string, typ account.Type) (EntityType, error) {
	et, known := c.EntityType(entityType)
	switch {
	case !known:
		return EntityType{}, fault.At("/entityType", "entity_type_unknown", "Choose an entity type from the list.")
	case !slices.Contains(et.AccountTypes, typ):
		return EntityType{}, fault.At("/entityType", "entity_type_not_allowed", fmt.Sprintf("An account of type %s cannot be: %s. Choose another one, or change your account details.", typ, et.Name))
	}
	return et, nil
}

// parse checks what was typed in and returns it in canonical spelling, without empty values, or every fault at once: those of parseEach,
// and gstin_pan_disagrees. A required field that was not given is no fault: a draft may have gaps.
func (e EntityType) parse(raw map[string]string, now time.Time) (map[string]string, []fault.Field) {
	clean, faults := e.parseEach(raw, now)
	return clean, append(faults, disagreements(clean)...)
}

// parseEach is parse for fields that are judged one by one, each at /fields/<name>: the faults of the identifiers, field_unknown,
// pan_holder_disagrees, cin_class_disagrees, text_too_long, text_characters, aadhaar_number_present.
func (e EntityType) parseEach(raw map[string]string, now time.Time) (clean map[string]string, faults []fault.Field) {
	clean = map[string]string{}
	wrong := func(name string, err error) {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			faults = append(faults, fault.Field{Pointer: fieldPointer(name), Code: f.Code, Detail: f.Detail})
		}
	}
	for _, spec := range e.Fields {
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
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if _, ok := e.Field(name); !ok {
			wrong(name, invalid("field_unknown", "This field is not asked of your entity type. Leave it out."))
		}
	}
	return clean, faults
}

// disagreements are the faults of fields that are right, each by itself.
func disagreements(fields map[string]string) []fault.Field {
	gstin, err := ParseGSTIN(fields["gstin"])
	if err != nil || fields["pan"] == "" || gstin.PAN().String() == fields["pan"] {
		return nil
	}
	return []fault.Field{{
		Pointer: fieldPointer("gstin"), Code: "gstin_pan_disagrees",
		Detail: "Characters 3 to 12 of the GSTIN are another PAN than the one you gave. Check both.",
	}}
}

// fitting is what is right, each by itself, for this entity type.
func (e EntityType) fitting(fields map[string]string, now time.Time) map[string]string {
	clean, _ := e.parseEach(fields, now)
	return clean
}
