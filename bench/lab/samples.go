package lab

import (
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Samples are repeated measurements of one figure.
type Samples []float64

// Quantile is the q-th quantile, between samples by linear interpolation; NaN of none.
func (s Samples) Quantile(q float64) float64 {
	return stat.Quantile(q, stat.LinInterp, s.sorted(), nil)
}

// Median is the middle one; of an even number, the mean of the two in the middle.
func (s Samples) Median() float64 {
	in := s.sorted()
	n := len(in)
	if n%2 == 1 {
		return in[n/2]
	}
	return (in[n/2-1] + in[n/2]) / 2
}

// Mean is the arithmetic mean.
func (s Samples) Mean() float64 { return stat.Mean(s, nil) }

// Min is the smallest.
func (s Samples) Min() float64 { return slices.Min(s) }

// Max is the largest.
func (s Samples) Max() float64 { return slices.Max(s) }

func (s Samples) sorted() []float64 {
	in := slices.Clone(s)
	slices.Sort(in)
	return in
}

// Interleave runs each variant n times, in turn: what disturbs the machine for a while disturbs all alike. Every second round runs
// backwards, so that none always follows the same other.
func Interleave(n int, variants ...func() error) error {
	for round := range n {
		order := slices.Clone(variants)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, run := range order {
			if err := run(); err != nil {
				return err
			}
		}
	}
	return nil
}
