package gateway

import (
	"cmp"
	"slices"
	"strings"

	"phonon.in/central/cmd/local/lambda"
	"phonon.in/central/cmd/local/template"
)

// route is one route of the API with the function behind it.
type route struct {
	template.Route
	segments []string
	function *lambda.Function
}

// routes are in the order in which API Gateway tries them.
type routes []route

func newRoutes(functions []*lambda.Function) routes {
	var all routes
	for _, f := range functions {
		for _, r := range f.Spec.Routes {
			all = append(all, route{r, strings.Split(r.Path, "/"), f})
		}
	}
	slices.SortStableFunc(all, func(a, b route) int {
		return cmp.Or(slices.Compare(a.rank(), b.rank()), strings.Compare(a.Path, b.Path), strings.Compare(b.Method, a.Method))
	})
	return all
}

// rank puts full matches before those with {name+}, and $default last; then, segment by segment, literals before {name}; then a
// method before ANY.
func (r route) rank() []int {
	rank := []int{0}
	switch {
	case r.Path == "$default":
		return []int{2}
	case strings.HasSuffix(r.Path, "+}"):
		rank[0] = 1
	}
	for _, s := range r.segments {
		switch {
		case strings.HasSuffix(s, "+}"):
			rank = append(rank, 2)
		case strings.HasPrefix(s, "{"):
			rank = append(rank, 1)
		default:
			rank = append(rank, 0)
		}
	}
	if r.Method == "ANY" {
		return append(rank, 4)
	}
	return append(rank, 3)
}

// match finds the route of a request, and the values of the names in its path; nil when there is none.
func (all routes) match(method, path string) (*route, map[string]string) {
	segments := strings.Split(path, "/")
	for i := range all {
		r := &all[i]
		if r.Path == "$default" {
			return r, nil
		}
		if r.Method != method && r.Method != "ANY" {
			continue
		}
		if parameters, ok := r.fits(segments); ok {
			return r, parameters
		}
	}
	return nil, nil
}

func (r *route) fits(segments []string) (map[string]string, bool) {
	parameters := map[string]string{}
	for i, s := range r.segments {
		if i >= len(segments) {
			return nil, false
		}
		name, isName := strings.CutPrefix(s, "{")
		if greedy, ok := strings.CutSuffix(name, "+}"); isName && ok {
			rest := strings.Join(segments[i:], "/")
			parameters[greedy] = rest
			return parameters, rest != ""
		}
		switch {
		case isName && segments[i] != "":
			parameters[strings.TrimSuffix(name, "}")] = segments[i]
		case s != segments[i]:
			return nil, false
		}
	}
	return parameters, len(r.segments) == len(segments)
}
