package httpapi

import (
	"context"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
)

func TestCallTellsWhoAsks(t *testing.T) {
	tests := []struct{ name, remote, ip, network string }{
		{"IPv4 stands for itself", "192.0.2.7", "192.0.2.7", "192.0.2.7"},
		{"a port is left out", "192.0.2.7:4711", "192.0.2.7", "192.0.2.7"},
		{"IPv6 is one network by /64", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"IPv6 with a port", "[2001:db8:1:2::9]:4711", "2001:db8:1:2::9", "2001:db8:1:2::/64"},
		{"IPv4 written as IPv6 is IPv4", "::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"},
		{"a zone opens no second counter", "fe80::1%eth1", "fe80::1", "fe80::/64"},
		{"no address shares one counter", "", "unknown", "unknown"},
		{"rubbish shares it too", "x\ny", "unknown", "unknown"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(func(_ context.Context, c *Call, _ thing) (any, error) {
				if c.IP != test.ip || c.Network != test.network {
					t.Errorf("ip %q, network %q", c.IP, c.Network)
				}
				return nil, nil
			})
			r := request("POST", "/v1/things/1", `{}`, "X-Forwarded-For", "203.0.113.9", "Forwarded", "for=203.0.113.9", "X-Real-Ip", "203.0.113.9")
			r.RemoteAddr = test.remote
			s.do(r)
		})
	}
}

func TestCall(t *testing.T) {
	s := newSite(func(_ context.Context, c *Call, in thing) (any, error) {
		if c.Path("id") != "a/b" || c.Cookie("known") != "yes" || c.Cookie("other") != "" || c.RequestID != "r-1" {
			t.Errorf("path %q, cookies %q %q", c.Path("id"), c.Cookie("known"), c.Cookie("other"))
		}
		if !c.Now.Equal(now) || c.Now.Location() != time.UTC {
			t.Errorf("time %v", c.Now)
		}
		if len(c.UserAgent) != maxUserAgent || strings.ContainsAny(c.UserAgent, "\x1b\nह") {
			t.Errorf("user agent %q", c.UserAgent)
		}
		if got := c.Seen("logged_in"); got != (account.Activity{Kind: "logged_in", At: c.Now, IP: "192.0.2.7", UserAgent: c.UserAgent}) {
			t.Errorf("activity %+v", got)
		}
		c.SetHeader("ETag", `"2"`)
		c.SetCookie(SessionCookie, "s", 0)
		c.SetCookie("__Host-signup", "b", 24*time.Hour)
		c.SetCookie("__Host-old", "", -1)
		return in, nil
	})
	w, body := s.do(request("POST", "/v1/things/a%2Fb", `{"name":"ada"}`, "If-Match", `"1"`, "Cookie", "known=yes",
		"User-Agent", "\x1b[31mX\nh\u0939"+strings.Repeat("y", 500)))
	if w.Code != 200 || body["name"] != "ada" || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("ETag") != `"2"` {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	want := []string{
		"__Host-session=s; Path=/; HttpOnly; Secure; SameSite=Lax",
		"__Host-signup=b; Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=Lax",
		"__Host-old=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
	}
	if got := w.Header()["Set-Cookie"]; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("cookies %q", got)
	}
}

func TestIfMatch(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		want    bool
	}{
		"nothing asked":                {nil, true},
		"an empty header asks nothing": {[]string{"If-Match", ""}, true},
		"the tag":                      {[]string{"If-Match", `"7"`}, true},
		"the tag in a list":            {[]string{"If-Match", `"6", "7" ,"8"`}, true},
		"the tag in a second header":   {[]string{"If-Match", `"6"`, "If-Match", `"7"`}, true},
		"whatever there is":            {[]string{"If-Match", "*"}, true},
		"another tag":                  {[]string{"If-Match", `"6"`}, false},
		"a list without it":            {[]string{"If-Match", `"6", "17"`}, false},
		"a weak tag is no strong one":  {[]string{"If-Match", `W/"7"`}, false},
		"a tag without its quotes":     {[]string{"If-Match", `7`}, false},
		"spaces and tabs ask nothing":  {[]string{"If-Match", " \t"}, true},
		"a blank of another kind asks": {[]string{"If-Match", "\u00a0"}, false},
		"a list of nothing asks":       {[]string{"If-Match", ","}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(func(_ context.Context, call *Call, _ thing) (any, error) {
				if call.IfMatch(`"7"`) != c.want {
					t.Errorf("%v", !c.want)
				}
				return nil, nil
			})
			r := request("POST", "/v1/things/1", `{}`)
			for i := 0; i+1 < len(c.headers); i += 2 {
				r.Header.Add(c.headers[i], c.headers[i+1])
			}
			s.do(r)
		})
	}
}

func TestACookieHasOneValueOrNone(t *testing.T) {
	for name, c := range map[string]struct {
		header []string
		want   string
	}{
		"it is there":                    {[]string{"a=1; b=2"}, "2"},
		"it is not there":                {[]string{"a=1"}, ""},
		"it is empty":                    {[]string{"b="}, ""},
		"an empty one first":             {[]string{"b=; b=2"}, "2"},
		"an empty one last":              {[]string{"b=2; b="}, "2"},
		"an empty one in another header": {[]string{"b=", "b=2"}, "2"},
		"twice the same":                 {[]string{"b=2; b=2"}, "2"},
		"two that differ":                {[]string{"b=2; b=3"}, ""},
		"white space around it":          {[]string{"b= 2\t"}, "2"},
		"another case of the name":       {[]string{"B=2"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			asked := false
			s := newSite(func(_ context.Context, call *Call, _ thing) (any, error) {
				asked = true
				if got := call.Cookie("b"); got != c.want {
					t.Errorf("%q", got)
				}
				return nil, nil
			})
			r := request("POST", "/v1/things/1", `{}`)
			r.Header["Cookie"] = c.header
			if s.do(r); !asked {
				t.Error("not asked")
			}
		})
	}
}
