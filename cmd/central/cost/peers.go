package cost

import "math"

// Tier is a band of monthly active users and the price of each in it.
type Tier struct {
	UpTo float64 // users
	USD  float64 // for each
}

// Plan is a price list by monthly active users.
type Plan struct {
	Name  string
	Tiers []Tier
}

// Plans of Amazon Cognito for users who log in directly, messages apart. Source: aws.amazon.com/cognito/pricing as known on 2026-11-23, us-east-1,
// with the free users of each account; not read again from AWS's price list. A user counts who did anything in the month, however often.
var Plans = []Plan{
	{"Cognito Lite", []Tier{{1e4, 0}, {1e5, 0.0055}, {1e6, 0.0046}, {1e7, 0.00325}, {math.Inf(1), 0.0025}}},
	{"Cognito Essentials", []Tier{{1e4, 0}, {math.Inf(1), 0.015}}},
	{"Cognito Plus", []Tier{{math.Inf(1), 0.020}}},
}

// USD is the price of a month with so many active users.
func (p Plan) USD(users float64) float64 {
	usd, from := 0.0, 0.0
	for _, t := range p.Tiers {
		if users <= from {
			break
		}
		usd += (min(users, t.UpTo) - from) * t.USD
		from = t.UpTo
	}
	return usd
}

// What it costs to run an identity server oneself, so that one machine or zone may fail. Sources: list prices of us-east-1 as known on 2026-11-23;
// the work of a log-in is that of Ory Kratos 26.2 with its default, bcrypt of cost 12. How steep the peak is, and when a larger database is due,
// are assumptions; who looks after it is not in it.
const (
	hoursAMonth = 730
	vCPUHour    = 0.03238 // Fargate on arm64
	gbHour      = 0.00356
	taskVCPU    = 0.5
	taskGB      = 1.0
	loginCPU    = 0.255 // seconds, with PostgreSQL's share
	readCPU     = 0.012 // seconds of a renewal or a read
	peakOver    = 5.0   // the busiest hour over the mean
	busyShare   = 0.6   // of a CPU that is planned with
	balancer    = 22.0  // USD a month: an ALB with one unit of load
	databaseGB  = 0.23  // USD a month, in two zones
)

// databases are RDS for PostgreSQL in two zones, in USD a month, by the users that one serves.
var databases = []struct{ users, usd float64 }{
	{1e6, 47}, {1e7, 350}, {math.Inf(1), 2800}, // db.t4g.small, db.r7g.large, db.r7g.4xlarge
}

// SelfHosted is a month of a server of one's own on Fargate, behind an ALB, with RDS, with so many active users.
func SelfHosted(users float64) float64 {
	seconds := users * (monthLogins*loginCPU + (monthRefreshes+monthReads)*readCPU) / (30 * 24 * 3600) * peakOver / busyShare
	tasks := max(2, math.Ceil(seconds/taskVCPU))
	usd := balancer + tasks*hoursAMonth*(taskVCPU*vCPUHour+taskGB*gbHour) + users*(accountKB+activityKB)/1e6*databaseGB
	for _, d := range databases {
		if users <= d.users {
			return usd + d.usd
		}
	}
	return usd
}

// Ours is a month of Central with so many active users, without messages and free tiers.
func Ours(users float64) float64 {
	return Sum(ActiveMonth())/1e6*users + Idle(false, false).TotalUSD
}
