package scale

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"phonon.in/central/cmd/central/cost"
)

// By hand: one server; two with a load of one (1/5 and 1/3); and tables of textbooks for ten with eight, and a hundred at one per cent.
func TestErlangsFormulasGiveKnownValues(t *testing.T) {
	for _, row := range []struct {
		c       int
		a, b, w float64
	}{{1, 0.5, 1.0 / 3, 0.5}, {2, 1, 0.2, 1.0 / 3}, {10, 8, 0.12166, 0.40918}, {100, 84.064, 0.01, 0.05960}} {
		if b, w := ErlangB(row.c, row.a), ErlangC(row.c, row.a); math.Abs(b-row.b) > 1e-5 || math.Abs(w-row.w) > 1e-4 {
			t.Errorf("%d servers, load %g: %.5f go away and %.5f wait, not %g and %g", row.c, row.a, b, w, row.b, row.w)
		}
	}
	if n := Servers(84, 0.01); n != 100 || !math.IsInf(MeanWait(3, 4, 1, 1), 1) {
		t.Errorf("%d servers", n)
	}
}

// alone is a function of which no more than c run, and that nothing else bounds.
func alone(c float64) Limits {
	l := Default()
	l.GatewayRate, l.GatewayBurst, l.Route = 1e9, 1e9, Throttle{1e9, 1e9}
	l.Writes, l.Reads, l.EnvironmentRate, l.EnvironmentBurst, l.Concurrency = 1e9, 1e9, 1e9, 1e9, c
	return l
}

func steady(rate float64, seconds int) Stream {
	return Stream{Mix: []cost.Load{{Name: "GET /x", Function: "f", Times: 1, Ms: 100, Reads: 1}}, Rate: func(float64) float64 { return rate }, Most: rate, Seconds: seconds}
}

// TestTheSimulationAgreesWithErlang: what finds no environment is what the formula says, however the service is spread, and as many run as Little's
// law says.
func TestTheSimulationAgreesWithErlang(t *testing.T) {
	for name, service := range map[string]func(*rand.Rand, cost.Load) float64{
		"exponential":    func(r *rand.Rand, l cost.Load) float64 { return l.Ms / 1000 * r.ExpFloat64() },
		"always as long": func(_ *rand.Rand, l cost.Load) float64 { return l.Ms / 1000 },
		"log-normal":     spread,
	} {
		r := simulate(steady(80, 1500), alone(10), 1, service, 0) // a load of 8 for ten environments
		if refused, want := float64(r.Refused[byConcurrency])/float64(r.Offered), ErlangB(10, 8); math.Abs(refused-want) > 0.005 {
			t.Errorf("%s: %.4f are refused, the formula says %.4f", name, refused, want)
		}
		free := simulate(steady(80, 1500), alone(1e9), 2, service, 0)
		busy := 0.0
		for _, s := range free.Seconds {
			busy += float64(s.Busy) / float64(len(free.Seconds))
		}
		if math.Abs(busy-8) > 0.25 || len(free.Refused) > 0 {
			t.Errorf("%s: %.2f run, Little says 8; %v", name, busy, free.Refused)
		}
	}
}

func TestTheSimulatedQueueAgreesWithTheFormula(t *testing.T) {
	for _, row := range []struct {
		c          int
		arrive, cv float64
		service    func(*rand.Rand) float64
		off        float64
	}{
		{1, 0.7, 1, func(r *rand.Rand) float64 { return r.ExpFloat64() }, 0.05},
		{4, 3, 1, func(r *rand.Rand) float64 { return r.ExpFloat64() }, 0.05},
		{1, 0.7, 0, func(*rand.Rand) float64 { return 1 }, 0.05},
		{4, 3, 0, func(*rand.Rand) float64 { return 1 }, 0.12}, // Allen and Cunneen come near
	} {
		got, want := Waiting(row.c, row.arrive, row.service, 300_000, 3), MeanWait(row.c, row.arrive, 1, row.cv)
		if math.Abs(got-want) > row.off*want {
			t.Errorf("%d servers, %g arrive: %.4f is waited, the formula says %.4f", row.c, row.arrive, got, want)
		}
	}
}

// TestALimitThatIsTooLowIsWhatRefuses: each limit, halved below what comes, refuses what is above it and nothing else does.
func TestALimitThatIsTooLowIsWhatRefuses(t *testing.T) {
	for cause, lower := range map[string]func(*Limits){
		byRoute:       func(l *Limits) { l.Route = Throttle{500, 500} },
		byGateway:     func(l *Limits) { l.GatewayRate, l.GatewayBurst = 500, 500 },
		byConcurrency: func(l *Limits) { l.Concurrency = 50 },
		byStarts:      func(l *Limits) { l.EnvironmentRate, l.EnvironmentBurst = 0, 50 },
		byTable:       func(l *Limits) { l.Reads = 500 },
	} {
		l := alone(1e9)
		lower(&l)
		r := simulate(steady(1000, 60), l, 4, spread, coldMs/1000)
		share := float64(r.Refused[cause]) / float64(r.Offered)
		if len(r.Refused) != 1 || share < 0.4 || share > 0.55 {
			t.Errorf("%s: %v of %d", cause, r.Refused, r.Offered)
		}
		if enough := simulate(steady(1000, 60), alone(1e9), 4, spread, coldMs/1000); len(enough.Refused) != 0 || enough.Offered-enough.Served > 200 {
			t.Errorf("with enough of everything: %+v of %d", enough.Refused, enough.Offered)
		}
	}
}

func TestTheSameSeedGivesTheSame(t *testing.T) {
	p := peaks()[0].stream(2, 2)
	a, b, c := Simulate(p, Default(), 1), Simulate(p, Default(), 1), Simulate(p, Default(), 2)
	if a.Served != b.Served || a.Seconds[3] != b.Seconds[3] || a.Served == c.Served && a.Offered == c.Offered {
		t.Errorf("%d, %d and %d", a.Served, b.Served, c.Served)
	}
}

// TestWhatIsAskedForIsEnough: with limits raised as operations.md says, nobody is refused.
func TestWhatIsAskedForIsEnough(t *testing.T) {
	for _, p := range peaks() {
		if r := Simulate(p.stream(4, 4), p.limits(allRaised), 5); len(r.Refused) != 0 {
			t.Errorf("%s: %v of %d", p.name, r.Refused, r.Offered)
		}
		if r := Simulate(p.stream(4, 4), Default(), 5); float64(r.Served) > 0.9*float64(r.Offered) {
			t.Errorf("%s: %d of %d are served without anything raised", p.name, r.Served, r.Offered)
		}
	}
}

func TestLimitsOfTheTemplateAreItsOwn(t *testing.T) {
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
	if m := regexp.MustCompile(`DefaultRouteSettings:\n +ThrottlingBurstLimit: (\d+)\n +ThrottlingRateLimit: (\d+)`).FindStringSubmatch(string(text)); m == nil || routeThrottle != (Throttle{number(m[2]), number(m[1])}) {
		t.Errorf("the template has %q", m)
	}
	for path, want := range routeThrottles {
		m := regexp.MustCompile(`"ANY ` + path + `": \{ThrottlingBurstLimit: (\d+), ThrottlingRateLimit: (\d+)\}`).FindStringSubmatch(string(text))
		if m == nil || want != (Throttle{number(m[2]), number(m[1])}) {
			t.Errorf("%s: the template has %q, the simulation %v", path, m, want)
		}
	}
	for function, most := range reserved {
		_, block, _ := strings.Cut(string(text), "\n  "+strings.ToUpper(function[:1])+function[1:]+"Function:")
		block, _, _ = strings.Cut(block, "Function:\n")
		if !strings.Contains(block, fmt.Sprintf("ReservedConcurrentExecutions: !If [IsReserved, %g,", most)) {
			t.Errorf("the template does not reserve %g for %s", most, function)
		}
	}
}
