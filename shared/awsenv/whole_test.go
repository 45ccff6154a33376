package awsenv

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// wrapped is a body of which net/http does not know what it is, as those of the SDK.
type wrapped struct {
	io.Reader
	closed atomic.Bool
}

func (w *wrapped) Close() error { w.closed.Store(true); return nil }

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

func TestASmallRequestGoesOutInOnePiece(t *testing.T) {
	var got atomic.Pointer[string]
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		s := string(text)
		got.Store(&s)
	}))
	defer server.Close()
	for name, c := range map[string]struct {
		body   string
		length int64
		writes int64
		failed bool
	}{
		"small":                   {"a call", 6, 1, false},
		"large":                   {strings.Repeat("x", smallBody+1), smallBody + 1, 2, false},
		"of unknown length":       {"a call", -1, 2, false},
		"shorter than it is said": {"a call", 7, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			var writes atomic.Int64
			client := Client(time.Second)
			TransportOf(client).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := new(net.Dialer).DialContext(ctx, network, address)
				return countingConn{conn, &writes}, err
			}
			defer client.CloseIdleConnections()
			body := &wrapped{Reader: strings.NewReader(c.body)}
			r, err := http.NewRequest("POST", server.URL, body)
			if err != nil {
				t.Fatal(err)
			}
			r.ContentLength = c.length
			answer, err := client.Do(r)
			if c.failed {
				if !errors.Is(err, io.ErrUnexpectedEOF) || writes.Load() != 0 {
					t.Errorf("%v after %d writes", err, writes.Load())
				}
			} else if err != nil || *got.Load() != c.body || writes.Load() < c.writes || c.writes == 1 && writes.Load() != 1 {
				t.Errorf("%v, %d writes", err, writes.Load())
			} else {
				answer.Body.Close()
			}
			if !body.closed.Load() {
				t.Error("the body is left open")
			}
		})
	}
}

func TestARequestWithoutABodyGoesOutAsItIs(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, bytes.NewReader([]byte(r.Method))) }))
	defer server.Close()
	answer, err := Client(time.Second).Head(server.URL)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	answer.Body.Close()
}
