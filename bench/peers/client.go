package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// client is the programs that people use, in networks of their own: addresses of 127.0.0.0/8. Limits for each network would end a run
// otherwise. Each keeps its connection.
type client []*http.Client

const networks = 64

func newClient() client {
	c := make(client, networks)
	for i := range c {
		from := &net.TCPAddr{IP: net.IPv4(127, 80, 0, byte(1+i))}
		dial := &net.Dialer{LocalAddr: from, Timeout: 5 * time.Second}
		c[i] = &http.Client{Transport: &http.Transport{DialContext: dial.DialContext}, Timeout: 30 * time.Second}
	}
	return c
}

// answer is what came back, where it came as expected.
type answer struct {
	cookies []*http.Cookie
	body    []byte
}

// call sends a JSON body, or none, as person n, with cookies. Any other status than the wanted one is an error.
func (c client) call(ctx context.Context, n int, method, url string, in any, wanted int, cookies ...*http.Cookie) (answer, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Accept", "application/json")
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, cookie := range cookies {
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	}
	reply, err := c[n%len(c)].Do(r)
	if err != nil {
		return answer{}, err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		return answer{}, err
	}
	if reply.StatusCode != wanted {
		return answer{}, fmt.Errorf("%s %s answered %d, not %d: %.300s", method, r.URL.Path, reply.StatusCode, wanted, text)
	}
	return answer{reply.Cookies(), text}, nil
}

// read is call for the body alone, into out.
func (c client) read(ctx context.Context, n int, method, url string, in any, wanted int, out any) error {
	a, err := c.call(ctx, n, method, url, in, wanted)
	if err != nil {
		return err
	}
	return json.Unmarshal(a.body, out)
}

// cookie is the cookie of a name, or nil.
func (a answer) cookie(name string) *http.Cookie {
	for _, c := range a.cookies {
		if c.Name == name {
			return c
		}
	}
	return nil
}
