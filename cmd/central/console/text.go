package console

import (
	"time"

	"phonon.in/central/shared/account"
)

// MostListed is how many lines a list has, at most.
const MostListed = 10000

// Day prints a time for people; "-" for none.
func Day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// Optional gives JSON a null in the place of a zero time.
func Optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// Dash prints "-" for nothing.
func Dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Masked hides most of an address: "a***@example.com".
func Masked(e account.Email) string { return e.LogValue().String() }
