package scale

import "math/rand/v2"

// Waiting is the mean time that arrivals wait in their order for one of c servers: a simulation of what MeanWait is a formula for. Lambda
// queues events like this (files to render), never requests.
func Waiting(c int, arrivals float64, service func(*rand.Rand) float64, n int, seed uint64) float64 {
	random := rand.New(rand.NewPCG(seed, 2))
	free := make([]float64, c) // when each server is free again
	now, waited := 0.0, 0.0
	for range n {
		now += random.ExpFloat64() / arrivals
		first := 0
		for i := range free {
			if free[i] < free[first] {
				first = i
			}
		}
		begins := max(now, free[first])
		waited += begins - now
		free[first] = begins + service(random)
	}
	return waited / float64(n)
}
