package numbering

//go:generate go test . -run TestThePlanIsWhatTheLibraryKnows -update

// class is whose a number can be. It is what libphonenumber calls a type, as far as that matters here.
type class uint8

const (
	none    class = iota // not in the plan
	service              // no subscriber's: toll-free, shared cost, premium rate, 140
	landline
	mobile
	either // the plan does not tell
)

// state is a place in the plan: the state after each digit, and what a number is that ends here. State 0 is the way out of the plan.
type state struct {
	after [10]uint8
	class class
}

// classify walks the plan, from its last state on, along the digits of a national number.
func classify(national string) class {
	at := uint8(len(plan) - 1)
	for _, digit := range []byte(national) {
		at = plan[at].after[digit-'0']
	}
	return plan[at].class
}
