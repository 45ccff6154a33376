// Package home is the address of a run: the one that it prints, at which its pages are used.
package home

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Listen takes the port on 127.0.0.1, and on the other addresses of this machine alone that its names lead to: who comes there is led
// to url, which is where the first listens. Where another program has one of those, a note says so.
func Listen(port int) (all []net.Listener, url string, notes []string, err error) {
	first, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return nil, "", nil, err
	}
	all, url = []net.Listener{first}, "http://"+first.Addr().String()
	own := strconv.Itoa(first.Addr().(*net.TCPAddr).Port)
	for _, ip := range loopbacks() {
		also, err := net.Listen("tcp", net.JoinHostPort(ip, own))
		switch {
		case err == nil:
			all = append(all, also)
		case errors.Is(err, syscall.EADDRINUSE):
			notes = append(notes, fmt.Sprintf("another program has port %s of %s, and localhost may lead there; %s is this one", own, ip, url))
		}
	}
	return all, url, notes, nil
}

// loopbacks are addresses of this machine besides 127.0.0.1 that nobody else reaches.
func loopbacks() []string {
	all := []string{"::1"}
	name, _ := os.Hostname()
	found, _ := net.LookupHost(name)
	for _, text := range found {
		if ip := net.ParseIP(text); ip != nil && ip.IsLoopback() && text != "127.0.0.1" && text != "::1" {
			all = append(all, text)
		}
	}
	return all
}

// Lead leads who comes under another name of this machine to the printed address, home: it is the origin of the pages, whose requests
// would be refused under any other. Programs may use any.
func Lead(home string, next http.Handler) http.Handler {
	origin, err := url.Parse(home)
	if err != nil || origin.Host == "" { // the functions will say so
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, isPage := r.URL.Path, r.Method == http.MethodGet || r.Method == http.MethodHead
		isPage = isPage && !strings.HasPrefix(path, "/v1/") && !strings.HasPrefix(path, "/_local/")
		switch from := r.Header.Get("Origin"); {
		case r.Host == origin.Host:
			next.ServeHTTP(w, r)
		case isPage:
			w.Header().Set("Cache-Control", "no-store") // another run may be at home here tomorrow
			http.Redirect(w, r, home+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		case from == "http://"+r.Host && strings.HasPrefix(path, "/v1/"):
			misdirected(w, home)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// misdirected answers a page that was opened under another name, in the form of the API's problems.
func misdirected(w http.ResponseWriter, home string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusMisdirectedRequest)
	json.NewEncoder(w).Encode(map[string]any{
		"type": "about:blank", "title": http.StatusText(http.StatusMisdirectedRequest), "status": http.StatusMisdirectedRequest, "code": "misdirected",
		"detail": "This run of Central is at " + home + ": open that address.",
	})
}
