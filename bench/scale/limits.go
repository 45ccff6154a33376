// Package scale says what happens to Central on AWS when many come at once: by formulas, and by a simulation of the same with random numbers
// from a seed. Nothing is measured here. What a request takes was counted (cmd/central/cost); limits are those that AWS publishes.
package scale

import (
	"maps"
	"math"
)

// Limits are what bounds a system. Rates are for each second.
type Limits struct {
	GatewayRate, GatewayBurst float64             // of all APIs of the account in the region
	Route                     Throttle            // of each route that has none of its own
	Routes                    map[string]Throttle // by path
	Concurrency               float64             // of all functions of the account in the region
	Reserved                  map[string]float64  // of single functions
	EnvironmentRate           float64             // new environments of one function
	EnvironmentBurst          float64
	Writes, Reads             float64 // units of one table, at once
	Mails, Texts              float64
}

// Throttle is a token bucket.
type Throttle struct{ Rate, Burst float64 }

// What AWS gives a new account. Sources, all as of November 2026: Amazon API Gateway Developer Guide, "Amazon API Gateway quotas" (10,000 requests a
// second with a bucket of 5,000); AWS Lambda Developer Guide, "Lambda scaling behavior" (1,000 environments each 10 seconds and function, refilled
// continuously) and "Understanding Lambda function scaling" (1,000 at once; new accounts may have 10); Amazon DynamoDB Developer Guide, "DynamoDB
// on-demand capacity mode" (a new table: 4,000 write and 12,000 read units, twice the peak of the 30 minutes before) and "Best practices for
// partition keys" (1,000 write and 3,000 read units for one partition). SES gives no number for production; 14 mails a second is what it used to
// begin with. Texts: Amazon SNS, "Quotas for mobile text messaging" (20 a second).
const (
	gatewayRate      = 10_000
	gatewayBurst     = 5_000
	concurrency      = 1_000
	environmentRate  = 100
	environmentBurst = 1_000
	tableWrites      = 4_000
	tableReads       = 12_000
	partitionWrites  = 1_000
	partitionReads   = 3_000
	tableQuota       = 40_000 // units of each kind that a table on demand may take without asking
	mails            = 14
	texts            = 20
	coldMs           = 60.0 // a start: estimated from the size of the functions; docs/performance.md
)

// What template.yaml has; a test compares them.
var (
	routeThrottle  = Throttle{200, 500}
	routeThrottles = map[string]Throttle{
		"/v1/signup": {20, 50}, "/v1/login": {50, 100}, "/v1/otp": {10, 20},
	}
	reserved = map[string]float64{"signup": 40, "login": 60, "otp": 20} // with ReserveConcurrency=yes
)

// Default is an account that never asked for more, with the template as it is.
func Default() Limits {
	return Limits{
		GatewayRate: gatewayRate, GatewayBurst: gatewayBurst, Route: routeThrottle, Routes: maps.Clone(routeThrottles), Concurrency: concurrency,
		EnvironmentRate: environmentRate, EnvironmentBurst: environmentBurst, Writes: tableWrites, Reads: tableReads, Mails: mails, Texts: texts,
	}
}

// of is the throttle of a route.
func (l Limits) of(path string) (rate, burst float64) {
	t, own := l.Routes[path]
	if !own {
		t = l.Route
	}
	return t.Rate, t.Burst
}

// headroom is by how much a limit is to be above what the mean of the peak needs.
const headroom = 1.5

// round is the next number with two digits that mean something.
func round(v float64) float64 {
	if v <= 0 {
		return 0
	}
	unit := math.Pow(10, math.Max(0, math.Floor(math.Log10(v))-1))
	return math.Ceil(v/unit) * unit
}
