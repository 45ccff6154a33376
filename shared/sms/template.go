package sms

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// The texts as they are registered with the DLT platform. Operators compare byte by byte: a change here is a new registration
// first.
//
//go:embed templates.json
var registry []byte

type template struct {
	Body      string
	Variables []variable
}

// variable is a tagged place in the body, as the TRAI direction of 18 November 2025 asks; 30 characters is the platform's limit.
type variable struct {
	Tag string
	Max int
}

var templates = sync.OnceValues(func() (map[string]template, error) {
	var t map[string]template
	err := json.Unmarshal(registry, &t)
	return t, err
})

// fill puts values into the places of the body, in order.
func (t template) fill(values ...string) (string, error) {
	if len(values) != len(t.Variables) {
		return "", fmt.Errorf("sms: %d values for %d variables", len(values), len(t.Variables))
	}
	text := t.Body
	for i, v := range t.Variables {
		if len(values[i]) > v.Max {
			return "", fmt.Errorf("sms: a value for %s has more than %d characters", v.Tag, v.Max)
		}
		text = strings.Replace(text, "{#"+v.Tag+"#}", values[i], 1)
	}
	return text, nil
}
