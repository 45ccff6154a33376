package oidc

import "testing"

func TestARedirectURIIsComparedLetterForLetter(t *testing.T) {
	c := web()
	c.RedirectURIs = []string{"https://app.example.com/cb", "https://app.example.com/cb?tenant=1"}
	c.PostLogoutURIs = c.RedirectURIs
	for _, uri := range c.RedirectURIs {
		if !c.Redirects(uri) || !c.RedirectsAfterLogout(uri) {
			t.Errorf("%s is registered", uri)
		}
	}
	for _, uri := range []string{
		"", "https://APP.example.com/cb", "https://app.example.com/CB", "HTTPS://app.example.com/cb", "http://app.example.com/cb",
		"https://app.example.com/cb/", "https://app.example.com/cb/more", "https://app.example.com/..;/cb", "https://app.example.com/%2e%2e/cb", "https://app.example.com/x/../cb", "https://app.example.com/%63b",
		"https://app.example.com/cb?", "https://app.example.com/cb?a=1", "https://app.example.com/cb?tenant=1&a=2", "https://app.example.com/cb?tenant=2", "https://app.example.com/cb#", "https://app.example.com/cb#x",
		"https://app.example.com./cb", "https://app.example.com:443/cb", "https://app.example.com:8443/cb", "https://user@app.example.com/cb", "https://app.example.com@evil.example/cb", "https://a@b@app.example.com/cb",
		`https://app.example.com\@evil.example/cb`, `https://evil.example\app.example.com/cb`, "https://app.example.com.evil/cb", "https://evil.example/https://app.example.com/cb",
		"https://xn--pp-eka.example.com/cb", "https://app.example.com/c\tb", "https://app.example.com/cb\n", " https://app.example.com/cb", "https://app.example.com/cb\x00", "javascript:https://app.example.com/cb",
	} {
		if c.Redirects(uri) || c.RedirectsAfterLogout(uri) {
			t.Errorf("%q is not registered", uri)
		}
	}
}

func TestTheExceptionForLoopbackIsThePortOfANativeApp(t *testing.T) {
	app := native()
	app.RedirectURIs = []string{"http://127.0.0.1/cb", "http://[::1]/cb?a=1", "http://localhost:7000/cb", "http://127.0.0.1:9000/fixed"}
	for uri, may := range map[string]bool{
		"http://127.0.0.1/cb": true, "http://127.0.0.1:1/cb": true, "http://127.0.0.1:51004/cb": true, "http://[::1]:51004/cb?a=1": true, "http://localhost:7000/cb": true,
		"http://127.0.0.1:9000/fixed": true, "http://127.0.0.1:9001/fixed": false,
		"http://127.0.0.1:51004/cb/": false, "http://127.0.0.1:51004/CB": false, "http://127.0.0.1:51004/cb?a=1": false, "http://127.0.0.1:51004/cb#x": false, "http://127.0.0.1:51004/": false, "http://127.0.0.1:51004": false,
		"http://127.0.0.1:/cb": false, "http://127.0.0.1:0/cb": false, "http://127.0.0.1:080/cb": false, "http://127.0.0.1:123456/cb": false, "http://127.0.0.1:80x/cb": false, "http://127.0.0.1:80@evil.example/cb": false,
		"http://127.0.0.1:80:80/cb": false, "http://127.0.0.1.evil.example:80/cb": false, "https://127.0.0.1:51004/cb": false, "http://127.0.0.2:51004/cb": false, "http://[::1]:51004/cb": false,
		"http://localhost:7001/cb": false, "http://localhost/cb": false, "http://localhost:51004/cb?a=1": false, "HTTP://127.0.0.1:51004/cb": false,
	} {
		if app.Redirects(uri) != may {
			t.Errorf("%s: %v", uri, !may)
		}
	}
	site := web()
	site.RedirectURIs = app.RedirectURIs
	if site.Redirects("http://127.0.0.1:51004/cb") {
		t.Error("a web client has no exception")
	}
}

func FuzzWhatRedirectsIsRegisteredOrALoopbackPort(f *testing.F) {
	app := native()
	app.RedirectURIs = []string{"http://127.0.0.1/cb", "https://app.example.com/cb"}
	f.Add("http://127.0.0.1:80/cb")
	f.Fuzz(func(t *testing.T, uri string) {
		if !app.Redirects(uri) || uri == app.RedirectURIs[0] || uri == app.RedirectURIs[1] {
			return
		}
		if u, flaw := parseURI(uri); flaw != "" || u.Hostname() != "127.0.0.1" || u.Path != "/cb" || u.RawQuery != "" {
			t.Errorf("%q redirects", uri)
		}
	})
}
