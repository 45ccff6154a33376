// Package pattern has regular expressions that are compiled when they are first used: a function links many that its routes never use, and
// would compile them all whenever a process starts.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression of package regexp. New makes it.
type Pattern struct {
	text     string
	once     sync.Once
	compiled *regexp.Regexp
}

// New makes a pattern. As a package's variable it costs a start nothing. One that cannot be compiled panics at its first use.
func New(text string) *Pattern { return &Pattern{text: text} }

// Regexp is the regular expression itself, for what else it can do.
func (p *Pattern) Regexp() *regexp.Regexp {
	p.once.Do(func() { p.compiled = regexp.MustCompile(p.text) })
	return p.compiled
}

// MatchString reports whether s has a match.
func (p *Pattern) MatchString(s string) bool { return p.Regexp().MatchString(s) }

// FindString is the first match in s, or "".
func (p *Pattern) FindString(s string) string { return p.Regexp().FindString(s) }

// FindStringSubmatch is the first match in s with its groups, or nil.
func (p *Pattern) FindStringSubmatch(s string) []string { return p.Regexp().FindStringSubmatch(s) }
