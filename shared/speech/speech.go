// Package speech holds what a call says, in each language: a carrier turns the parts into what its voice reads.
package speech

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"phonon.in/central/shared/message"
)

// Part is a piece of what is said; one of its members is set.
type Part struct {
	Text   string
	Digits []string // groups of digits, in their order: each digit is said by itself, with a short pause between groups
	Pause  time.Duration
}

//go:embed words.json
var file []byte

type words struct{ Hello, Code, Again, Goodbye, Changed string }

var load = sync.OnceValues(func() (all map[string]words, err error) {
	if err := json.Unmarshal(file, &all); err != nil {
		return nil, fmt.Errorf("speech: %w", err)
	}
	return all, nil
})

// fallback is the language of people in whose own nothing is written.
const fallback = "en"

// Of is what a call says, and the language that it says it in: that of the person, or else English. The error wraps message.ErrRefused
// when a code is not all digits, or there are no words for the kind.
func Of(m message.ToPhone) (language string, said []Part, err error) {
	all, err := load()
	if err != nil {
		return "", nil, err
	}
	language = m.Locale
	w, known := all[language]
	if !known {
		language, w = fallback, all[fallback]
	}
	switch m.Kind {
	case message.PhoneCodeCall:
		said, err = w.code(m.Digits.Reveal())
	case message.PhoneChangedCall:
		said = []Part{{Text: w.Changed}, {Pause: time.Second}, {Text: w.Again}, {Pause: 500 * time.Millisecond}, {Text: w.Changed}}
	default:
		err = fmt.Errorf("%w: no words for %q", message.ErrRefused, m.Kind)
	}
	return language, said, err
}

// code tells a one-time code twice: who picks up a landline has no pen at hand yet. Anybody may pick it up, so it says what the code is
// for and that it is a secret.
func (w words) code(digits string) ([]Part, error) {
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return nil, fmt.Errorf("%w: a code must be digits", message.ErrRefused)
	}
	code := groups(digits)
	return []Part{
		{Text: w.Hello}, {Pause: 600 * time.Millisecond},
		{Text: w.Code}, {Pause: 500 * time.Millisecond}, {Digits: code}, {Pause: time.Second},
		{Text: w.Again}, {Pause: 500 * time.Millisecond}, {Digits: code}, {Pause: 800 * time.Millisecond},
		{Text: w.Goodbye},
	}, nil
}

// groups are of three, as numbers are remembered.
func groups(digits string) (all []string) {
	for ; len(digits) > 3; digits = digits[3:] {
		all = append(all, digits[:3])
	}
	return append(all, digits)
}
