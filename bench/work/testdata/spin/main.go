// Command spin is a function of which is known what it costs.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"golang.org/x/sys/unix"
)

type spin struct{}

var kept [][]byte

func (spin) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var e struct{ Allocate, Fail, End, Hang bool }
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, err
	}
	switch {
	case e.Allocate:
		for range 8 {
			kept = append(kept, make([]byte, 1<<20))
		}
	case e.Fail:
		return nil, errors.New("on purpose")
	case e.End:
		os.Exit(1)
	case e.Hang:
		<-ctx.Done()
	default:
		for from := cpu(); cpu()-from < 20*time.Millisecond; {
		}
	}
	return []byte(`{"statusCode":204}`), nil
}

func cpu() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}

func main() { lambda.Start(spin{}) }
