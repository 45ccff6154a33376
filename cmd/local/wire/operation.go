package wire

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Operation names what a request asks a service for, and the tables that it concerns. It is "" for a request that is no call, such as one that
// only opens a connection.
func Operation(service string, r *http.Request) (operation, table string) {
	switch service {
	case S3:
		return s3Operation(r), ""
	case Calls:
		return "Call", ""
	case Captcha:
		return "SiteVerify", ""
	}
	if _, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		if service == DynamoDB {
			table = tablesOf(Peek(r))
		}
		return operation, table
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, _ := url.ParseQuery(string(Peek(r)))
		return form.Get("Action"), ""
	}
	return "", ""
}

// Peek reads the body and puts it back.
func Peek(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}
