package phone

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"phonon.in/central/shared/fault"
)

func TestNumberShowsEnoughToRecogniseItAndNotMore(t *testing.T) {
	for _, c := range []struct{ e164, masked, prefix string }{
		{"+919876543210", "+91 98xxx xx210", "+91987654"},
		{"+912652345678", "+91 26xxx xx678", "+91265234"},
		{"", "[no number]", ""},
		{"+91", "[no number]", ""},
	} {
		n := FromStored(c.e164, Mobile)
		if n.Masked() != c.masked || n.Prefix() != c.prefix || n.E164() != c.e164 {
			t.Errorf("%q: masked %q, prefix %q", c.e164, n.Masked(), n.Prefix())
		}
	}
}

func TestNumberDoesNotPrintInFull(t *testing.T) {
	n := FromStored("+919876543210", Mobile)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "n", n)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "n", n, "in", struct{ N Number }{n})
	for _, out := range []string{fmt.Sprintf("%v %+v %#v %s", n, n, n, n), fmt.Sprintf("%+v", struct{ N Number }{n}), log.String()} {
		if strings.Contains(out, "9876543210") {
			t.Errorf("the number is in %s", out)
		}
	}
}

func TestNumbersAreEqualWhenNumberAndKindAre(t *testing.T) {
	a, b := FromStored("+918912345678", Mobile), FromStored("+918912345678", Landline)
	if a == b || a != FromStored("+918912345678", Mobile) {
		t.Error("== does not compare number and kind")
	}
	if !(Number{}).IsZero() || a.IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestChannelFor(t *testing.T) {
	for name, c := range map[string]struct {
		kind  Kind
		asked string
		want  Channel
		code  string
	}{
		"a mobile gets an SMS":                          {Mobile, "", SMS, ""},
		"a mobile gets the SMS that was asked for":      {Mobile, "sms", SMS, ""},
		"a mobile is called when asked for":             {Mobile, "voice", Voice, ""},
		"a landline is called":                          {Landline, "", Voice, ""},
		"a landline is called when asked for":           {Landline, "voice", Voice, ""},
		"a landline never gets an SMS":                  {Landline, "sms", "", "channel_not_possible"},
		"no channel but these two":                      {Mobile, "whatsapp", "", "channel_invalid"},
		"the names of channels are exact":               {Mobile, "SMS", "", "channel_invalid"},
		"a landline with a channel that does not exist": {Landline, "fax", "", "channel_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ChannelFor(c.kind, c.asked)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			var f *fault.Error
			if c.code == "" && err != nil || c.code != "" && (!errors.As(err, &f) || f.Code != c.code || f.Fields[0].Pointer != "/channel") {
				t.Errorf("got %v, want %q at /channel", err, c.code)
			}
		})
	}
}
