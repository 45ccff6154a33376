package main

import (
	_ "embed"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/cmd/local/capture"
	"phonon.in/central/cmd/local/events"
	"phonon.in/central/cmd/local/faults"
	"phonon.in/central/cmd/local/iam"
	"phonon.in/central/cmd/local/template"
	"phonon.in/central/cmd/local/xray"
)

//go:embed page.html
var pageHTML []byte

// inspector serves /_local: what the run has seen, for people and for programs.
type inspector struct {
	box      *capture.Box
	db       *dynamodb.Client
	tables   []template.Table
	requests *xray.Traces
	used     *iam.Permissions
	faults   *faults.Faults
	schedule *events.Schedule
	running  func() running
}

func (i *inspector) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_local", page)
	mux.HandleFunc("GET /_local/{$}", page)
	mux.HandleFunc("GET /_local/run", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, i.running())
	})
	mux.HandleFunc("GET /_local/messages", func(w http.ResponseWriter, r *http.Request) {
		// A "+" that nobody encoded is a number's, not a space.
		writeJSON(w, http.StatusOK, i.box.Messages(strings.ReplaceAll(r.URL.Query().Get("to"), " ", "+")))
	})
	mux.HandleFunc("DELETE /_local/messages", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, nil, i.box.Clear())
	})
	mux.HandleFunc("GET /_local/tables", func(w http.ResponseWriter, r *http.Request) {
		all, err := allItems(r.Context(), i.db, i.tables)
		reply(w, all, err)
	})
	mux.HandleFunc("DELETE /_local/limits", func(w http.ResponseWriter, r *http.Request) {
		n, err := forgetLimits(r.Context(), i.db, i.tables, r.URL.Query().Get("part"))
		reply(w, map[string]int{"forgotten": n}, err)
	})
	mux.HandleFunc("GET /_local/requests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, i.requests.Newest())
	})
	mux.HandleFunc("GET /_local/permissions", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, i.used.List())
	})
	mux.HandleFunc("GET /_local/faults", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, i.faults.List())
	})
	mux.HandleFunc("PUT /_local/faults", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
		if err == nil {
			err = i.faults.Set(body)
		}
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"message": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, i.faults.List())
	})
	mux.HandleFunc("DELETE /_local/faults", func(w http.ResponseWriter, _ *http.Request) {
		i.faults.Clear()
		reply(w, nil, nil)
	})
	mux.HandleFunc("POST /_local/schedule", func(w http.ResponseWriter, r *http.Request) {
		now, err := time.Now(), error(nil)
		if at := r.FormValue("at"); at != "" {
			now, err = time.Parse(time.RFC3339, at)
		}
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"message": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, i.schedule.FireAll(r.FormValue("function"), now))
	})
	return guard(mux)
}

// guard keeps other sites out of what is shown here, codes and links among it: a page elsewhere must neither post to it nor reach it
// under a name of its own that resolves to this machine.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		origin := r.Header.Get("Origin")
		if !(host == "localhost" || ip != nil && ip.IsLoopback()) || origin != "" && origin != "http://"+r.Host {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"message":"Forbidden"}`)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data: https:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Write(pageHTML)
}

func reply(w http.ResponseWriter, v any, err error) {
	switch {
	case err != nil:
		writeJSON(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
	case v == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		writeJSON(w, http.StatusOK, v)
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(v)
}
