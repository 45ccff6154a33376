package work

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"phonon.in/central/bench/lab"
	ours "phonon.in/central/shared/password"
)

// measureHash takes n samples each of the yardstick and of a hash of ours, in turn, in milliseconds of CPU.
func measureHash(ctx context.Context, l *lab.Lab, n int) (yardstick, hash lab.Samples, err error) {
	typed, err := ours.Read(password)
	if err != nil {
		return nil, nil, err
	}
	err = lab.Interleave(n, func() error {
		took, err := l.Yardstick(ctx)
		yardstick = append(yardstick, took.Seconds()*1000)
		return err
	}, func() error {
		if _, err := ours.Hash(ctx, typed); err != nil { // which fetches the memory that the runtime has given back meanwhile
			return err
		}
		before := processCPU()
		_, err := ours.Hash(ctx, typed)
		hash = append(hash, (processCPU()-before).Seconds()*1000)
		return err
	})
	return yardstick, hash, err
}

// processCPU is the CPU time of this process.
func processCPU() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err) // the clock is part of Linux
	}
	return time.Duration(t.Nano())
}
