package load

import (
	"context"
	"net"
	"sync"
	"time"

	"phonon.in/central/bench/lab"
)

// together is how many log in at once.
const together = 50

// Wave is fifty valid log-ins at once, from one office.
type Wave struct {
	Succeeded int         `json:"succeeded"`
	Wrong     []string    `json:"wrong,omitempty"`
	Ms        lab.Samples `json:"ms"` // until each was answered
	// Processes of the function afterwards, with the most memory that each has had resident and what it has now as a share, in bytes.
	Processes []Memory `json:"processes"`
	// Beside is the peak of all other functions that run: the local run keeps some warm that hear of uploads, and no log-in touches them.
	Beside int64 `json:"beside"`
}

// Memory is that of one process, in bytes.
type Memory struct {
	Peak int64 `json:"peak"`
	PSS  int64 `json:"pss"`
}

// memory adds up the peaks of the processes, and their shares afterwards.
func (w Wave) memory() (peak, pss int64) {
	for _, m := range w.Processes {
		peak, pss = peak+m.Peak, pss+m.PSS
	}
	return peak, pss
}

// wave lets fifty people of one office log in at once, each to an account that was written, from number first on.
func (w *world) wave(ctx context.Context, first int) Wave {
	var out Wave
	var mu sync.Mutex
	var ready, all sync.WaitGroup
	begin := make(chan struct{})
	office := net.IPv4(127, 1, byte(first>>8), byte(first))
	for i := range together {
		p := w.member(spread(first+i, small))
		p.client = browser(office)
		ready.Add(1)
		all.Go(func() {
			defer p.leave()
			ready.Done()
			<-begin
			from := time.Now()
			err := w.do(ctx, p, logIn)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				out.Wrong = append(out.Wrong, err.Error())
				return
			}
			out.Succeeded++
			out.Ms = append(out.Ms, time.Since(from).Seconds()*1000)
		})
	}
	ready.Wait()
	close(begin)
	all.Wait()
	for _, pid := range lab.Tree(w.pid) {
		switch kind, function := kindOf(pid, w.pid); {
		case function == "login":
			out.Processes = append(out.Processes, Memory{lab.PeakRSS(pid), lab.PSS(pid)})
		case kind == functions:
			out.Beside += lab.PeakRSS(pid)
		}
	}
	return out
}

// howOften fifty people log in at once. The first time the processes start.
const howOften = 3

func (w *world) waves(ctx context.Context, l *lab.Lab) (all []Wave, err error) {
	for i := range howOften {
		one := w.wave(ctx, i*together)
		peak, _ := one.memory()
		l.Step("%d of %d log-ins at once succeeded within %.0f ms, %d MB at most", one.Succeeded, together, one.Ms.Quantile(1), peak>>20)
		if all = append(all, one); ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return all, nil
}
