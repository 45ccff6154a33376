// Package release keeps what the functions of a stack run, so that one can go back to it, and goes back. A release is one alias of the
// same name on each function.
package release

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"phonon.in/central/cmd/central/fleet"
)

const (
	prefix = "release-"
	form   = prefix + "20060102T150405Z" // of a name; names sort by time
	// Kept is how many releases stay.
	Kept = 10
	// LongestNote is how many characters a note may have; AWS gives an alias 256.
	LongestNote = 200
)

// Release is what all functions ran at one time.
type Release struct {
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
	Note      string    `json:"note,omitempty"`
	Functions int       `json:"functions"` // that have it
	Of        int       `json:"of"`        // that it was kept of; more than Functions where keeping it was interrupted, or one has gone since
	Runs      bool      `json:"runs"`      // all functions run it now
}

// Whole says that every function which the stack had is in it.
func (r Release) Whole() bool { return r.Functions == r.Of }

var noted = regexp.MustCompile(`^of ([0-9]+)(?:: (.*))?$`)

// All lists the releases of a stack, the newest first.
func All(members []fleet.Member) []Release {
	found := map[string]*Release{}
	for _, m := range members {
		for name, alias := range m.Aliases {
			at, err := time.Parse(form, name)
			if err != nil {
				continue
			}
			r := found[name]
			if r == nil {
				r = &Release{Name: name, At: at, Runs: true}
				found[name] = r
			}
			r.Functions++
			if parts := noted.FindStringSubmatch(alias.Note); parts != nil {
				r.Of, _ = strconv.Atoi(parts[1])
				r.Note = parts[2]
			}
			r.Of = max(r.Of, r.Functions)
			r.Runs = r.Runs && compare(m.Now, m.Versions[alias.Version]).none()
		}
	}
	var all []Release
	for _, r := range found {
		r.Runs = r.Runs && r.Functions == len(members)
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b Release) int { return cmp.Compare(b.Name, a.Name) })
	return all
}

// Keeper keeps releases of a fleet and goes back to them.
type Keeper struct {
	Fleet *fleet.Fleet
	Now   func() time.Time
	// Say hears what is done with one function.
	Say func(id, what string)
}

// Version is what a release has of one function.
type Version struct {
	Function string `json:"function"`
	Version  string `json:"version"`
	Code     string `json:"code"`
	Fresh    bool   `json:"fresh"` // no release had it before
}

// Made is a release that was kept, or the one there is where nothing has changed since.
type Made struct {
	Release
	Fresh    bool      `json:"fresh"`
	Versions []Version `json:"versions"`
	Dropped  []string  `json:"dropped,omitempty"` // releases that were too old
}

// Keep makes a release of what runs. Where the newest one has just that, there is nothing to keep.
func (k *Keeper) Keep(ctx context.Context, members []fleet.Member, note string) (Made, error) {
	if to, open := Opened(members); open {
		return Made{}, fmt.Errorf("the rollback to %s is not undone: what runs is neither that release nor what was deployed. "+
			"After a deployment that mends it: central rollback --undo. To let it be so: central rollback --accept", to)
	}
	made := Made{Versions: make([]Version, len(members))}
	if all := All(members); len(all) > 0 && all[0].Runs && all[0].Whole() {
		made.Release = all[0]
		for i, m := range members {
			made.Versions[i] = Version{m.ID, m.Aliases[made.Name].Version, m.Now.Code, false}
		}
		return made, nil
	}
	made.Fresh = true
	made.Release = Release{Name: k.Now().UTC().Format(form), At: k.Now().UTC().Truncate(time.Second), Note: note, Functions: len(members), Of: len(members), Runs: true}
	numbered := indexes(members)
	err := fleet.Each(numbered, func(i int) error {
		m := members[i]
		version, err := k.Fleet.Publish(ctx, m)
		_, known := m.Versions[version]
		made.Versions[i] = Version{m.ID, version, m.Now.Code, !known}
		return err
	})
	if err != nil {
		return made, err
	}
	text := "of " + strconv.Itoa(len(members))
	if note != "" {
		text += ": " + note
	}
	err = fleet.Each(numbered, func(i int) error {
		to := fleet.Alias{Version: made.Versions[i].Version, Note: text}
		if err := k.Fleet.Name(ctx, members[i], made.Name, to); err != nil {
			return err
		}
		members[i].Aliases[made.Name] = to
		return nil
	})
	if err != nil {
		return made, err
	}
	made.Dropped, err = k.prune(ctx, members)
	return made, err
}

// prune takes away all but the newest releases.
func (k *Keeper) prune(ctx context.Context, members []fleet.Member) ([]string, error) {
	var old []string
	for i, r := range All(members) {
		if i >= Kept {
			old = append(old, r.Name)
		}
	}
	return old, fleet.Each(indexes(members), func(i int) error {
		for _, name := range old {
			if err := k.Fleet.Forget(ctx, &members[i], name); err != nil {
				return err
			}
		}
		return nil
	})
}

func indexes(members []fleet.Member) []int {
	all := make([]int, len(members))
	for i := range all {
		all[i] = i
	}
	return all
}

// stays are the variables that a function keeps, whatever it goes back to: where its data is, which a restored table has changed, and what
// stands in front of it.
var stays = []string{
	"USERS_TABLE", "TOKENS_TABLE", "UPLOADS_BUCKET", "UPLOADS_ORIGIN", "SECRET_ID", "SIGNING_SECRET_ID", "MAIL_CONFIGURATION_SET", "EDGE", "EDGE_SECRET_ID",
}

// Reread is the variable whose change makes a function read its secrets again. It says nothing about what a function is.
const Reread = "SECRET_VERSION"

// Difference is what a function would have to change.
type Difference struct {
	Code        bool     `json:"code"`
	Environment []string `json:"environment,omitempty"` // names
	Memory      bool     `json:"memory,omitempty"`
	Timeout     bool     `json:"timeout,omitempty"`
}

func (d Difference) none() bool     { return !d.Code && !d.settings() }
func (d Difference) settings() bool { return len(d.Environment) > 0 || d.Memory || d.Timeout }

// compare says what would change if a function that is now so were to run kept.
func compare(now, kept fleet.State) Difference {
	d := Difference{Code: now.Code != kept.Code, Memory: now.MemoryMB != kept.MemoryMB, Timeout: now.Timeout != kept.Timeout}
	to := target(now.Env, kept.Env)
	for _, name := range slices.Sorted(maps.Keys(union(now.Env, to))) {
		a, here := now.Env[name]
		b, there := to[name]
		if a != b || here != there {
			d.Environment = append(d.Environment, name)
		}
	}
	return d
}

// target is the environment with which a function that has now goes back to kept.
func target(now, kept map[string]string) map[string]string {
	to := union(kept, nil)
	for _, name := range stays {
		if now[name] != "" {
			to[name] = now[name]
		}
	}
	delete(to, Reread)
	if v, there := now[Reread]; there {
		to[Reread] = v
	}
	return to
}

func union(a, b map[string]string) map[string]string {
	both := map[string]string{}
	maps.Copy(both, a)
	maps.Copy(both, b)
	return both
}

// names lists releases for an error.
func names(all []Release) string {
	var list []string
	for _, r := range all {
		list = append(list, r.Name)
	}
	return strings.Join(list, ", ")
}
