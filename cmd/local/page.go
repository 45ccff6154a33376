package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/cmd/local/capture"
)

//go:embed page.html
var page []byte

// desk is /_local: what a developer looks at, and the same for programs.
type desk struct {
	box      *capture.Box
	db       *dynamodb.Client
	tables   []TableSpec
	requests *traces
	faults   *faults
	events   *events
}

func (d *desk) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_local", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page)
	})
	mux.HandleFunc("GET /_local/messages", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, d.box.Messages(r.URL.Query().Get("to")))
	})
	mux.HandleFunc("DELETE /_local/messages", func(w http.ResponseWriter, _ *http.Request) {
		if err := d.box.Clear(); err != nil {
			writeError(w, http.StatusInternalServerError, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /_local/tables", d.showTables)
	mux.HandleFunc("GET /_local/requests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, d.requests.newest())
	})
	mux.HandleFunc("GET /_local/faults", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, d.faults.list()) })
	mux.HandleFunc("PUT /_local/faults", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
		if err == nil {
			err = d.faults.set(body)
		}
		if err != nil {
			writeError(w, http.StatusBadRequest, err)
			return
		}
		writeJSON(w, http.StatusOK, d.faults.list())
	})
	mux.HandleFunc("POST /_local/schedule", func(w http.ResponseWriter, _ *http.Request) {
		if err := d.events.fire(); err != nil {
			writeError(w, http.StatusInternalServerError, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

func (d *desk) showTables(w http.ResponseWriter, r *http.Request) {
	all := map[string][]map[string]any{}
	for _, t := range d.tables {
		items, err := d.scan(r.Context(), t.Name)
		if err != nil {
			writeError(w, http.StatusInternalServerError, err)
			return
		}
		name := map[string]string{"UsersTable": "users", "TokensTable": "tokens"}[t.LogicalID]
		if name == "" {
			name = t.LogicalID
		}
		all[name] = items
	}
	writeJSON(w, http.StatusOK, all)
}

func (d *desk) scan(ctx context.Context, table string) ([]map[string]any, error) {
	items := []map[string]any{}
	pages := dynamodb.NewScanPaginator(d.db, &dynamodb.ScanInput{TableName: &table, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		p, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, i := range p.Items {
			var plain map[string]any
			if err := attributevalue.UnmarshalMap(i, &plain); err != nil {
				return nil, err
			}
			items = append(items, plain)
		}
	}
	return items, nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(v)
}

func writeError(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]string{"error": err.Error()})
}
