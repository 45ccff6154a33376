package peers

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
)

const password = "Mango tree 42"

// person is somebody who signed up.
type person struct {
	number int
	email  string
	id     string       // where the peer told it
	cookie *http.Cookie // what their browser keeps for the next request
}

// people are those who signed up at one server. Each logs in in turn.
type people struct {
	domain string

	mu          sync.Mutex
	asked, logs int
	made        []*person
}

// next is somebody new.
func (p *people) next() *person {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return &person{number: p.asked, email: fmt.Sprintf("person%d@%s", p.asked, p.domain)}
}

// add notes that somebody signed up.
func (p *people) add(one *person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made = append(p.made, one)
}

var errNobody = errors.New("nobody has signed up")

// turn is who logs in now.
func (p *people) turn() (*person, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.made) == 0 {
		return nil, errNobody
	}
	p.logs++
	return p.made[p.logs%len(p.made)], nil
}

// keep has somebody's browser keep a cookie.
func (p *people) keep(one *person, cookie *http.Cookie) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one.cookie = cookie
}

// split takes the second half of those who signed up away, as people of their own.
func (p *people) split() *people {
	p.mu.Lock()
	defer p.mu.Unlock()
	half := len(p.made) / 2
	other := &people{domain: p.domain, made: p.made[half:]}
	p.made = p.made[:half:half]
	return other
}
