package sameness

import (
	"math/rand/v2"
	"testing"
	"time"
)

func sample(chance *rand.Rand, late time.Duration) (all []time.Duration) {
	for range samples {
		all = append(all, 50*time.Millisecond+late+time.Duration(chance.NormFloat64()*float64(2*time.Millisecond)))
	}
	return all
}

func TestTheDistanceTellsWhatDiffersFromWhatDoesNot(t *testing.T) {
	ms := time.Millisecond
	if d := distance([]time.Duration{1, 2, 3, 4}, []time.Duration{3, 4, 5, 6}); d != 0.5 {
		t.Errorf("half of each is beyond the other: %f", d)
	}
	if d := distance([]time.Duration{1, 1, 2}, []time.Duration{1, 1, 2}); d != 0 {
		t.Errorf("the same: %f", d)
	}
	chance := rand.New(rand.NewPCG(1, 2))
	alike, apart := 0, 0
	for range 200 {
		if distance(sample(chance, 0), sample(chance, 0)) < mostApart {
			alike++
		}
		if distance(sample(chance, 0), sample(chance, 2*ms)) >= mostApart {
			apart++
		}
	}
	if alike < 195 || apart != 200 {
		t.Errorf("of 200 pairs %d were found alike that are, and %d apart that are", alike, apart)
	}
}
