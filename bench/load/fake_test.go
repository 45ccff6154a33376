package load

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"phonon.in/central/shared/token"
)

// fake is a Central that keeps what it is told in a map, so that tests know what is true.
type fake struct {
	mu       sync.Mutex
	people   map[string]*state // by address; a session is the address, too
	wrap     func(next http.Handler) http.Handler
	unmailed bool // no message is ever shown
}

type state struct {
	verified          bool
	number, name, pan string
}

func newFake(t *testing.T, f *fake) *world {
	t.Helper()
	f.people = map[string]*state{}
	var handler http.Handler = f.routes()
	if f.wrap != nil {
		handler = f.wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	keys, err := token.ParseKeyring([]byte(`{"current":"` + strings.Repeat("k", 64) + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	return &world{origin: server.URL, pid: os.Getpid(), keys: keys, terms: "2026-01-01"}
}

// state is that of the person who asks.
func (f *fake) state(r *http.Request, body map[string]any) *state {
	address := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if a, ok := body["email"].(string); ok {
		address = a
	} else if a, ok := body["token"].(string); ok {
		address = a
	}
	if f.people[address] == nil {
		f.people[address] = &state{}
	}
	return f.people[address]
}

func (f *fake) routes() http.Handler {
	mux := http.NewServeMux()
	for o, r := range routes {
		mux.HandleFunc(r.method+" "+r.path, func(w http.ResponseWriter, request *http.Request) {
			var body map[string]any
			json.NewDecoder(request.Body).Decode(&body)
			f.mu.Lock()
			defer f.mu.Unlock()
			s := f.state(request, body)
			var answer any = object{}
			switch o {
			case verify:
				s.verified = true
			case logIn:
				if !s.verified {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				answer = object{"session": body["email"]}
			case sendCode:
				answer = object{"challengeId": body["phone"]}
			case prove:
				s.number = body["challengeId"].(string)
			case saveDetails:
				s.name = body["firstName"].(string)
			case saveCase:
				s.pan = body["fields"].(map[string]any)["pan"].(string)
			case readAccount:
				address := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
				answer = object{"email": address, "firstName": s.name, "phone": object{"number": s.number}}
			case readCase:
				answer = object{"fields": object{"pan": s.pan}}
			}
			w.WriteHeader(r.right)
			json.NewEncoder(w).Encode(answer)
		})
	}
	mux.HandleFunc("GET /_local/messages", func(w http.ResponseWriter, r *http.Request) {
		list := []object{{"text": "your code is 123456, your link is /verify#" + r.FormValue("to")}}
		if f.unmailed {
			list = nil
		}
		json.NewEncoder(w).Encode(list)
	})
	mux.HandleFunc("POST /_local/schedule", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("[]")) })
	return mux
}
