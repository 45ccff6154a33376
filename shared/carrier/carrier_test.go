package carrier_test

import (
	"errors"
	"testing"

	"phonon.in/central/shared/carrier"
	"phonon.in/central/shared/message"
)

func TestTheFirstAnswerThatFitsDecides(t *testing.T) {
	answers := []carrier.Answer{
		{Code: "Rejected", Says: "paused", Kind: message.ErrHeld},
		{Code: "Rejected", Kind: message.ErrRefused},
		{Says: "quota", Kind: message.ErrHeld},
	}
	for name, c := range map[string]struct {
		code, sentence, want string
		kind                 error
	}{
		"a code with its words":             {"Rejected", "Sending PAUSED for asha@example.com", "held: X says Rejected, paused", message.ErrHeld},
		"a code with other words":           {"Rejected", "asha@example.com is unknown", "refused by the carrier: X says Rejected", message.ErrRefused},
		"a code that ends in Exception":     {"RejectedException", "", "refused by the carrier: X says RejectedException", message.ErrRefused},
		"words that go with any code":       {"Throttling", "Daily quota exceeded", "held: X says Throttling, quota", message.ErrHeld},
		"a code that only begins the same":  {"RejectedTwice", "", "X says RejectedTwice", nil},
		"a permission that is missing":      {"AccessDeniedException", "asha@example.com", "held: X says AccessDeniedException", message.ErrHeld},
		"what nobody thought of":            {"Surprise", "asha@example.com", "X says Surprise", nil},
		"nothing at all":                    {"", "", "X says ", nil},
		"a permission comes before answers": {"AccessDenied", "Rejected", "held: X says AccessDenied", message.ErrHeld},
	} {
		err := carrier.Read("X", c.code, c.sentence, answers)
		if err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		for _, kind := range []error{message.ErrRefused, message.ErrHeld} {
			if errors.Is(err, kind) != (c.kind == kind) {
				t.Errorf("%s: is %v: %v", name, kind, errors.Is(err, kind))
			}
		}
	}
}
