package cost

import (
	"testing"
)

func TestCallsInSequenceAreToldFromThoseSideBySide(t *testing.T) {
	all := func(Call) bool { return true }
	at := func(from, ms float64) Call { return Call{Service: "dynamodb", FromMs: from, Ms: ms} }
	for what, row := range map[string]struct {
		calls []Call
		want  int
	}{
		"none":                            {nil, 0},
		"one":                             {[]Call{at(0, 5)}, 1},
		"side by side, in no order":       {[]Call{at(2, 5), at(0, 5), at(1, 9)}, 1},
		"one after the other":             {[]Call{at(0, 5), at(5, 5), at(11, 1)}, 3},
		"two ways, the longer counts":     {[]Call{at(0, 5), at(0, 50), at(6, 5), at(12, 5)}, 3},
		"one that spans two others":       {[]Call{at(0, 20), at(1, 5), at(7, 5)}, 2},
		"a second begins before the ends": {[]Call{at(0, 5), at(4.9, 5)}, 1},
	} {
		if got := InSequence(row.calls, all); got != row.want {
			t.Errorf("%s: %d, not %d", what, got, row.want)
		}
	}
}

func TestARequestIsCountedByItsCalls(t *testing.T) {
	r := Request{Method: "POST", Path: "/v1/kyc/documents/YZ4ISCPBVTVUO75HA645563I2C/complete", Function: "kyc", Status: 200, Calls: []Call{
		{Service: "dynamodb", Operation: "GetItem", FromMs: 0, Ms: 5, ReadUnits: 1, Sent: 10, Received: 20},
		{Service: "s3", Operation: "GetObject", FromMs: 6, Ms: 5},
		{Service: "s3", Operation: "GET versions", FromMs: 12, Ms: 5, Received: 30},
		{Service: "s3", Operation: "DeleteObject", FromMs: 18, Ms: 5},
		{Service: "dynamodb", Operation: "TransactWriteItems", FromMs: 24, Ms: 5, WriteUnits: 4, Sent: 5},
		{Service: "ses", Operation: "SendEmail", FromMs: 30, Ms: 5},
		{Service: "dynamodb", Operation: "DeleteItem", FromMs: 36, Ms: 5, WriteUnits: 1},
	}}
	want := Operation{
		Name: "POST /v1/kyc/documents/{id}/complete", Function: "kyc", Rounds: 2, Sequence: 6, Calls: 3, Reads: 1, Writes: 5, Puts: 1, Gets: 1, Sent: 15, Received: 50,
	}
	if got := Count([]Request{r}); len(got) != 1 || got[0] != want {
		t.Errorf("%+v, not %+v", got, want)
	}
	event := Request{Method: "S3", Path: "/bucket/vault/x", Function: "render", Status: 200}
	refused, runs := r, r
	refused.Status, runs.Status = 409, 0
	if got := Count([]Request{refused, runs, event}); len(got) != 1 || got[0].Name != "S3 render" {
		t.Errorf("%+v", got)
	}
}

func TestWhatHappensMostOftenStands(t *testing.T) {
	of := func(writes float64, rounds ...float64) Request {
		r := Request{Method: "GET", Path: "/v1/account", Function: "account", Status: 200}
		for _, from := range rounds {
			r.Calls = append(r.Calls, Call{Service: "dynamodb", FromMs: from, Ms: 5, WriteUnits: writes})
		}
		return r
	}
	for what, row := range map[string]struct {
		requests       []Request
		writes, rounds int
	}{
		"two against one that was tried again": {[]Request{of(1, 0, 1), of(1, 0, 10), of(1, 0, 10, 20)}, 2, 1},
		"of as many the larger":                {[]Request{of(1, 0), of(3, 0)}, 3, 1},
		"rounds are the fewest that were seen": {[]Request{of(1, 0, 10), of(1, 0, 10), of(1, 0, 2)}, 2, 1},
		"what is always in turn stays in turn": {[]Request{of(1, 0, 10), of(1, 0, 7)}, 2, 2},
	} {
		if got := Count(row.requests)[0]; got.Writes != float64(row.writes) || got.Rounds != row.rounds {
			t.Errorf("%s: %+v", what, got)
		}
	}
}

func TestTheBillIsMadeOfWhatWasCounted(t *testing.T) {
	in := map[string]bool{page.Name: true}
	for _, o := range Counted() {
		in[o.Name] = true
	}
	if len(in) < 20 {
		t.Errorf("%d operations are counted", len(in))
	}
	for _, r := range append(journey(Defaults(), 1, 1, 1), times{refreshed, 1}) {
		if !in[r.Name] {
			t.Errorf("%q is on the bill and was not counted", r.Name)
		}
	}
	// By hand: a request, its line in the log, a twentieth of a trace, a KB out, two read units, and 5.5 ms of 1769 MB.
	if got := Sum(PerMillion()["GET /v1/account"]); !near(got, 1+0.2+0.4+0.25+0.09+2*0.125+5.5e-3*1769/1024*13.3334) {
		t.Errorf("a million reads of the account cost %g USD", got)
	}
}

func TestPlansOfOthersAreReadRightly(t *testing.T) {
	for _, row := range []struct {
		plan       int
		users, usd float64
	}{{0, 1e4, 0}, {0, 1e5, 495}, {0, 1e6, 4635}, {0, 1e7, 33885}, {0, 1e8, 258885}, {1, 1e4, 0}, {1, 1e5, 1350}, {2, 1e4, 200}} {
		if got := Plans[row.plan].USD(row.users); !near(got, row.usd) {
			t.Errorf("%s for %g: %g, not %g", Plans[row.plan].Name, row.users, got, row.usd)
		}
	}
	for n := 1e4; n < 1e8; n *= 3 {
		if SelfHosted(3*n) < SelfHosted(n) || Ours(3*n) < Ours(n) {
			t.Errorf("more than %g people cost less", n)
		}
	}
}
