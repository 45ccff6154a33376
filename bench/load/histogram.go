package load

import (
	"math"
	"slices"
)

// histogram counts durations in classes that are 5 % wide: class i is from step^i to step^(i+1) milliseconds.
type histogram map[int]int

const step = 1.05

// shortest is what anything shorter counts as, in milliseconds.
const shortest = 0.01

func (h histogram) add(ms float64) {
	h[int(math.Floor(math.Log(max(ms, shortest))/math.Log(step)))]++
}

func (h histogram) count() (n int) {
	for _, c := range h {
		n += c
	}
	return n
}

// quantile is the middle of the class that the q-th quantile is in, in milliseconds; NaN of none.
func (h histogram) quantile(q float64) float64 {
	classes := make([]int, 0, len(h))
	for i := range h {
		classes = append(classes, i)
	}
	slices.Sort(classes)
	left := int(math.Ceil(q * float64(h.count())))
	for _, i := range classes {
		if left -= h[i]; left <= 0 {
			return math.Pow(step, float64(i)+0.5)
		}
	}
	return math.NaN()
}

// joined is all that is counted in several.
func joined(all ...histogram) histogram {
	sum := histogram{}
	for _, h := range all {
		for i, c := range h {
			sum[i] += c
		}
	}
	return sum
}
