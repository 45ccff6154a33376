package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"

	"phonon.in/central/shared/fault"
)

// JSON makes an endpoint of f: the body is read strictly into In, what f returns is answered with the status, and every
// error becomes a problem document. An Out of None is answered without a body; one that has an ETag, 304 to who has it already.
func JSON[In, Out any](success int, f func(ctx context.Context, c *Call, in In) (Out, error)) http.Handler {
	check := shapeOf[In]()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := callOf(r.Context())
		var in In
		if err := readBody(r, check, &in); err != nil {
			answerFault(w, call, err)
			return
		}
		out, err := f(r.Context(), call, in)
		if err != nil {
			answerFault(w, call, err)
			return
		}
		if _, empty := any(out).(None); empty {
			w.WriteHeader(success)
			return
		}
		if unchanged(r, w.Header()) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		answer(w, success, "application/json", out)
	})
}

func answer(w http.ResponseWriter, code int, contentType string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic("httpapi: an answer cannot be encoded: " + err.Error()) // answers are made of plain structs
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(code)
	w.Write(text)
}

// maxBody in bytes: the largest request of the API is far below.
const maxBody = 64 << 10

var (
	errMediaType = fault.New(fault.UnsupportedMedia, "not_json", "Send the body as application/json.")
	errTooLarge  = fault.New(fault.TooLarge, "body_too_large", "The body is larger than 64 KiB.")
	errBody      = fault.New(fault.Malformed, "body_unreadable", "The body ended before it was complete.")
	errMissing   = fault.New(fault.Malformed, "body_missing", "This request needs a body. If a page sent it, the page is older than what it speaks to: load it again.")
	errNoBody    = fault.New(fault.Malformed, "body_not_expected", "This request has no body.")
)

func readBody(r *http.Request, check *shape, in any) error {
	body, err := allOf(r)
	switch {
	case err != nil:
		return errBody.Because(err)
	case check == nil:
		return expectNothing(body)
	case len(body) > maxBody:
		return errTooLarge
	case len(body) == 0:
		return errMissing
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return errMediaType
	}
	if err := check.verify(body); err != nil {
		return err
	}
	if err := json.Unmarshal(body, in); err != nil {
		return malformed("", "The body does not have the expected form.").Because(err)
	}
	callOf(r.Context()).body = body
	return nil
}

// allOf reads the body, or as much of it as shows that it is too large.
func allOf(r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(r.ContentLength, 0), maxBody)) + bytes.MinRead)
	_, err := b.ReadFrom(io.LimitReader(r.Body, maxBody+1))
	return b.Bytes(), err
}

// expectNothing takes the empty object for nothing, with the white space of JSON (RFC 8259 2): some clients cannot send less.
func expectNothing(body []byte) error {
	text := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(string(body))
	if text != "" && text != "{}" {
		return errNoBody
	}
	return nil
}
