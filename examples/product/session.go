package main

import (
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// Names of the cookies: a browser keeps those of all ports of a machine together.
const (
	sessionCookie = "product_session"
	attemptCookie = "product_login"
	askedCookie   = "product_asked" // Central was asked once whether somebody is logged in
)

const patience = 30 * time.Minute // to sign up, and be back

// attempt is a log-in under way.
type attempt struct {
	state, nonce, verifier string
	began                  time.Time
}

// session is a browser that is logged in.
type session struct {
	sub, sid string // who, and Central's name for the session at Central
	idToken  string
	token    *oauth2.Token
}

// sessions are in memory: a product that has more than one process keeps them in its database.
type sessions struct {
	mu       sync.Mutex
	live     map[string]session
	attempts map[string]attempt
	tokens   map[string]time.Time // logout tokens that were obeyed, until they expire
}

func newSessions() *sessions {
	return &sessions{live: map[string]session{}, attempts: map[string]attempt{}, tokens: map[string]time.Time{}}
}

func (s *sessions) begin(a attempt) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, a.began = rand.Text(), time.Now()
	for old, one := range s.attempts {
		if time.Since(one.began) > patience {
			delete(s.attempts, old)
		}
	}
	s.attempts[id] = a
	return id
}

func (s *sessions) finish(id string) (attempt, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.attempts[id]
	delete(s.attempts, id)
	return a, ok && time.Since(a.began) <= patience
}

func (s *sessions) open(one session) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id = rand.Text()
	s.live[id] = one
	return id
}

func (s *sessions) get(id string) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.live[id]
	return one, ok
}

// renew keeps new tokens of a session that has not ended meanwhile.
func (s *sessions) renew(id string, token *oauth2.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, ok := s.live[id]; ok {
		one.token = token
		s.live[id] = one
	}
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, id)
}

// endAll ends the sessions that came of one session at Central, or, without sid, all of a person. A logout token counts once.
func (s *sessions) endAll(tokenID string, until time.Time, sub, sid string) (ended int, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, expires := range s.tokens {
		if time.Now().After(expires) {
			delete(s.tokens, id)
		}
	}
	if _, seen := s.tokens[tokenID]; seen {
		return 0, false
	}
	s.tokens[tokenID] = until
	for id, one := range s.live {
		if sid != "" && one.sid == sid || sid == "" && one.sub == sub {
			delete(s.live, id)
			ended++
		}
	}
	return ended, true
}

func (p *product) remember(w http.ResponseWriter, name, v string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: v, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(p.url, "https:")})
}

func value(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}
