package httpapi

import (
	"errors"

	"phonon.in/central/shared/fault"
)

// Failed notes for the log what went wrong, where the answer is a page or a redirect that does not say it. It returns the fault that the
// answer is about: temporarily_unavailable, too_many_requests, or internal_error for whatever else it is.
func (c *Call) Failed(err error) *fault.Error {
	f, is := errors.AsType[*fault.Error](err)
	if !is || f.Kind != fault.TooMany && f.Kind != fault.Unavailable {
		f = errInternal
	}
	if s, ok := c.w.(*status); ok {
		s.fault, s.cause = f, err
	}
	return f
}

// OwnForm reports a form that a page of ours has sent. It asks more than the guard against writes of other sites, which lets pass what says
// nothing of where it comes from: a form needs no script, and a browser sends its cookies with it.
func (c *Call) OwnForm() bool {
	return c.Header("Origin") == c.origin || c.Header("Sec-Fetch-Site") == "same-origin"
}
