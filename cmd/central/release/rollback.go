package release

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"phonon.in/central/cmd/central/fleet"
)

// before is the alias of what a function ran before it was rolled back. Its note says where it went.
const before = "before-rollback"

var went = regexp.MustCompile(`^to (\S+), version ([0-9]+)$`)

// past is what a rollback has left of one function.
type past struct {
	to       string      // the release
	was, put fleet.State // what ran before, and what the rollback put there
}

func pastOf(m fleet.Member) (past, bool) {
	alias, there := m.Aliases[before]
	if !there {
		return past{}, false
	}
	p := past{was: m.Versions[alias.Version]}
	if parts := went.FindStringSubmatch(alias.Note); parts != nil {
		p.to, p.put = parts[1], m.Versions[parts[2]]
	}
	return p, true
}

// Opened says whether a rollback is not undone, and to which release it went.
func Opened(members []fleet.Member) (to string, open bool) {
	for _, m := range members {
		if p, there := pastOf(m); there && (!open || p.to < to) {
			to, open = p.to, true
		}
	}
	return to, open
}

// Step is what happens to one function. Its states are what it goes to.
type Step struct {
	Function string `json:"function"`
	Difference
	From string `json:"from"` // hash of the code
	To   string `json:"to"`

	member fleet.Member
	want   fleet.State
}

// Plan is what a rollback, or its undoing, would do.
type Plan struct {
	To        string   `json:"to"`
	Continues bool     `json:"continues"` // a rollback that was interrupted
	Steps     []Step   `json:"steps"`
	Same      []string `json:"same,omitempty"`      // functions that run it already
	Missing   []string `json:"missing,omitempty"`   // that the release does not have
	LeftAlone []string `json:"leftAlone,omitempty"` // that were deployed since

	members []fleet.Member
}

// Back plans the way to a release: the one named to, or else the newest that differs from what runs. While a rollback is not undone it is the
// release of that one, so that repeating goes on where it was interrupted, and never further back.
func Back(members []fleet.Member, to string) (Plan, error) {
	p, all := Plan{To: to, members: members}, All(members)
	open, isOpen := Opened(members)
	switch {
	case to == "" && isOpen:
		p.To, p.Continues = open, interrupted(members)
	case to == "":
		i := slices.IndexFunc(all, func(r Release) bool { return r.Whole() && !r.Runs })
		if i < 0 {
			return p, fmt.Errorf("there is no release to go back to%s: central release keeps what runs, after each deployment", having(all))
		}
		p.To = all[i].Name
	}
	if !slices.ContainsFunc(all, func(r Release) bool { return r.Name == p.To }) {
		return p, fmt.Errorf("there is no release %s%s", p.To, having(all))
	}
	for _, m := range members {
		alias, there := m.Aliases[p.To]
		want, readable := m.Versions[alias.Version]
		switch d := compare(m.Now, want); {
		case !there:
			p.Missing = append(p.Missing, m.ID)
		case !readable || len(want.Env) == 0:
			return p, fmt.Errorf("version %s of %s, or its environment, is not shown by Lambda: nothing can be restored from it", alias.Version, m.ID)
		case d.none():
			p.Same = append(p.Same, m.ID)
		default:
			p.Steps = append(p.Steps, Step{m.ID, d, m.Now.Code, want.Code, m, want})
		}
	}
	return p, nil
}

func having(all []Release) string {
	if len(all) == 0 {
		return "; none was ever kept"
	}
	return " (there are " + names(all) + ")"
}

// interrupted says that a function still runs, in code or settings, what a rollback was to replace.
func interrupted(members []fleet.Member) bool {
	return slices.ContainsFunc(members, func(m fleet.Member) bool {
		p, there := pastOf(m)
		return there && !compare(m.Now, p.put).none() && p.untouched(m.Now)
	})
}

// untouched says that nobody but a rollback has changed the function: each part of it is what was before, or what was put there.
func (p past) untouched(now fleet.State) bool {
	was, put := compare(now, p.was), compare(now, p.put)
	return !(was.Code && put.Code) && !(len(was.Environment) > 0 && len(put.Environment) > 0) && !(was.Memory && put.Memory) && !(was.Timeout && put.Timeout)
}

// Forward plans the undoing: each part of a function, its code and each setting, that is still what the rollback put there becomes what it
// was before. What was deployed since is left alone.
func Forward(members []fleet.Member) (Plan, error) {
	p := Plan{To: before, members: members}
	if _, open := Opened(members); !open {
		return p, errors.New("there is no rollback to undo")
	}
	for _, m := range members {
		past, there := pastOf(m)
		if !there {
			p.Same = append(p.Same, m.ID)
			continue
		}
		if past.put.Code == "" || past.was.Code == "" || len(past.was.Env) == 0 {
			return p, fmt.Errorf("what %s ran before is not shown by Lambda any more: deploy instead, and then: central rollback --accept", m.ID)
		}
		want, d := past.undone(m.Now)
		switch {
		case !d.none():
			p.Steps = append(p.Steps, Step{m.ID, d, m.Now.Code, want.Code, m, want})
		case compare(m.Now, past.was).none():
			p.Same = append(p.Same, m.ID)
		default:
			p.LeftAlone = append(p.LeftAlone, m.ID)
		}
	}
	return p, nil
}

// undone is what a function goes to, and what changes by that.
func (p past) undone(now fleet.State) (fleet.State, Difference) {
	want, put := now, compare(now, p.put)
	if !put.Code {
		want.Version, want.Code, want.Architectures = p.was.Version, p.was.Code, p.was.Architectures
	}
	if len(put.Environment) == 0 {
		want.Env = p.was.Env
	}
	if !put.Memory {
		want.MemoryMB = p.was.MemoryMB
	}
	if !put.Timeout {
		want.Timeout = p.was.Timeout
	}
	return want, compare(now, want)
}

// Rollback does what Back has planned. What runs is kept first.
func (k *Keeper) Rollback(ctx context.Context, p Plan) error {
	if err := k.unsigned(ctx, p); err != nil {
		return err
	}
	err := fleet.Each(p.members, func(m fleet.Member) error { return k.keepBefore(ctx, p, m) })
	if err != nil {
		return fmt.Errorf("nothing was restored: %w", err)
	}
	return k.restore(ctx, p)
}

// keepBefore keeps what a function runs that p changes. Of one that was rolled back before, what it ran then stays kept.
func (k *Keeper) keepBefore(ctx context.Context, p Plan, m fleet.Member) error {
	old, there := pastOf(m)
	changes := slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Function == m.ID })
	version, to := m.Aliases[before].Version, m.Aliases[p.To].Version
	switch {
	case to == "" || !there && !changes:
		return nil
	case changes && !(there && old.untouched(m.Now)):
		var err error
		if version, err = k.Fleet.Publish(ctx, m); err != nil {
			return err
		}
	}
	return k.Fleet.Name(ctx, m, before, fleet.Alias{Version: version, Note: "to " + p.To + ", version " + to})
}

// Undo does what Forward has planned, and forgets the rollback.
func (k *Keeper) Undo(ctx context.Context, p Plan) error {
	if err := k.unsigned(ctx, p); err != nil {
		return err
	}
	if err := k.restore(ctx, p); err != nil {
		return err
	}
	return k.Accept(ctx, p.members)
}

// Accept forgets what ran before a rollback: what runs now stays.
func (k *Keeper) Accept(ctx context.Context, members []fleet.Member) error {
	return fleet.Each(indexes(members), func(i int) error { return k.Fleet.Forget(ctx, &members[i], before) })
}

func (k *Keeper) restore(ctx context.Context, p Plan) error {
	return fleet.Each(p.Steps, func(s Step) error {
		parts := []func() (string, error){
			func() (string, error) { return "code", k.code(ctx, s) },
			func() (string, error) { return "settings", k.settings(ctx, s) },
		}
		// Code with a variable too many works, with one too few it does not.
		if covers(s.want.Env, s.member.Now.Env) {
			slices.Reverse(parts)
		}
		for _, part := range parts {
			if what, err := part(); err != nil {
				k.Say(s.Function, "its "+what+" could not be restored")
				return err
			}
		}
		k.Say(s.Function, "is back in "+s.parts())
		return nil
	})
}

func (k *Keeper) code(ctx context.Context, s Step) error {
	if !s.Code {
		return nil
	}
	return k.Fleet.SetCode(ctx, s.member.Function, s.want)
}

func (k *Keeper) settings(ctx context.Context, s Step) error {
	if !s.settings() {
		return nil
	}
	return k.Fleet.SetSettings(ctx, s.member.Function, func(now fleet.Settings) (fleet.Settings, bool) {
		to := s.want.Settings
		to.Env = target(now.Env, to.Env)
		return to, true
	})
}

// parts says what of a function changes.
func (d Difference) parts() string {
	var all []string
	for _, part := range []struct {
		changes bool
		name    string
	}{{d.Code, "code"}, {len(d.Environment) > 0, "environment"}, {d.Memory, "memory"}, {d.Timeout, "timeout"}} {
		if part.changes {
			all = append(all, part.name)
		}
	}
	return strings.Join(all, ", ")
}

func covers(a, b map[string]string) bool {
	for name := range b {
		if _, there := a[name]; !there {
			return false
		}
	}
	return true
}

// unsigned stops what would fail half-way: code that Lambda's store gives back carries no signature that counts.
func (k *Keeper) unsigned(ctx context.Context, p Plan) error {
	var all []fleet.Function
	for _, s := range p.Steps {
		if s.Code {
			all = append(all, s.member.Function)
		}
	}
	if signed := k.Fleet.Signed(ctx, all); len(signed) > 0 {
		return fmt.Errorf("the code signing configuration of %s takes signed code alone, and what Lambda gives back is not signed: nothing was changed. "+
			"Deploy the commit of that release instead, signed as always (sam deploy --signing-profiles ...), or have the configuration's policy be Warn meanwhile", strings.Join(signed, ", "))
	}
	return nil
}
