package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// edge says how to make values of one member that nothing speaks against but a limit of its schema.
type edge struct {
	sized func(p *person, n int) string // of n characters; "" where there is none of that length
	right []any                         // values to take, beside those of an enumeration
	wrong []any                         // values to refuse, beside those that are too long, too short, too large
	fit   func(body m, value any)       // makes the rest of the body fit the value
	codes []string                      // that say that the member is refused; else any code at its pointer says so
}

// bounded are the schemas of all members of a body that have a limit, by pointer.
func bounded(at string, s *openapi3.Schema) map[string]*openapi3.Schema {
	all := map[string]*openapi3.Schema{}
	if s.MinLength > 0 || s.MaxLength != nil || s.Pattern != "" || len(s.Enum) > 0 || s.Min != nil || s.Max != nil {
		all[at] = s
	}
	for name, member := range s.Properties {
		maps.Copy(all, bounded(at+"/"+name, member.Value))
	}
	if values := s.AdditionalProperties.Schema; values != nil {
		maps.Copy(all, bounded(at+"/*", values.Value))
	}
	return all
}

// values are what stands on both sides of each limit of a schema.
func (e edge) values(p *person, s *openapi3.Schema) []any {
	all := slices.Concat(s.Enum, e.right, e.wrong)
	if len(s.Enum) > 0 {
		all = append(all, "none of these")
	}
	sizes := []int{}
	if s.MinLength > 0 {
		sizes = append(sizes, int(s.MinLength)-1, int(s.MinLength))
	}
	if s.MaxLength != nil {
		sizes = append(sizes, int(*s.MaxLength), int(*s.MaxLength)+1)
	}
	for _, n := range sizes {
		if n == 0 {
			all = append(all, "")
		} else if e.sized != nil {
			if value := e.sized(p, n); value != "" {
				all = append(all, value)
			}
		}
	}
	if s.Min != nil {
		all = append(all, *s.Min-1, *s.Min)
	}
	if s.Max != nil {
		all = append(all, *s.Max, *s.Max+1)
	}
	return all
}

// refuses reports whether an answer says that the member is not to be taken.
func (e edge) refuses(r reply, pointer string) bool {
	if len(e.codes) == 0 {
		return slices.Contains(strings.Fields(r.pointers()), pointer)
	}
	if slices.Contains(e.codes, r.code()) {
		return true
	}
	list, _ := r.body["errors"].([]any)
	return slices.ContainsFunc(list, func(one any) bool {
		found := one.(map[string]any)
		return found["pointer"] == pointer && slices.Contains(e.codes, fmt.Sprint(found["code"]))
	})
}

// What the contract's schema takes the code takes, and what it refuses the code refuses, on both sides of every limit of every request.
func TestSchemaAndCodeAgreeOnEveryLimit(t *testing.T) {
	routes := map[string]map[string]*openapi3.Schema{}
	for path, item := range document(t).Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody == nil {
				continue
			}
			if body := op.RequestBody.Value.Content["application/json"]; body != nil { // forms ignore what they do not know (RFC 6749, section 3.1)
				routes[method+" "+path] = bounded("", body.Schema.Value)
			}
		}
	}
	for row := range edges {
		if route, pointer := row[:strings.LastIndex(row, " ")], row[strings.LastIndex(row, " ")+1:]; routes[route][pointer] == nil {
			t.Errorf("%s has no limit in the contract", row)
		}
	}
	delete(routes, "POST /v1/calls/{id}/events") // what is not signed is looked at no further: TestCallsThroughTheCompanysOwnAPI
	for route, members := range routes {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			if bodies[route] == nil {
				t.Fatal("a request with limits that nothing tries: it needs a row in bodies, and one in edges for each of its members")
			}
			probe := &probe{t: t, route: route}
			probe.person, probe.body = bodies[route](t)
			for pointer, s := range members {
				if e, ok := edges[route+" "+pointer]; ok {
					probe.agree(e, pointer, s)
				} else {
					t.Errorf("%s has a limit that nothing tries: it needs a row in edges", pointer)
				}
			}
		})
	}
}

// probe tries one route.
type probe struct {
	t      *testing.T
	route  string
	person *person
	body   func() m
}

func (b *probe) agree(e edge, pointer string, s *openapi3.Schema) {
	values, taken, refused := e.values(b.person, s), 0, 0
	if own, there := b.body()[pointer[1:]]; there && e.sized == nil {
		values = append(values, own)
	}
	method, path, _ := strings.Cut(b.route, " ")
	member := strings.Replace(pointer, "*", "pan", 1)
	for _, value := range values {
		body := set(b.body(), member, value)
		if e.fit != nil {
			e.fit(body, value)
		}
		r := b.person.call(method, ids.Replace(path), body)
		fits := s.VisitJSON(value) == nil
		if e.refuses(r, member) == fits {
			b.t.Errorf("%s: %.40q, %d characters: the schema takes it: %v; answered %d %s %s",
				pointer, fmt.Sprint(value), len([]rune(fmt.Sprint(value))), fits, r.status, r.code(), r.pointers())
		}
		if fits {
			taken++
		} else {
			refused++
		}
		if r.status == 204 { // a link is used, a password another one
			b.person, b.body = bodies[b.route](b.t)
		}
		if id := r.text("documentId"); id != "" { // there is room for ten
			b.person.want(b.person.call("DELETE", path+"/"+id, nil), 204)
		}
	}
	if taken == 0 || refused == 0 {
		b.t.Errorf("%s: %d values were right, %d wrong: both sides of a limit have to be tried", pointer, taken, refused)
	}
}
