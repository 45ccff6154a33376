package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"phonon.in/central/cmd/local/xray"
)

func faultsOf(t *testing.T, all ...string) *faults {
	t.Helper()
	f := &faults{}
	for _, text := range all {
		if err := f.set([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func TestAFaultStrikesWhereItWasMeantTo(t *testing.T) {
	write := called{service: "dynamodb", operation: "UpdateItem", table: "tokens", function: "login", writes: true}
	read := called{service: "dynamodb", operation: "Query", table: "users", function: "login", stale: true}
	of := func(c called, change func(*called)) called { change(&c); return c }
	for name, c := range map[string]struct {
		fault string
		hits  []called
		not   []called
	}{
		"an operation": {`{"service":"dynamodb","mode":"500","operation":"^Update"}`, []called{write}, []called{read}},
		"a table":      {`{"service":"dynamodb","mode":"500","table":"^tok"}`, []called{write}, []called{read}},
		"one table of several": {`{"service":"dynamodb","mode":"500","table":"\\busers\\b"}`,
			[]called{of(write, func(c *called) { c.table = "tokens users" })}, []called{write}},
		"a function":                  {`{"service":"dynamodb","mode":"500","function":"login"}`, []called{write, read}, []called{of(write, func(c *called) { c.function = "otp" })}},
		"a conflict, of writes alone": {`{"service":"dynamodb","mode":"conflict"}`, []called{write}, []called{read}},
		"what is stale, of reads that may be alone": {`{"service":"dynamodb","mode":"stale"}`, []called{read},
			[]called{write, of(read, func(c *called) { c.stale = false })}},
	} {
		t.Run(name, func(t *testing.T) {
			f := faultsOf(t, c.fault)
			for _, call := range c.not {
				if mode, _ := f.hit(call); mode != "" {
					t.Errorf("%+v went wrong", call)
				}
			}
			for _, call := range c.hits {
				if mode, _ := f.hit(call); mode == "" {
					t.Errorf("%+v did not go wrong", call)
				}
			}
			if l := f.list()[0]; l.Seen != len(c.hits) || l.Hits != len(c.hits) {
				t.Errorf("it says %d of %d", l.Hits, l.Seen)
			}
		})
	}
}

// struck says which of n calls went wrong.
func struck(f *faults, n int) (which []int) {
	for i := range n {
		if mode, _ := f.hit(called{service: "ses", operation: "SendEmail"}); mode != "" {
			which = append(which, i+1)
		}
	}
	return which
}

func TestTheSameSeedMakesTheSameCallsGoWrong(t *testing.T) {
	seeded := `{"service":"ses","mode":"reset","rate":0.3,"seed":7}`
	first := struck(faultsOf(t, seeded), 100)
	if len(first) < 15 || len(first) > 45 || !slices.Equal(first, struck(faultsOf(t, seeded), 100)) {
		t.Errorf("struck %v", first)
	}
	if slices.Equal(first, struck(faultsOf(t, strings.Replace(seeded, "7", "8", 1)), 100)) {
		t.Error("another seed made the same calls go wrong")
	}
}

func TestTheNthCallAloneGoesWrong(t *testing.T) {
	if got := struck(faultsOf(t, `{"service":"ses","mode":"reset","nth":3}`), 10); !slices.Equal(got, []int{3}) {
		t.Errorf("struck %v", got)
	}
}

func TestOneFaultTakesThePlaceOfTheOtherUnlessBothStrikeByChance(t *testing.T) {
	for name, c := range map[string]struct {
		set  []string
		want int
	}{
		"another mode":                       {[]string{`{"service":"ses","mode":"kill"}`, `{"service":"ses","mode":"kill_after"}`}, 1},
		"by chance, in two ways":             {[]string{`{"service":"ses","mode":"500","rate":0.1}`, `{"service":"ses","mode":"reset","rate":0.1}`}, 2},
		"by chance, in the same way":         {[]string{`{"service":"ses","mode":"500","rate":0.1}`, `{"service":"ses","mode":"500","rate":0.2}`}, 1},
		"always, after two by chance":        {[]string{`{"service":"ses","mode":"500","rate":0.1}`, `{"service":"ses","mode":"reset","rate":0.1}`, `{"service":"ses","mode":"blackhole"}`}, 1},
		"another operation":                  {[]string{`{"service":"ses","mode":"500","operation":"A"}`, `{"service":"ses","mode":"500","operation":"B"}`}, 2},
		"another table":                      {[]string{`{"service":"dynamodb","mode":"500","table":"a"}`, `{"service":"dynamodb","mode":"500","table":"b"}`}, 2},
		"off takes all of the service":       {[]string{`{"service":"dynamodb","mode":"500","table":"a"}`, `{"service":"dynamodb","mode":"off"}`}, 0},
		"off leaves those of other calls":    {[]string{`{"service":"ses","mode":"500","operation":"A"}`, `{"service":"ses","mode":"off","operation":"B"}`}, 1},
		"off leaves those of other services": {[]string{`{"service":"ses","mode":"500"}`, `{"service":"sns","mode":"off"}`}, 1},
	} {
		if left := faultsOf(t, c.set...).list(); len(left) != c.want {
			t.Errorf("%s: %+v", name, left)
		}
	}
}

// engine counts what reaches it, and answers how often it was called.
type countingEngine struct{ bodies []string }

func (e *countingEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.bodies = append(e.bodies, string(peek(r)))
	w.Header().Set("X-Count", strings.Repeat("x", len(e.bodies)))
}

// ask sends one call of DynamoDB through a proxy with these faults.
func (e *countingEngine) proxy(f *faults) *proxy {
	return &proxy{service: serviceDynamoDB, engine: e, requests: xray.New(), used: newPermissions(), faults: f}
}

func ask(p *proxy, operation, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

func TestAConflictIsRefusedAsDynamoDBDoesAndReachesNoEngine(t *testing.T) {
	e := &countingEngine{}
	p := e.proxy(faultsOf(t, `{"service":"dynamodb","mode":"conflict"}`))
	w := ask(p, "TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"a"}},{"Put":{"TableName":"b"}}]}`)
	if w.Code != 400 || !strings.Contains(w.Body.String(), "TransactionCanceledException") ||
		strings.Count(w.Body.String(), `"Code":"TransactionConflict"`) != 1 || strings.Count(w.Body.String(), `"Code":"None"`) != 1 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(p, "PutItem", `{"TableName":"a"}`); w.Code != 400 || !strings.Contains(w.Body.String(), "#TransactionConflictException") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(e.bodies) != 0 {
		t.Errorf("the engine got %v", e.bodies)
	}
}

func TestADuplicateIsDoneTwiceAndAnsweredOnce(t *testing.T) {
	e := &countingEngine{}
	body := `{"TableName":"a","Item":{}}`
	w := ask(e.proxy(faultsOf(t, `{"service":"dynamodb","mode":"duplicate"}`)), "PutItem", body)
	if !slices.Equal(e.bodies, []string{body, body}) || w.Header().Get("X-Count") != "xx" {
		t.Errorf("the engine got %v; the answer was %v", e.bodies, w.Header())
	}
}

func TestAStaleReadIsAnsweredWithTheResultBeforeAndAConsistentOneIsNot(t *testing.T) {
	e := &countingEngine{}
	p := e.proxy(faultsOf(t, `{"service":"dynamodb","mode":"stale"}`))
	var got []string
	for range 3 {
		got = append(got, ask(p, "Query", `{"TableName":"a"}`).Header().Get("X-Count"))
	}
	got = append(got, ask(p, "Query", `{"TableName":"b"}`).Header().Get("X-Count"))
	got = append(got, ask(p, "GetItem", `{"TableName":"a", "ConsistentRead": true}`).Header().Get("X-Count"))
	if want := []string{"x", "x", "xx", "xxxx", "xxxxx"}; !slices.Equal(got, want) {
		t.Errorf("answered %v, want %v", got, want)
	}
}

func TestADelayComesBeforeTheEffectAndLeavesThePlaceToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &countingEngine{}
		p := e.proxy(faultsOf(t, `{"service":"dynamodb","mode":"delay","ms":600}`))
		var told int
		p.hangs = func(string) { told++ }
		began := time.Now()
		if w := ask(p, "GetItem", `{}`); w.Code != 200 || time.Since(began) != 600*time.Millisecond || told != 1 {
			t.Errorf("%d after %s, told %d times", w.Code, time.Since(began), told)
		}
	})
}

func TestEveryServiceHasWhatItDoesWhenItIsOverloadedOrBroken(t *testing.T) {
	for _, service := range faultServices {
		for _, mode := range []string{"throttle", "500"} {
			if service != serviceScanner && failures[service][mode].status < 400 {
				t.Errorf("%s has no %s", service, mode)
			}
		}
	}
}
