package httpapi

import (
	"errors"
	"net/http"
	"net/url"

	"phonon.in/central/shared/fault"
)

// Refused notes for the log, the limits and the security events what an answer is about that is a page or a redirect, and says it to people. It
// returns the fault: errInternal for what is none.
func (c *Call) Refused(err error) *fault.Error {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = errInternal
	}
	if s, ok := c.w.(*status); ok {
		s.fault, s.cause, s.meant = f, err, http.StatusInternalServerError
		if code, known := statuses[f.Kind]; known {
			s.meant = code
		}
	}
	return f
}

// OwnForm reports a form that a page of ours has sent. It asks more than the guard against writes of other sites, which lets pass what says
// nothing of where it comes from: a form needs no script, and a browser sends its cookies with it.
func (c *Call) OwnForm() bool {
	return c.Header("Origin") == c.origin || c.Header("Sec-Fetch-Site") == "same-origin"
}

// ToProduct leads on to the request of a product that a person is on the way to, as a page has carried it; otherwise to a page of ours, where there
// is none. Wherever the text comes from, it leads to this one address of ours, which looks at it anew.
func ToProduct(carried, otherwise string) Reply {
	q, err := url.ParseQuery(carried)
	if err != nil || len(q) == 0 {
		return RedirectTo(otherwise)
	}
	return RedirectTo("/oauth2/authorize?" + q.Encode())
}

// ToPage leads to a page of ours that carries the request of a product on, and says there what went wrong: note is the place of a text in it, or "".
func ToPage(page, carried, note string) Reply {
	to := url.URL{Path: page, Fragment: note}
	if carried != "" {
		to.RawQuery = url.Values{"authorize": {carried}}.Encode()
	}
	return RedirectTo(to.String())
}
