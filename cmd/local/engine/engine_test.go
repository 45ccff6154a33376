package engine

import (
	"io"
	"os/exec"
	"testing"
)

func TestAnEngineThatEndsAgainAndAgainIsGivenTime(t *testing.T) {
	said := make(chan string, 100)
	e := &Engine{
		name: "engine", log: io.Discard, wrong: func(format string, _ ...any) { said <- format }, ended: make(chan struct{}),
		command: func() *exec.Cmd { return command("false") },
	}
	exited, err := e.launch()
	if err != nil {
		t.Fatal(err)
	}
	go e.keep(exited)
	for range 3 {
		<-said
	}
	e.Stop()
	if n := len(said); n > 2 {
		t.Errorf("%d more times it was said", n)
	}
}
