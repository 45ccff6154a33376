package main

import (
	"regexp"
	"slices"
	"testing"

	"phonon.in/central/cmd/central/cost"
)

// TestTheBillCountsWhatTheFunctionsDo holds the counts of the bill to the calls that a local run writes down.
func TestTheBillCountsWhatTheFunctionsDo(t *testing.T) {
	l := startLocal(t)
	demoAccounts(t, l, 3)
	var requests []struct {
		Method, Path string
		Status       int
		Calls        []struct{ Service, Operation string }
	}
	l.call(t, "GET", "/_local/requests", "", &requests)
	id := regexp.MustCompile(`/[A-Z2-7]{26}`)
	seen := map[string][]cost.Calls{}
	for _, r := range requests {
		if r.Status >= 300 {
			continue
		}
		var made cost.Calls
		for _, c := range r.Calls {
			switch c.Operation {
			case "PutItem", "UpdateItem", "DeleteItem":
				made.Writes++
			case "GetItem", "Query":
				made.Reads++
			case "BatchGetItem":
				made.Reads += 2 // session and profile
			}
		}
		name := r.Method + " " + id.ReplaceAllString(r.Path, "/{id}")
		seen[name] = append(seen[name], made)
	}
	for name, counted := range cost.Counted() {
		if !slices.Contains(seen[name], counted) {
			t.Errorf("%s is counted with %+v, and does %+v", name, counted, seen[name])
		}
	}
}
