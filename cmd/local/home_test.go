package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestHomeIsWhereThePublicURLIs(t *testing.T) {
	s := startSystem(t, newProject(t), func(o *options) { o.set["PublicUrl"] = "https://tunnel.example" })
	for host, to := range map[string]string{"tunnel.example": "", "127.0.0.1": "https://tunnel.example/echo/version"} {
		r, _ := http.NewRequest("GET", s.url+"/echo/version", nil)
		if to == "" {
			r.Host = host
		}
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := answer.Header.Get("Location"); got != to || (to == "") != (answer.StatusCode == http.StatusOK) {
			t.Errorf("under %s: %d %q", host, answer.StatusCode, got)
		}
	}
	var out bytes.Buffer
	if s.banner(&out, io.Discard); !strings.HasPrefix(out.String(), "Central     https://tunnel.example\nIts inside  "+s.url+"/_local ") {
		t.Error(out.String())
	}
}

func TestLocalhostLeadsToARunAndFromThereHome(t *testing.T) {
	s := startSystem(t, newProject(t), nil)
	for _, host := range []string{"localhost", "[::1]"} {
		t.Run(host, func(t *testing.T) {
			if host == "[::1]" && len(s.listeners) < 2 {
				t.Skip("this machine has no IPv6")
			}
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			answer, err := client.Get(strings.Replace(s.url, "127.0.0.1", host, 1) + "/signup?next=%2Fkyc")
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if to := answer.Header.Get("Location"); answer.StatusCode != 307 || to != s.url+"/signup?next=%2Fkyc" {
				t.Errorf("%d %s", answer.StatusCode, to)
			}
		})
	}
}
