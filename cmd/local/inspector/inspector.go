// Package inspector is what a run shows of its inside, under /_local: to people a page, to programs what was sent, stored, called and made to go wrong.
// On AWS that is the console.
package inspector

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

// Inspector has what is shown, and what can be set.
type Inspector struct {
	Run      any // that is shown as what the run is made of
	Box      *capture.Box
	DB       *dynamodb.Client
	Tables   []template.Table
	Traces   *xray.Traces
	Used     *iam.Permissions
	Faults   *faults.Faults
	Schedule *events.Schedule
}

// Beside serves /_local, and leaves everything else to the gateway as it came: http.ServeMux would clean its paths by redirects.
func (i *Inspector) Beside(gateway http.Handler) http.Handler {
	inspect := i.handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; p == "/_local" || strings.HasPrefix(p, "/_local/") {
			inspect.ServeHTTP(w, r)
			return
		}
		gateway.ServeHTTP(w, r)
	})
}

func (i *Inspector) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_local", page)
	mux.HandleFunc("GET /_local/{$}", page)
	mux.HandleFunc("GET /_local/run", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, i.Run)
	})
	mux.HandleFunc("GET /_local/messages", func(w http.ResponseWriter, r *http.Request) {
		// A "+" that nobody encoded is a number's, not a space.
		writeJSON(w, http.StatusOK, i.Box.Messages(strings.ReplaceAll(r.URL.Query().Get("to"), " ", "+")))
	})
	mux.HandleFunc("DELETE /_local/messages", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, nil, i.Box.Clear())
	})
	mux.HandleFunc("GET /_local/tables", func(w http.ResponseWriter, r *http.Request) {
		all, err := allItems(r.Context(), i.DB, i.Tables)
		reply(w, all, err)
	})
	mux.HandleFunc("DELETE /_local/limits", func(w http.ResponseWriter, r *http.Request) {
		n, err := forgetLimits(r.Context(), i.DB, i.Tables, r.URL.Query().Get("part"))
		reply(w, map[string]int{"forgotten": n}, err)
	})
	mux.HandleFunc("GET /_local/requests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, i.Traces.Newest())
	})
	mux.HandleFunc("GET /_local/permissions", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, i.Used.List())
	})
	i.handleFaults(mux)
	mux.HandleFunc("POST /_local/schedule", i.fire)
	return guard(mux)
}

func (i *Inspector) handleFaults(mux *http.ServeMux) {
	mux.HandleFunc("GET /_local/faults", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, i.Faults.List())
	})
	mux.HandleFunc("PUT /_local/faults", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
		if err == nil {
			err = i.Faults.Set(body)
		}
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"message": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, i.Faults.List())
	})
	mux.HandleFunc("DELETE /_local/faults", func(w http.ResponseWriter, _ *http.Request) {
		i.Faults.Clear()
		reply(w, nil, nil)
	})
}

// fire runs the schedules now, or at the time that is given.
func (i *Inspector) fire(w http.ResponseWriter, r *http.Request) {
	now, err := time.Now(), error(nil)
	if at := r.FormValue("at"); at != "" {
		now, err = time.Parse(time.RFC3339, at)
	}
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"message": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, i.Schedule.FireAll(r.FormValue("function"), now))
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
