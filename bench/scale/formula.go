package scale

import (
	"math"
	"strings"

	"phonon.in/central/cmd/central/cost"
)

// ErlangB is the share of requests that find all of c servers busy and go away, where a is the offered load: arrivals a second times seconds of
// service. It holds for any distribution of service. (A. K. Erlang, 1917; the recursion is Jagerman's.)
func ErlangB(c int, a float64) float64 {
	b := 1.0
	for n := 1; n <= c; n++ {
		b = a * b / (float64(n) + a*b)
	}
	return b
}

// ErlangC is the share that has to wait, where those who find all servers busy do. It is 1 where the load is more than the servers can carry.
func ErlangC(c int, a float64) float64 {
	if a >= float64(c) {
		return 1
	}
	b := ErlangB(c, a)
	return b / (1 - a/float64(c)*(1-b))
}

// MeanWait is the mean time that is waited for one of c servers, in the unit of service: exact for an exponential service (cv 1), and after Allen and
// Cunneen for others, cv being the standard deviation of the service over its mean.
func MeanWait(c int, arrivals, service, cv float64) float64 {
	a := arrivals * service
	if a >= float64(c) {
		return math.Inf(1)
	}
	return ErlangC(c, a) * service / (float64(c) - a) * (1 + cv*cv) / 2
}

// Servers is the smallest number of them with which no more than a share of the requests find all busy.
func Servers(a, share float64) int {
	b := 1.0
	for n := 0; ; n++ {
		if n > 0 {
			b = a * b / (float64(n) + a*b)
		}
		if a == 0 || b <= share {
			return n
		}
	}
}

// Need is what a stream of requests asks of each limit, on average.
type Need struct {
	Requests, Writes, Reads float64 // a second
	Busy                    float64 // environments, by Little's law
	Environments            int     // so that no more than one request of ten thousand finds none
	Functions               map[string]float64
	Routes                  map[string]float64
	Starts                  float64 // environments that the busiest function needs
}

const refusedShare = 1e-4

// NeedOf is what a mix of loads needs at so many units of it a second.
func NeedOf(mix []cost.Load, rate float64) Need {
	n := Need{Functions: map[string]float64{}, Routes: map[string]float64{}}
	for _, l := range mix {
		per := l.Times * rate
		if !l.Event {
			n.Requests += per
			n.Routes[route(l.Name)] += per
		}
		n.Writes, n.Reads = n.Writes+per*l.Writes, n.Reads+per*l.Reads
		n.Functions[l.Function] += per * l.Ms / 1000
		n.Busy += per * l.Ms / 1000
	}
	n.Environments = Servers(n.Busy, refusedShare)
	for _, busy := range n.Functions {
		n.Starts = math.Max(n.Starts, busy)
	}
	return n
}

// route is the path of a request, as the routes of the API have it; pages and files share one.
func route(name string) string {
	if _, path, ok := strings.Cut(name, " /"); ok {
		return "/" + path
	}
	return name
}

// Raised are limits with which a mix at its peak is not refused: what it needs with headroom, and never less than there is.
func Raised(mix []cost.Load, rate float64) Limits {
	l, n := Default(), NeedOf(mix, rate)
	l.GatewayRate = math.Max(l.GatewayRate, round(n.Requests*headroom))
	l.GatewayBurst = math.Max(l.GatewayBurst, l.GatewayRate/2)
	l.Concurrency = math.Max(l.Concurrency, round(float64(n.Environments)*headroom))
	l.Writes, l.Reads = math.Max(l.Writes, round(n.Writes*headroom)), math.Max(l.Reads, round(n.Reads*headroom))
	for path, per := range n.Routes {
		if has, _ := l.of(path); round(per*headroom) > has {
			need := round(per * headroom)
			l.Routes[path] = Throttle{need, 2 * need}
		}
	}
	l.Mails, l.Texts = math.Max(l.Mails, round(mailsOf(mix, rate)*headroom)), math.Max(l.Texts, round(textsOf(mix, rate)*headroom))
	return l
}

// mailsOf and textsOf are how many messages a mix sends a second: a mail with each sign-up and a text with each code.
func mailsOf(mix []cost.Load, rate float64) float64 { return timesOf(mix, "POST /v1/signup") * rate }
func textsOf(mix []cost.Load, rate float64) float64 { return timesOf(mix, "POST /v1/otp") * rate }

func timesOf(mix []cost.Load, name string) float64 {
	for _, l := range mix {
		if l.Name == name {
			return l.Times
		}
	}
	return 0
}

// Backlog is how many messages wait, and for how long the last one does, after so many seconds in which more came than were taken.
func Backlog(arrivals, taken, seconds float64) (waiting, delay float64) {
	waiting = math.Max(0, (arrivals-taken)*seconds)
	return waiting, waiting / taken
}
