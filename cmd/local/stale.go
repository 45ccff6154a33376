package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
)

// writes are the operations of DynamoDB that a transaction of somebody else can keep from being done.
var writes = map[string]bool{"PutItem": true, "UpdateItem": true, "DeleteItem": true, "TransactWriteItems": true}

var (
	reads      = map[string]bool{"GetItem": true, "BatchGetItem": true, "Query": true, "Scan": true}
	consistent = regexp.MustCompile(`"ConsistentRead"\s*:\s*true`)
)

// mayBeStale reports a read that did not ask for what is true now.
func mayBeStale(operation string, body []byte) bool {
	return reads[operation] && !consistent.Match(body)
}

// staleReads keeps the answer to each read that a fault made stale.
type staleReads struct {
	mu   sync.Mutex
	last map[string]*httptest.ResponseRecorder
}

// stale answers a read with the result of the one before that was the same.
func (p *proxy) stale(w http.ResponseWriter, r *http.Request, operation string, body []byte) int {
	now := httptest.NewRecorder()
	p.pass(now, r, operation, body)
	p.reads.mu.Lock()
	if p.reads.last == nil {
		p.reads.last = map[string]*httptest.ResponseRecorder{}
	}
	key := operation + string(body)
	before := p.reads.last[key]
	p.reads.last[key] = now
	p.reads.mu.Unlock()
	if before == nil {
		before = now
	}
	maps.Copy(w.Header(), before.Header())
	w.WriteHeader(before.Code)
	w.Write(before.Body.Bytes())
	return before.Code
}
