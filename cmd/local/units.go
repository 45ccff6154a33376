package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"
)

// use is what a call took: the bytes of its bodies, and the units that DynamoDB bills for it.
type use struct {
	FromMs     float64 `json:"fromMs"` // since its request began; calls that overlap were made side by side
	Sent       int64   `json:"sent"`
	Received   int64   `json:"received"`
	ReadUnits  float64 `json:"readUnits,omitempty"`
	WriteUnits float64 `json:"writeUnits,omitempty"`

	began time.Time
}

type useKey struct{}

// measured lets what happens to the request count for u.
func (u *use) measured(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, *http.Request) {
	u.Sent = max(r.ContentLength, 0)
	return &byteCounter{w, u}, r.WithContext(context.WithValue(r.Context(), useKey{}, u))
}

type byteCounter struct {
	http.ResponseWriter
	of *use
}

func (c *byteCounter) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.of.Received += int64(n)
	return n, err
}

func (c *byteCounter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// billed has the operations of DynamoDB that take units.
var billed = map[string]bool{
	"GetItem": true, "BatchGetItem": true, "TransactGetItems": true, "Query": true, "Scan": true,
	"PutItem": true, "UpdateItem": true, "DeleteItem": true, "BatchWriteItem": true, "TransactWriteItems": true,
}

const wish = `"ReturnConsumedCapacity":"INDEXES"`

// metered asks DynamoDB what each call consumes, and takes that out of the answer again: the functions do not ask for it.
func metered(engine http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		u, counted := r.Context().Value(useKey{}).(*use)
		body := peek(r)
		if !counted || !billed[operation] || !bytes.HasPrefix(body, []byte(`{"`)) || bytes.Contains(body, []byte(`"ReturnConsumedCapacity"`)) {
			engine.ServeHTTP(w, r)
			return
		}
		asked := r.Clone(r.Context())
		more := slices.Concat([]byte("{"+wish+","), body[1:])
		asked.Body, asked.ContentLength = io.NopCloser(bytes.NewReader(more)), int64(len(more))
		rec := httptest.NewRecorder()
		engine.ServeHTTP(rec, asked)
		answer, consumed := withoutMember(rec.Body.Bytes(), "ConsumedCapacity")
		if rec.Code == http.StatusOK {
			u.consumed(operation, consumed)
		} else {
			u.failed(answer)
		}
		maps.Copy(w.Header(), rec.Header())
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		if w.Header().Get("X-Amz-Crc32") != "" {
			w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(answer)), 10))
		}
		w.WriteHeader(rec.Code)
		w.Write(answer)
	})
}

// capacity is a member ConsumedCapacity.
type capacity struct {
	CapacityUnits          float64
	ReadCapacityUnits      float64
	WriteCapacityUnits     float64
	GlobalSecondaryIndexes map[string]struct{ CapacityUnits float64 }
}

// consumed adds what the engine says of a call that it did. In transactions AWS's own engine doubles what the indexes take, and so do we: dynoxide,
// which is known by its telling reads from writes there, does not.
func (u *use) consumed(operation string, text []byte) {
	var all []capacity
	if json.Unmarshal(text, &all) != nil {
		all = make([]capacity, 1)
		if json.Unmarshal(text, &all[0]) != nil {
			return
		}
	}
	for _, c := range all {
		if operation == "TransactWriteItems" && c.WriteCapacityUnits > 0 {
			for _, index := range c.GlobalSecondaryIndexes {
				c.CapacityUnits += index.CapacityUnits
			}
		}
		if reads[operation] || operation == "TransactGetItems" || c.ReadCapacityUnits > 0 { // a repeated transaction is only read
			u.ReadUnits += c.CapacityUnits
		} else {
			u.WriteUnits += c.CapacityUnits
		}
	}
}

// failed adds what a write takes whose condition did not hold: the size of the item as it is, one unit at least, and twice that for each action
// of a transaction. Other failures take nothing.
func (u *use) failed(answer []byte) {
	type reason struct {
		Type string                    `json:"__type"`
		Item map[string]map[string]any // where the caller wants to see it
	}
	var e struct {
		reason
		CancellationReasons []reason
	}
	if json.Unmarshal(answer, &e) != nil {
		return
	}
	if strings.HasSuffix(e.Type, "#ConditionalCheckFailedException") {
		u.WriteUnits += writeUnits(e.Item)
	}
	for _, r := range e.CancellationReasons {
		u.WriteUnits += 2 * writeUnits(r.Item)
	}
}

func writeUnits(item map[string]map[string]any) float64 {
	n := 0
	for name, v := range item {
		n += len(name) + sizeOf(v)
	}
	return max(1, math.Ceil(float64(n)/1024))
}

// sizeOf is the size of a value as DynamoDB bills it (AWS, "DynamoDB item sizes and formats").
func sizeOf(value map[string]any) int {
	n := 0
	for kind, v := range value {
		switch v := v.(type) {
		case string:
			n += scalar(kind, v)
		case bool:
			n++
		case map[string]any:
			n += 3
			for name, member := range v {
				one, _ := member.(map[string]any)
				n += 1 + len(name) + sizeOf(one)
			}
		case []any:
			n += 3
			for _, element := range v {
				switch element := element.(type) {
				case string:
					n += scalar(strings.TrimSuffix(kind, "S"), element)
				case map[string]any:
					n += 1 + sizeOf(element)
				}
			}
		}
	}
	return n
}

func scalar(kind, text string) int {
	switch kind {
	case "N":
		return (len(text)+1)/2 + 1
	case "B":
		return base64.StdEncoding.DecodedLen(len(text))
	}
	return len(text)
}

// withoutMember cuts a member out of a JSON object and leaves every other byte as it is.
func withoutMember(object []byte, name string) (rest, value []byte) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return object, nil
	}
	for first := true; d.More(); first = false {
		from := d.InputOffset()
		key, err := d.Token()
		var member json.RawMessage
		if err != nil || d.Decode(&member) != nil {
			return object, nil
		}
		if key != name {
			continue
		}
		to := d.InputOffset()
		if after := object[to:]; first && len(after) > 0 && after[0] == ',' {
			to++
		}
		return append(bytes.Clone(object[:from]), object[to:]...), member
	}
	return object, nil
}
