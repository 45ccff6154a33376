// Package phone holds the nouns of a phone number. It knows no numbering plan: numbering.Parse makes a Number from what a person typed.
package phone

import (
	"log/slog"

	"phonon.in/central/shared/fault"
)

// Kind says what a number reaches, as its holder declared it.
type Kind string

const (
	Mobile   Kind = "mobile"
	Landline Kind = "landline"
)

// Channel is a way to bring a code to a number.
type Channel string

const (
	SMS   Channel = "sms"
	Voice Channel = "voice"
)

// Outcome is how a call ended, as far as the network says. Answered is that somebody, or a machine, picked up.
type Outcome string

const (
	Answered Outcome = "answered"
	Busy     Outcome = "busy"
	NoAnswer Outcome = "no_answer"
	Rejected Outcome = "rejected"
	Failed   Outcome = "failed" // it could not be put through
)

// Outcomes are all there are.
var Outcomes = []Outcome{Answered, Busy, NoAnswer, Rejected, Failed}

// Number is an Indian phone number and its kind. The zero value is no number. Values compare with ==.
type Number struct {
	e164 string
	kind Kind
}

// FromStored makes the number that numbering.Parse made before and that was stored since. It checks nothing.
func FromStored(e164 string, kind Kind) Number { return Number{e164, kind} }

// E164 is the number in E.164: +91 and ten digits.
func (n Number) E164() string { return n.e164 }

// Kind is the kind that the number's holder declared.
func (n Number) Kind() Kind { return n.kind }

// IsZero reports that there is no number.
func (n Number) IsZero() bool { return n.e164 == "" }

const e164Length = len("+919876543210")

// Prefix is the number in E.164 without its last four digits. Numbers bought in one block share it.
func (n Number) Prefix() string { return n.e164[:max(0, len(n.e164)-4)] }

// Masked is the number for a log or a page: "+91 98xxx xx210".
func (n Number) Masked() string {
	if len(n.e164) != e164Length {
		return "[no number]"
	}
	return "+91 " + n.e164[3:5] + "xxx xx" + n.e164[10:]
}

func (n Number) String() string       { return n.Masked() }
func (n Number) GoString() string     { return n.Masked() }
func (n Number) LogValue() slog.Value { return slog.StringValue(n.Masked()) }

// ChannelFor decides how a code goes to a number of this kind. asked is what the client wants, or empty. A mobile gets an
// SMS unless a call is asked for. A landline can only be called: networks drop an SMS to it without a word.
// Faults at /channel: channel_invalid, channel_not_possible.
func ChannelFor(kind Kind, asked string) (Channel, error) {
	switch c := Channel(asked); {
	case c != "" && c != SMS && c != Voice:
		return "", fault.At("/channel", "channel_invalid", `Choose "sms" or "voice".`)
	case kind == Landline && c == SMS:
		return "", fault.At("/channel", "channel_not_possible", `A landline cannot receive an SMS. Choose "voice" and we call it.`)
	case kind == Landline:
		return Voice, nil
	case c == "":
		return SMS, nil
	default:
		return c, nil
	}
}
