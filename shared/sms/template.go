package sms

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"phonon.in/central/shared/message"
)

// The texts as they are registered with the DLT platform, each language by itself; the id that it gave a text is configuration.
// Operators compare byte by byte and drop what differs: a change here is a new registration first.
//
//go:embed templates.json
var registry []byte

type template struct {
	Kind      message.Kind
	Language  string
	Body      string // with a place {#tag#} for each variable, in their order
	Variables []variable
}

// variable is a tagged place in the body, as the TRAI direction of 18 November 2025 asks.
type variable struct {
	Name string
	Tag  string // "numeric": digits only
	Max  int    // characters; the platform allows 30
}

func (v variable) place() string { return "{#" + v.Tag + "#}" }

func (v variable) check(value string) error {
	switch {
	case value == "" || len(value) > v.Max:
		return fmt.Errorf("sms: %s must have 1 to %d characters", v.Name, v.Max)
	case v.Tag == "numeric" && strings.Trim(value, "0123456789") != "":
		return fmt.Errorf("sms: %s must be digits", v.Name)
	}
	return nil
}

func templateFor(kind message.Kind, language string) (template, error) {
	var all []template
	if err := json.Unmarshal(registry, &all); err != nil {
		return template{}, fmt.Errorf("sms: templates: %w", err)
	}
	for _, t := range all {
		if t.Kind == kind && t.Language == language {
			return t, nil
		}
	}
	return template{}, fmt.Errorf("sms: no template for %s in %s", kind, language)
}

// fill puts one value into each place of the body. Everything else stays as it was registered.
func (t template) fill(values ...string) (string, error) {
	if len(values) != len(t.Variables) {
		return "", fmt.Errorf("sms: %d values for %d variables", len(values), len(t.Variables))
	}
	var text strings.Builder
	rest := t.Body
	for i, v := range t.Variables {
		if err := v.check(values[i]); err != nil {
			return "", err
		}
		before, after, found := strings.Cut(rest, v.place())
		if !found {
			return "", errors.New("sms: the body has no place for " + v.Name)
		}
		text.WriteString(before + values[i])
		rest = after
	}
	return text.String() + rest, nil
}
