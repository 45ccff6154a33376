package faults

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"phonon.in/central/cmd/local/wire"
)

func faultsOf(t *testing.T, all ...string) *Faults {
	t.Helper()
	f := &Faults{}
	for _, text := range all {
		if err := f.Set([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func TestAFaultStrikesWhereItWasMeantTo(t *testing.T) {
	write := Call{Service: "dynamodb", Operation: "UpdateItem", Table: "tokens", Function: "login", Writes: true}
	read := Call{Service: "dynamodb", Operation: "Query", Table: "users", Function: "login", Stale: true}
	of := func(c Call, change func(*Call)) Call { change(&c); return c }
	for name, c := range map[string]struct {
		fault string
		hits  []Call
		not   []Call
	}{
		"an operation": {`{"service":"dynamodb","mode":"500","operation":"^Update"}`, []Call{write}, []Call{read}},
		"a table":      {`{"service":"dynamodb","mode":"500","table":"^tok"}`, []Call{write}, []Call{read}},
		"one table of several": {`{"service":"dynamodb","mode":"500","table":"\\busers\\b"}`,
			[]Call{of(write, func(c *Call) { c.Table = "tokens users" })}, []Call{write}},
		"a function":                  {`{"service":"dynamodb","mode":"500","function":"login"}`, []Call{write, read}, []Call{of(write, func(c *Call) { c.Function = "otp" })}},
		"a conflict, of writes alone": {`{"service":"dynamodb","mode":"conflict"}`, []Call{write}, []Call{read}},
		"what is stale, of reads that may be alone": {`{"service":"dynamodb","mode":"stale"}`, []Call{read},
			[]Call{write, of(read, func(c *Call) { c.Stale = false })}},
	} {
		t.Run(name, func(t *testing.T) {
			f := faultsOf(t, c.fault)
			for _, call := range c.not {
				if mode, _ := f.Hit(call); mode != "" {
					t.Errorf("%+v went wrong", call)
				}
			}
			for _, call := range c.hits {
				if mode, _ := f.Hit(call); mode == "" {
					t.Errorf("%+v did not go wrong", call)
				}
			}
			if l := f.List()[0]; l.Seen != len(c.hits) || l.Hits != len(c.hits) {
				t.Errorf("it says %d of %d", l.Hits, l.Seen)
			}
		})
	}
}

// struck says which of n calls went wrong.
func struck(f *Faults, n int) (which []int) {
	for i := range n {
		if mode, _ := f.Hit(Call{Service: "ses", Operation: "SendEmail"}); mode != "" {
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
		if left := faultsOf(t, c.set...).List(); len(left) != c.want {
			t.Errorf("%s: %+v", name, left)
		}
	}
}

// engine counts what reaches it, and answers how often it was Call.
// ask sends one call of DynamoDB through a proxy with these faults.
func TestEveryServiceHasWhatItDoesWhenItIsOverloadedOrBroken(t *testing.T) {
	for _, service := range services {
		for _, mode := range []string{"throttle", "500"} {
			if service != wire.Scanner && failures[service][mode].status < 400 {
				t.Errorf("%s has no %s", service, mode)
			}
		}
	}
}

func TestAFaultStrikesAtItsRateAndOnlyThere(t *testing.T) {
	f := &Faults{}
	if err := f.Set([]byte(`{"service":"ses","mode":"500","rate":0.5}`)); err != nil {
		t.Fatal(err)
	}
	hits := 0
	for range 2000 {
		if mode, _ := f.Hit(Call{Service: "ses", Operation: "SendEmail"}); mode != "" {
			hits++
		}
		elsewhere, _ := f.Hit(Call{Service: "sns", Operation: "Publish"})
		if nowhere, _ := f.Hit(Call{Service: "ses"}); elsewhere != "" || nowhere != "" {
			t.Fatal("it struck elsewhere")
		}
	}
	if hits < 800 || hits > 1200 {
		t.Errorf("%d of 2000", hits)
	}
}

func TestAFaultOfOneFunctionSparesTheOthers(t *testing.T) {
	f := &Faults{}
	if err := f.Set([]byte(`{"service":"sns","mode":"kill","function":"notify","count":1}`)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ function, want string }{{"otp", ""}, {"", ""}, {"notify", "kill"}, {"notify", ""}} {
		if got, _ := f.Hit(Call{Service: "sns", Operation: "Publish", Function: c.function}); got != c.want {
			t.Errorf("%q got %q, want %q", c.function, got, c.want)
		}
	}
}

func TestEveryCarrierSaysWhyItRefuses(t *testing.T) {
	f := &Faults{Sender: "no-reply@central.local"}
	for _, service := range []string{wire.SES, wire.SNS, wire.Voice, wire.Calls} {
		for _, mode := range []string{"held", "refused", "throttle", "500"} {
			w, want := httptest.NewRecorder(), failures[service][mode]
			f.Answer(w, service, mode)
			if w.Code != want.status || w.Code < 400 || !strings.Contains(w.Body.String(), want.code) || !strings.Contains(w.Body.String(), want.reason) {
				t.Errorf("%s, %s: %d %s", service, mode, w.Code, w.Body)
			}
		}
	}
	w := httptest.NewRecorder()
	if f.Answer(w, wire.SES, "held"); !strings.Contains(w.Body.String(), "in region AP-SOUTH-1: "+f.Sender+"<") {
		t.Errorf("SES does not name the sender: %s", w.Body)
	}
}
