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

type words struct{ Hello, Code, Again, Goodbye string }

var load = sync.OnceValues(func() (all map[string]words, err error) {
	if err := json.Unmarshal(file, &all); err != nil {
		return nil, fmt.Errorf("speech: %w", err)
	}
	return all, nil
})

// fallback is the language of people in whose own nothing is written.
const fallback = "en"

// Code is how a one-time code is told, and the language that it is told in: that of the locale, or else English. The code comes twice:
// who picks up a landline has no pen at hand yet. Anybody may pick it up, so it says what the code is for and that it is a secret. The
// error wraps message.ErrRefused when digits is not all digits.
func Code(locale, digits string) (language string, said []Part, err error) {
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", nil, fmt.Errorf("%w: a code must be digits", message.ErrRefused)
	}
	all, err := load()
	if err != nil {
		return "", nil, err
	}
	w, known := all[locale]
	if !known {
		locale, w = fallback, all[fallback]
	}
	code := groups(digits)
	return locale, []Part{
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
