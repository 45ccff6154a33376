// Package fault holds the errors a client may see: a kind, a stable code and a sentence that says what to do.
// It knows nothing of HTTP; httpapi turns a fault into an RFC 9457 problem document. Every error that is not a fault is an
// internal error: its text goes to the log and never to the client.
package fault

import (
	"errors"
	"time"
)

// Kind groups faults by what the client can do about them.
type Kind int

const (
	Malformed          Kind = iota + 1 // the request cannot be read
	Unauthenticated                    // log in first
	Forbidden                          // known, and not allowed
	NotFound                           // absent, or not yours
	Conflict                           // the state of the thing does not allow it
	Gone                               // a one-time thing that was used or has expired
	PreconditionFailed                 // If-Match did not match
	TooLarge                           // the body is too large
	UnsupportedMedia                   // the body has the wrong media type
	Invalid                            // a value breaks a rule
	TooMany                            // a limit is used up; RetryAfter says until when
	Unavailable                        // a dependency failed; trying again is safe
)

// Field is one value that is wrong. Pointer is a JSON Pointer (RFC 6901) into the request body.
type Field struct {
	Pointer string
	Code    string
	Detail  string
}

// Error is an error with a part for the client (Kind, Code, Detail, Fields, Extra) and a part for the log (Cause).
// Values are treated as immutable: the methods that change something return a copy.
type Error struct {
	Kind       Kind
	Code       string // lower_snake_case, stable: clients match on it
	Detail     string // one or two sentences for a person, saying what to do
	Fields     []Field
	Extra      map[string]any // extension members of the problem document
	RetryAfter time.Duration
	Cause      error
}

// New makes a fault.
func New(kind Kind, code, detail string) *Error {
	return &Error{Kind: kind, Code: code, Detail: detail}
}

// At makes an Invalid fault about the one field at pointer.
func At(pointer, code, detail string) *Error {
	return &Error{Kind: Invalid, Code: code, Detail: detail, Fields: []Field{{pointer, code, detail}}}
}

// InvalidFields makes one Invalid fault of all fields, or nil when there are none.
func InvalidFields(fields []Field) error {
	switch len(fields) {
	case 0:
		return nil
	case 1:
		return At(fields[0].Pointer, fields[0].Code, fields[0].Detail)
	}
	return &Error{Kind: Invalid, Code: "fields_invalid", Detail: "Some fields need a change.", Fields: fields}
}

// Error is the text for the log: the code and the cause.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Code + ": " + e.Cause.Error()
	}
	return e.Code
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports that two faults have the same code, so that errors.Is matches a fault with a cause or with fields added.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Because returns a copy with the cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// On returns a copy that names the field at pointer.
func (e *Error) On(pointer string) *Error {
	c := *e
	c.Fields = []Field{{pointer, e.Code, e.Detail}}
	return &c
}

// With returns a copy with one extension member.
func (e *Error) With(key string, value any) *Error {
	c := *e
	c.Extra = map[string]any{key: value}
	for k, v := range e.Extra {
		if k != key {
			c.Extra[k] = v
		}
	}
	return &c
}

// After returns a copy that says when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// Down is the fault of a dependency that failed or hung. Nothing was lost: the client may repeat the request.
func Down(cause error) *Error {
	return &Error{
		Kind: Unavailable, Code: "temporarily_unavailable", RetryAfter: 5 * time.Second, Cause: cause,
		Detail: "Something we depend on does not answer. Nothing was lost; try again in a few seconds.",
	}
}

// FieldsOf collects the fields of err, so that several checks become one answer. An error that is not a fault about
// fields is returned as rest.
func FieldsOf(err error) (fields []Field, rest error) {
	var f *Error
	if err == nil {
		return nil, nil
	}
	if errors.As(err, &f) && f.Kind == Invalid && len(f.Fields) > 0 {
		return f.Fields, nil
	}
	return nil, err
}
