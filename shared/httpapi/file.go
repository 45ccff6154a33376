package httpapi

import (
	"context"
	"mime"
	"net/http"
)

// File is an answer that is kept as a file.
type File struct {
	Name string // as the client saves it: ASCII, no path
	Type string // Content-Type
	Body []byte
}

// Attachment makes an endpoint that takes no body and answers 200 with a file, which no browser opens in place of a page of ours.
func Attachment(f func(ctx context.Context, c *Call) (File, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := callOf(r.Context())
		err := readBody(r, nil, nil)
		var file File
		if err == nil {
			file, err = f(r.Context(), call)
		}
		if err != nil {
			answerFault(w, call, err)
			return
		}
		w.Header().Set("Content-Type", file.Type)
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(file.Body)
	})
}
