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

// Kind names what the value of a field is, and so how it is checked.
type Kind string

// Kinds that need more than their value.
const (
	Choose    Kind = "choice" // one of Choices
	StateKind Kind = "state"  // a state or union territory, by its name
	Switch    Kind = "flag"   // "yes", or not given
)

// kinds return the value in canonical spelling; empty for what says nothing.
var kinds = map[Kind]func(f FieldSpec, value string, now time.Time) (string, error){
	"pan":      checkPAN,
	"cin":      checkCIN,
	"gstin":    checkGSTIN,
	"text":     checkText,
	"name":     checkName,
	Choose:     checkChoice,
	StateKind:  checkState,
	Switch:     checkSwitch,
	"email":    checkEmail,
	"llpin":    canonical(ParseLLPIN),
	"tan":      canonical(ParseTAN),
	"udyam":    canonical(ParseUdyam),
	"ifsc":     canonical(ParseIFSC),
	"pin":      canonical(ParsePIN),
	"din":      canonical(ParseDIN),
	"fcrn":     canonical(ParseFCRN),
	"epic":     canonical(ParseEPIC),
	"passport": canonical(ParsePassport),
	"licence":  canonical(ParseLicence),
	"mobile":   canonical(ParseMobile),
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

func checkGSTIN(f FieldSpec, value string, _ time.Time) (string, error) {
	g, err := ParseGSTIN(value, f.Registrations...)
	if err != nil {
		return "", err
	}
	return g.String(), nil
}

const maxText = 200 // code points, as typed and after normalisation

var errTooLong = invalid("text_too_long", fmt.Sprintf("This is too long: at most %d characters.", maxText))

// checkText takes one line of any script: text_too_long, text_characters.
func checkText(_ FieldSpec, value string, _ time.Time) (string, error) {
	value = norm.NFC.String(value)
	switch {
	case utf8.RuneCountInString(value) > maxText:
		return "", errTooLong
	case !utf8.ValidString(value) || strings.ContainsFunc(value, typed.Hidden):
		return "", invalid("text_characters", "This has a line break or an invisible character. Type it by hand.")
	}
	return value, nil
}

// checkName is checkText for what no honest Aadhaar-like number is in: aadhaar_number_present.
func checkName(f FieldSpec, value string, now time.Time) (string, error) {
	if aadhaar.InName(value) {
		return "", invalid(aadhaar.Present, "This looks like an Aadhaar number. Remove it: we ask for none and keep none.")
	}
	return checkText(f, value, now)
}

var errNoChoice = invalid("choice_unknown", "Choose one of the list.")

// checkChoice takes a value in any case of letters: choice_unknown.
func checkChoice(f FieldSpec, value string, _ time.Time) (string, error) {
	for _, c := range f.Choices {
		if strings.EqualFold(c.Value, value) {
			return c.Value, nil
		}
	}
	return "", errNoChoice
}

func checkState(_ FieldSpec, value string, _ time.Time) (string, error) {
	r, known := regionWhere(func(r region) bool { return strings.EqualFold(r.Name, value) })
	if !known {
		return "", errNoChoice
	}
	return r.Name, nil
}

// checkSwitch takes yes and no, which is as good as nothing: flag_invalid.
func checkSwitch(_ FieldSpec, value string, _ time.Time) (string, error) {
	switch value {
	case "yes":
		return value, nil
	case "no":
		return "", nil
	}
	return "", invalid("flag_invalid", "This is yes or no.")
}

func checkEmail(_ FieldSpec, value string, _ time.Time) (string, error) {
	e, err := account.ParseEmail(value)
	if fields, _ := fault.FieldsOf(err); len(fields) > 0 {
		return "", invalid(fields[0].Code, fields[0].Detail)
	}
	return e.String(), err
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

// confirmed reports that somebody has said of a text, as it is, that it holds no Aadhaar number.
type confirmed func(pointer, text string) bool

// saved is for what was asked about when it was saved.
func saved(string, string) bool { return true }

// suspected is the question about a text in which a number looks like an Aadhaar number. One in ten numbers of twelve digits does.
func suspected(pointer string) fault.Field {
	return fault.Field{
		Pointer: pointer, Code: "aadhaar_number_suspected",
		Detail: "This looks like an Aadhaar number. If it is one, remove it: we ask for none and keep none. If it is another number, say so.",
	}
}

// parse checks what was typed in and returns it in canonical spelling, without empty values, or every fault at once: those of parseEach,
// and what the fields contradict each other in. A required field that was not given is no fault: a draft may have gaps.
func (e EntityType) parse(raw map[string]string, sure confirmed, now time.Time) (map[string]string, []fault.Field) {
	clean, faults := e.parseEach(raw, sure, now)
	return clean, append(faults, disagreements(clean)...)
}

// parseEach is parse for fields that are judged one by one, each at /fields/<name>: the faults of the identifiers, field_unknown,
// pan_holder_disagrees, cin_class_disagrees, text_too_long, text_characters, choice_unknown, flag_invalid, aadhaar_number_present,
// aadhaar_number_suspected unless sure.
func (e EntityType) parseEach(raw map[string]string, sure confirmed, now time.Time) (clean map[string]string, faults []fault.Field) {
	clean = map[string]string{}
	wrong := func(name string, err error) {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			faults = append(faults, fault.Field{Pointer: fieldPointer(name), Code: f.Code, Detail: f.Detail})
		}
	}
	for _, spec := range e.Fields {
		if utf8.RuneCountInString(raw[spec.Name]) > maxText {
			wrong(spec.Name, errTooLong)
			continue
		}
		value := typed.Trim(raw[spec.Name])
		if value == "" {
			continue
		}
		v, err := kinds[spec.Kind](spec, value, now)
		pointer := fieldPointer(spec.Name)
		switch asked := spec.Kind == "text" || spec.Kind == "email"; {
		case err != nil:
			wrong(spec.Name, err)
		case asked && aadhaar.In(v) && !sure(pointer, v):
			faults = append(faults, suspected(pointer))
		case v != "":
			clean[spec.Name] = v
		}
	}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if _, ok := e.Field(name); !ok {
			wrong(name, invalid("field_unknown", "This field is not asked of your entity type. Leave it out."))
		}
	}
	return clean, faults
}

// fitting is what is right, each by itself, for this entity type.
func (e EntityType) fitting(fields map[string]string, now time.Time) map[string]string {
	clean, _ := e.parseEach(fields, saved, now)
	return clean
}
