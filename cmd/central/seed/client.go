package seed

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/textproto"
	"time"
)

// person is somebody with a browser of their own, in a network of their own: an address of 127.0.0.0/8. Limits per network would
// otherwise end a run of many accounts. Not every system has these addresses; there all come from 127.0.0.1.
type person struct {
	origin, email, password, phone, landline, bearer string
	mailbox                                          Mailbox
	http                                             *http.Client
}

func newPerson(origin string, number int, now time.Time) *person {
	run := now.UnixMilli()       // no two runs share an address
	jar, _ := cookiejar.New(nil) // fails for options alone
	dial := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 77, byte(number>>8), byte(number))}}
	plain := &net.Dialer{}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if c, err := dial.DialContext(ctx, network, address); err == nil {
			return c, nil
		}
		return plain.DialContext(ctx, network, address)
	}}
	// Numbers of one block have a limit, too: no two are of the same.
	p := &person{
		origin: origin, password: Password, email: fmt.Sprintf("demo-%d-%d@example.com", run, number),
		phone:    fmt.Sprintf("+9198%04d%04d", number%10_000, run%10_000),
		landline: fmt.Sprintf("+91265%07d", 2_000_000+(run*131+int64(number)*10_007)%900_000),
		http:     &http.Client{Jar: jar, Transport: transport, Timeout: time.Minute},
	}
	p.mailbox = shown{p}
	return p
}

type object map[string]any

// call asks the API and reads the answer into out, which may be nil. An error says what the API said.
func (p *person) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, p.origin+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if p.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+p.bearer)
	}
	answer, err := p.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s answered %d: %.300s", method, path, answer.StatusCode, text)
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}

// post sends a file to storage by the form that the API gave.
func (p *person) post(ctx context.Context, to string, fields map[string]string, contentType string, file []byte) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, v := range fields {
		if err := w.WriteField(name, v); err != nil {
			return err
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="file"`}, "Content-Type": {contentType}})
	if err != nil {
		return err
	}
	part.Write(file) // into memory
	if err := w.Close(); err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, &body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	answer, err := p.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 300))
		return fmt.Errorf("storage answered %d: %s", answer.StatusCode, text)
	}
	return nil
}
