package cost

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Operation is what one kind of request, or of event, was counted to take: the figures of one run.
type Operation struct {
	Name     string  `json:"name"` // method and route, or source and function of an event
	Function string  `json:"function"`
	Rounds   int     `json:"rounds"`   // round trips to DynamoDB, one after the other, before a message is handed on
	Sequence int     `json:"sequence"` // calls of DynamoDB and S3, one after the other, those after a message too
	Calls    int     `json:"calls"`    // of DynamoDB
	Reads    float64 `json:"reads"`    // read units
	Writes   float64 `json:"writes"`   // write units, those of indexes and of transactions among them
	Puts     int     `json:"puts"`     // PUT, POST, COPY and lists of S3
	Gets     int     `json:"gets"`     // other requests of S3 that are paid
	Sent     int     `json:"sent"`     // bytes of the bodies of all calls
	Received int     `json:"received"`
}

//go:embed counted.json
var countedJSON []byte

// Counted is the table that bill, page and tests share. `go test ./cmd/central -run Counts -update` counts anew.
func Counted() []Operation {
	var all []Operation
	if err := json.Unmarshal(countedJSON, &all); err != nil {
		panic(err) // a test reads it
	}
	return all
}

// Request is what /_local/requests of the local run says of a request or event.
type Request struct {
	ID, Method, Path, Function string
	Status                     int // 0 while it runs
	Calls                      []Call
}

// Call is one call of AWS that a function made.
type Call struct {
	Service, Operation    string
	Status                int
	FromMs, Ms            float64
	ReadUnits, WriteUnits float64
	Sent, Received        int
}

// carriers take messages.
var carriers = []string{"ses", "sns", "voice", "calls"}

func isCarrier(c Call) bool { return slices.Contains(carriers, c.Service) }

// Count makes the table of what a local run wrote down. Of one name the figures that came most often count, of those that came as often the
// larger; rounds are the fewest seen, since what is made side by side may happen one after the other, and never the other way round.
func Count(requests []Request) []Operation {
	seen := map[string][]Operation{}
	for _, r := range requests {
		if r.Status == 0 || r.Status >= 300 && r.Status != 303 {
			continue
		}
		o := of(r)
		seen[o.Name] = append(seen[o.Name], o)
	}
	var all []Operation
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		all = append(all, usual(seen[name]))
	}
	return all
}

// usual is the one of several counts of the same that stands for them.
func usual(counts []Operation) Operation {
	alike := map[Operation][]Operation{}
	for _, o := range counts {
		kind := Operation{Calls: o.Calls, Reads: o.Reads, Writes: o.Writes, Puts: o.Puts, Gets: o.Gets}
		alike[kind] = append(alike[kind], o)
	}
	most := slices.MaxFunc(slices.Collect(maps.Values(alike)), func(a, b []Operation) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a[0].Writes+a[0].Reads, b[0].Writes+b[0].Reads), cmp.Compare(a[0].Calls+a[0].Puts+a[0].Gets, b[0].Calls+b[0].Puts+b[0].Gets))
	})
	one := most[0]
	sent, received := 0, 0
	for _, o := range most {
		one.Rounds, one.Sequence = min(one.Rounds, o.Rounds), min(one.Sequence, o.Sequence)
		sent, received = sent+o.Sent, received+o.Received
	}
	one.Sent, one.Received = sent/len(most), received/len(most)
	return one
}

func of(r Request) Operation {
	o := Operation{Name: name(r), Function: r.Function}
	handedOn := -1.0
	for _, c := range r.Calls {
		o.Sent, o.Received = o.Sent+c.Sent, o.Received+c.Received
		switch {
		case c.Service == "dynamodb":
			o.Calls++
			o.Reads, o.Writes = o.Reads+c.ReadUnits, o.Writes+c.WriteUnits
		case c.Service == "s3" && (strings.HasPrefix(c.Operation, "Get") || strings.HasPrefix(c.Operation, "Head")):
			o.Gets++
		case c.Service == "s3" && !strings.HasPrefix(c.Operation, "Delete"): // which costs nothing
			o.Puts++
		case isCarrier(c) && (handedOn < 0 || c.FromMs < handedOn):
			handedOn = c.FromMs
		}
	}
	o.Rounds = InSequence(r.Calls, func(c Call) bool { return c.Service == "dynamodb" && (handedOn < 0 || c.FromMs < handedOn) })
	o.Sequence = InSequence(r.Calls, func(c Call) bool { return c.Service == "dynamodb" || c.Service == "s3" })
	return o
}

var id = regexp.MustCompile(`/[A-Z2-7]{26}`)

func name(r Request) string {
	if strings.HasPrefix(r.Path, "/v1/") || strings.HasPrefix(r.Path, "/oauth2/") {
		return r.Method + " " + id.ReplaceAllString(r.Path, "/{id}")
	}
	return r.Method + " " + r.Function
}

// InSequence is how many calls of a kind were made one after the other: each began when the one before had ended.
func InSequence(calls []Call, kind func(Call) bool) int {
	calls = slices.DeleteFunc(slices.Clone(calls), func(c Call) bool { return !kind(c) })
	slices.SortFunc(calls, func(a, b Call) int { return cmp.Compare(a.FromMs, b.FromMs) })
	depth, deepest := make([]int, len(calls)), 0
	for i, c := range calls {
		depth[i] = 1
		for j, before := range calls[:i] {
			if before.FromMs+before.Ms <= c.FromMs {
				depth[i] = max(depth[i], depth[j]+1)
			}
		}
		deepest = max(deepest, depth[i])
	}
	return deepest
}
