package main

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

// listen takes the port on 127.0.0.1, and on the other addresses of this machine alone that its names lead to: who comes there is led
// to the printed address. Where another program has one of those, that is said.
func (l *local) listen(address string) error {
	first, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return portTaken(l.options.port)
	}
	if err != nil {
		return err
	}
	l.listeners, l.url = []net.Listener{first}, "http://"+first.Addr().String()
	if l.options.enginesOnly {
		return nil
	}
	port := strconv.Itoa(first.Addr().(*net.TCPAddr).Port)
	for _, ip := range loopbacks() {
		also, err := net.Listen("tcp", net.JoinHostPort(ip, port))
		switch {
		case err == nil:
			l.listeners = append(l.listeners, also)
		case errors.Is(err, syscall.EADDRINUSE):
			l.notes = append(l.notes, fmt.Sprintf("another program has port %s of %s, and localhost may lead there; %s is this one", port, ip, l.url))
		}
	}
	return nil
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

func portTaken(port int) error {
	who, advice := "another program", "choose another port"
	if _, err := runAt("http://127.0.0.1:" + strconv.Itoa(port)); err == nil {
		who, advice = "another local run of Central", "use that one, end it, or choose another port"
	}
	return fmt.Errorf("port %d is in use by %s: %s, for example with PORT=%d make run", port, who, advice, port%65000+100)
}

// atHome leads who comes under another name of this machine to the printed address, home: it is the origin of the pages, whose requests
// would be refused under any other. Programs may use any.
func atHome(home string, next http.Handler) http.Handler {
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

// besideGateway keeps the gateway's requests away from http.ServeMux, which would clean their paths by redirects.
func besideGateway(inspect, gateway http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; p == "/_local" || len(p) > 8 && p[:8] == "/_local/" {
			inspect.ServeHTTP(w, r)
			return
		}
		gateway.ServeHTTP(w, r)
	})
}
