package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

// Same makes an endpoint of an answer that is the same for everybody until the next deployment. It is encoded and packed once, when
// it is first asked for; an HTTP API packs nothing. Answers about a person are not packed: their length would tell of what is in them.
func Same(value any) http.Handler {
	made := sync.OnceValue(func() encoded { return pack(value) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := readBody(r, nil, nil); err != nil {
			answerFault(w, callOf(r.Context()), err)
			return
		}
		e, h := made(), w.Header()
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("Vary", "Accept-Encoding")
		h.Set("ETag", e.tag)
		if r.Header.Get("If-None-Match") == e.tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", "application/json")
		body := e.plain
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = e.packed
		}
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(body)
	})
}

type encoded struct {
	plain, packed []byte
	tag           string
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
	return encoded{text, b.Bytes(), `"` + hex.EncodeToString(sum[:8]) + `"`}
}
