package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// Reply is an answer that the endpoint has made whole.
type Reply struct {
	Status int
	Header http.Header // beside, and instead of, those that every answer has; may be nil
	Body   []byte
}

// JSONReply is an answer of 200 with a document.
func JSONReply(document any) Reply {
	text, err := json.Marshal(document)
	if err != nil {
		panic("httpapi: an answer cannot be encoded: " + err.Error()) // answers are made of plain structs and maps
	}
	return Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: text}
}

// RedirectTo leads a browser on: 303, so that a POST becomes a GET and what it carried stays here (RFC 9700, section 4.12).
func RedirectTo(location string) Reply {
	return Reply{Status: http.StatusSeeOther, Header: http.Header{"Location": {location}}}
}

// Foreign adds a route that pages of other sites may call: it is outside the guard against writes of other sites, and so must do nothing on the
// strength of a cookie alone.
func (a *API) Foreign(route string, h http.Handler) {
	a.foreign[route] = true
	a.Public(route, h)
}

// CurrentSession is what the browser's session cookie names; whether there is such a session is for the store to say.
func (c *Call) CurrentSession() (id account.ID, digest string, ok bool) {
	owner, digest, err := token.ParseSession(c.Cookie(SessionCookie))
	return account.ID(owner), digest, err == nil
}

// Form makes an endpoint of OAuth of f: it gets the query, and the form that a POST has in its body. An oidc.Error becomes the document of
// RFC 6749, section 5.2, and so does every other error.
func Form(f func(ctx context.Context, c *Call, query, form url.Values) (Reply, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := callOf(r.Context())
		query, form, err := readForm(r, call)
		if err != nil {
			answerOAuth(w, call, err)
			return
		}
		reply, err := f(r.Context(), call, query, form)
		if err != nil {
			answerOAuth(w, call, err)
			return
		}
		for name, values := range reply.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(reply.Status)
		w.Write(reply.Body)
	})
}

func readForm(r *http.Request, c *Call) (query, form url.Values, err error) {
	if query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return nil, nil, oidc.Refuse(oidc.InvalidRequest, "The query is not readable.").Because(err)
	}
	if r.Method != http.MethodPost {
		return query, url.Values{}, nil
	}
	c.body, err = io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, nil, oidc.Refuse(oidc.InvalidRequest, "The body ended before it was complete.").Because(err)
	case len(c.body) > maxBody:
		return nil, nil, oidc.Refuse(oidc.InvalidRequest, "The body is larger than 64 KiB.")
	case len(bytes.TrimSpace(c.body)) == 0:
		return query, url.Values{}, nil
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/x-www-form-urlencoded" {
		return nil, nil, oidc.Refuse(oidc.InvalidRequest, "Send the body as application/x-www-form-urlencoded.")
	}
	if form, err = url.ParseQuery(string(c.body)); err != nil {
		return nil, nil, oidc.Refuse(oidc.InvalidRequest, "The body is not readable.").Because(err)
	}
	return query, form, nil
}

type oauthError struct {
	Error       oidc.Code `json:"error"`
	Description string    `json:"error_description,omitempty"`
}

// answerOAuth is answerFault in the words of RFC 6749.
func answerOAuth(w http.ResponseWriter, c *Call, err error) {
	var e *oidc.Error
	if !errors.As(err, &e) {
		e = inWordsOfOAuth(w, err)
	}
	code := oauthStatus(e)
	if s, ok := w.(*status); ok {
		s.fault, s.cause = &fault.Error{Kind: kindOf(code), Code: string(e.Code)}, err
	}
	if code == http.StatusUnauthorized || e.Scheme != "" {
		w.Header().Set("WWW-Authenticate", e.Challenge())
	}
	answer(w, code, "application/json", oauthError{e.Code, e.Description})
}

// inWordsOfOAuth takes a fault, or an error that is none, for what a client can do about it: wait, or give up.
func inWordsOfOAuth(w http.ResponseWriter, err error) *oidc.Error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		f = fault.Down(err)
	default:
		return oidc.Refuse(oidc.ServerError, "Something went wrong on our side. It is noted.")
	}
	if f.Kind != fault.TooMany && f.Kind != fault.Unavailable {
		return oidc.Refuse(oidc.ServerError, "Something went wrong on our side. It is noted.")
	}
	w.Header().Set("Retry-After", strconv.Itoa(max(1, seconds(f.RetryAfter))))
	if f.Kind == fault.TooMany {
		return oidc.Refuse(oidc.SlowDown, "Too many requests. Wait before you try again.")
	}
	return oidc.Refuse(oidc.TemporarilyUnavailable, "Something we depend on does not answer. Nothing was lost.")
}

func oauthStatus(e *oidc.Error) int {
	switch e.Code {
	case oidc.InvalidClient, oidc.InvalidToken:
		return http.StatusUnauthorized
	case oidc.InsufficientScope:
		return http.StatusForbidden
	case oidc.SlowDown:
		return http.StatusTooManyRequests
	case oidc.TemporarilyUnavailable:
		return http.StatusServiceUnavailable
	case oidc.ServerError:
		return http.StatusInternalServerError
	}
	if e.Scheme != "" {
		return http.StatusUnauthorized
	}
	return http.StatusBadRequest
}

func kindOf(code int) fault.Kind {
	for kind, status := range statuses {
		if status == code {
			return kind
		}
	}
	return 0
}
