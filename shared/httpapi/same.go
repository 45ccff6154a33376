package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"sync"

	"phonon.in/central/shared/header"
)

// Same makes an endpoint of an answer that is the same for everybody until the next deployment. It is made, encoded and packed once, when
// it is first asked for; an HTTP API packs nothing. Answers about a person are not packed: their length would tell of what is in them.
func Same[T any](value func() T) http.Handler {
	made := sync.OnceValue(func() encoded { return pack(value()) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := readBody(r, nil, nil); err != nil {
			answerFault(w, callOf(r.Context()), err)
			return
		}
		e, h := made(), w.Header()
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("Vary", "Accept-Encoding")
		body, tag := e.plain, e.tag
		packed := header.Gzip(r.Header.Values("Accept-Encoding"))
		if packed {
			body, tag = e.packed, e.packedTag
		}
		h.Set("ETag", tag)
		if unchanged(r, h) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if packed {
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(body)
	})
}

// unchanged reports whether who reads has what h is about to answer, by its tag (RFC 9110 13.1.2).
func unchanged(r *http.Request, h http.Header) bool {
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	tag := h.Get("ETag")
	return isRead && tag != "" && header.Lists(r.Header.Values("If-None-Match"), tag)
}

// encoded has a tag for each of its two forms: a strong one says that the bytes are the same (RFC 9110 8.8.3.3).
type encoded struct {
	plain, packed  []byte
	tag, packedTag string
}

func pack(value any) encoded {
	text, err := json.Marshal(value)
	if err != nil {
		panic("httpapi: an answer cannot be encoded: " + err.Error()) // answers are made of plain structs
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // neither a level that exists nor a buffer in memory fails
	_, _ = w.Write(text)
	_ = w.Close()
	sum := sha256.Sum256(text)
	name := hex.EncodeToString(sum[:8])
	return encoded{text, b.Bytes(), `"` + name + `"`, `"` + name + `-gzip"`}
}
