package main

import (
	"strings"
	"time"
	"unicode/utf8"

	"phonon.in/central/shared/aadhaar"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/typed"
)

// What a body says is looked at before any case is read, so that a mistake in it is told whatever the case is like.

const (
	maxReason = 500  // code points, of a reason for the record and of what a holder is told
	maxNote   = 2000 // of what reviewers write to each other
)

// textGiven is a text on one line; empty where none was given.
func textGiven(pointer, text string, most int) (string, error) {
	switch {
	case utf8.RuneCountInString(text) > most:
		return "", fault.At(pointer, "text_too_long", "This is too long.")
	case aadhaar.In(text):
		return "", fault.At(pointer, aadhaar.Present, "This looks like an Aadhaar number. Remove it: we ask for none and keep none.")
	}
	return strings.Join(strings.Fields(text), " "), nil
}

func reasonGiven(pointer, text string) (string, error) {
	text, err := textGiven(pointer, text, maxReason)
	if err == nil && !typed.Shows(text) {
		err = fault.At(pointer, "reason_required", "Say why. It is recorded.")
	}
	return text, err
}

func noteGiven(pointer, text string) error {
	text, err := textGiven(pointer, text, maxNote)
	if err == nil && !typed.Shows(text) {
		err = fault.At(pointer, "note_required", "Write a sentence: whoever works on the case next reads it.")
	}
	return err
}

func isID(pointer, id string) error {
	if !token.IsID(id) {
		return fault.At(pointer, "id_invalid", "This is no id of ours. Use the one that the case was answered with.")
	}
	return nil
}

func timeGiven(pointer, text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fault.At(pointer, "hold_until_invalid", "Choose a time within the next 30 days.")
	}
	return at.UTC(), nil
}

// all makes one fault of what is wrong with several members.
func all(errs ...error) error {
	var fields []fault.Field
	for _, err := range errs {
		wrong, _ := fault.FieldsOf(err)
		fields = append(fields, wrong...)
	}
	return fault.InvalidFields(fields)
}
