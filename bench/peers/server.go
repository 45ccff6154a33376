package peers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// server is a process of a peer that runs while it is measured.
type server struct {
	cmd    *exec.Cmd
	log    string
	end    syscall.Signal // what it ends in order by
	exited chan struct{}
}

const (
	startsWithin = 30 * time.Second
	endsWithin   = 10 * time.Second
)

// start runs a program whose output goes to a file.
func start(cmd *exec.Cmd, log string, end syscall.Signal) (*server, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, out.Close())
	}
	s := &server{cmd: cmd, log: log, end: end, exited: make(chan struct{})}
	go func() {
		cmd.Wait()
		out.Close()
		close(s.exited)
	}()
	return s, nil
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// ready waits until is says yes, and errors with the end of the log where the process ends before or takes too long.
func (s *server) ready(ctx context.Context, is func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, startsWithin)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return s.failed(ctx.Err())
		case <-s.exited:
			return s.failed(errors.New("it ended"))
		case <-tick.C:
			if is() {
				return nil
			}
		}
	}
}

func (s *server) failed(err error) error {
	const tail = 2000
	text, _ := os.ReadFile(s.log)
	return fmt.Errorf("%s did not start: %w\n%s", s.cmd.Path, err, text[max(0, len(text)-tail):])
}

func (s *server) stop() error {
	s.cmd.Process.Signal(s.end)
	select {
	case <-s.exited:
		return nil
	case <-time.After(endsWithin):
		s.cmd.Process.Kill()
		<-s.exited
		return fmt.Errorf("%s did not end when it was told to", s.cmd.Path)
	}
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
