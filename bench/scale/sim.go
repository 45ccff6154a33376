package scale

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"slices"

	"phonon.in/central/cmd/central/cost"
)

// Causes why a request was not served.
const (
	byRoute       = "route of the API"
	byGateway     = "API Gateway's account"
	byConcurrency = "Lambda's concurrency"
	byStarts      = "Lambda's rate of starts"
	byTable       = "DynamoDB's table"
)

// Result is what became of a stream of requests.
type Result struct {
	Offered, Served, Starts int
	Refused                 map[string]int // requests, by cause
	Later                   int            // events that Lambda keeps and tries again
	Seconds                 []Second
}

// Second is one second of it.
type Second struct {
	Offered, Served, Refused int
	P50, P99                 float64 // milliseconds, of those that ended well in it
	Busy                     int     // environments at its end
}

// bucket holds tokens.
type bucket struct{ rate, most, held, at float64 }

func full(rate, most float64) *bucket { return &bucket{rate, most, most, 0} }

// has reports whether there are n tokens at the time now, in seconds.
func (b *bucket) has(now, n float64) bool {
	b.held, b.at = math.Min(b.most, b.held+(now-b.at)*b.rate), now
	return b.held >= n
}

// take takes n tokens, or none.
func (b *bucket) take(now, n float64) bool {
	if !b.has(now, n) {
		return false
	}
	b.held -= n
	return true
}

// happening is an arrival, a try at the tables, or the end of a request.
type happening struct {
	at      float64
	kind    int
	load    int // of the mix
	arrived float64
	tries   int
}

const (
	arrives = iota
	asksTables
	ends
)

type agenda []happening

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at < a[j].at }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(happening)) }
func (a *agenda) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	*a = (*a)[:last]
	return x
}

// Stream is what comes: a mix of loads, Rate(t) units of it in the second t, never more than Most.
type Stream struct {
	Mix     []cost.Load
	Rate    func(t float64) float64
	Most    float64
	Seconds int
}

// system is API Gateway, Lambda and one table on demand. All units are counted for one table: the dearer assumption.
type system struct {
	Stream
	limits                 Limits
	random                 *rand.Rand
	service                func(*rand.Rand, cost.Load) float64 // seconds
	coldS                  float64
	agenda                 agenda
	gateway, writes, reads *bucket
	routes, starts         map[string]*bucket
	idle, busy             map[string]int
	running                int
	result                 Result
	second                 Second
	latencies              []float64 // of this second, in milliseconds
}

// Simulate lets a stream come. The same seed gives the same result.
func Simulate(s Stream, l Limits, seed uint64) Result {
	return simulate(s, l, seed, spread, coldMs/1000)
}

func simulate(in Stream, l Limits, seed uint64, service func(*rand.Rand, cost.Load) float64, coldS float64) Result {
	s := &system{
		Stream: in, limits: l, random: rand.New(rand.NewPCG(seed, 1)), service: service, coldS: coldS, gateway: full(l.GatewayRate, l.GatewayBurst),
		writes: full(l.Writes, l.Writes), reads: full(l.Reads, l.Reads), routes: map[string]*bucket{}, starts: map[string]*bucket{},
		idle: map[string]int{}, busy: map[string]int{}, result: Result{Refused: map[string]int{}},
	}
	for i := range s.Mix {
		s.next(i, 0)
	}
	for len(s.agenda) > 0 && len(s.result.Seconds) < s.Seconds {
		h := heap.Pop(&s.agenda).(happening)
		for h.at >= float64(len(s.result.Seconds)+1) && len(s.result.Seconds) < s.Seconds {
			s.close()
		}
		switch h.kind {
		case arrives:
			s.next(h.load, h.at)
			s.arrive(h)
		case asksTables:
			s.ask(h)
		case ends:
			s.end(h)
		}
	}
	return s.result
}

// next plans the arrival after now, by thinning a Poisson stream of the highest rate.
func (s *system) next(load int, now float64) {
	highest := s.Mix[load].Times * s.Most
	for highest > 0 && now < float64(s.Seconds) {
		now += s.random.ExpFloat64() / highest
		if s.random.Float64()*s.Most <= s.Rate(now) {
			heap.Push(&s.agenda, happening{at: now, kind: arrives, load: load, arrived: now})
			return
		}
	}
}

func (s *system) arrive(h happening) {
	s.result.Offered++
	s.second.Offered++
	cold, cause := s.admit(s.Mix[h.load], h.at)
	if cause != "" {
		s.refuse(s.Mix[h.load], cause)
		return
	}
	if cold {
		h.at += s.coldS
	}
	h.kind = asksTables
	heap.Push(&s.agenda, h)
}

// admit takes what a request needs of gateway and Lambda, and says what refuses it, or whether an environment starts for it.
func (s *system) admit(l cost.Load, now float64) (cold bool, cause string) {
	if !l.Event {
		path := route(l.Name)
		if s.routes[path] == nil {
			s.routes[path] = full(s.limits.of(path))
		}
		switch {
		case !s.routes[path].take(now, 1):
			return false, byRoute
		case !s.gateway.take(now, 1):
			return false, byGateway
		}
	}
	f := l.Function
	most, own := s.limits.Reserved[f]
	if float64(s.running) >= s.limits.Concurrency || own && float64(s.busy[f]) >= most {
		return false, byConcurrency
	}
	if s.idle[f] > 0 {
		s.idle[f]--
	} else {
		if s.starts[f] == nil {
			s.starts[f] = full(s.limits.EnvironmentRate, s.limits.EnvironmentBurst)
		}
		if !s.starts[f].take(now, 1) {
			return false, byStarts
		}
		s.result.Starts++
		cold = true
	}
	s.busy[f]++
	s.running++
	return cold, ""
}

// As shared/awsenv has it: the SDK's jitter is longer than the longest pause, so each is that.
const (
	mostTries = 6
	pause     = 0.3 // seconds
)

// ask takes the units of a request from the tables, or tries again a little later: meanwhile its environment is busy.
func (s *system) ask(h happening) {
	l := s.Mix[h.load]
	if !s.writes.has(h.at, l.Writes) || !s.reads.has(h.at, l.Reads) {
		if h.tries++; h.tries == mostTries {
			s.leave(l)
			s.refuse(l, byTable)
			return
		}
		h.at += pause
		heap.Push(&s.agenda, h)
		return
	}
	s.writes.held, s.reads.held = s.writes.held-l.Writes, s.reads.held-l.Reads
	h.at, h.kind = h.at+s.service(s.random, l), ends
	heap.Push(&s.agenda, h)
}

func (s *system) end(h happening) {
	s.leave(s.Mix[h.load])
	s.result.Served++
	s.second.Served++
	s.latencies = append(s.latencies, (h.at-h.arrived)*1000)
}

func (s *system) leave(l cost.Load) {
	s.busy[l.Function]--
	s.idle[l.Function]++
	s.running--
}

func (s *system) refuse(l cost.Load, cause string) {
	if l.Event {
		s.result.Later++
		return
	}
	s.result.Refused[cause]++
	s.second.Refused++
}

// close ends a second.
func (s *system) close() {
	slices.Sort(s.latencies)
	if n := len(s.latencies); n > 0 {
		s.second.P50, s.second.P99 = s.latencies[n/2], s.latencies[n*99/100]
	}
	s.second.Busy = s.running
	s.result.Seconds = append(s.result.Seconds, s.second)
	s.second, s.latencies = Second{}, s.latencies[:0]
}

const serviceCV = 0.3 // of the time on Lambda: an assumption

// spread is the time of a request: log-normal around its mean.
func spread(random *rand.Rand, l cost.Load) float64 {
	sigma2 := math.Log(1 + serviceCV*serviceCV)
	return l.Ms / 1000 * math.Exp(math.Sqrt(sigma2)*random.NormFloat64()-sigma2/2)
}
