package main

import (
	"os/exec"
	"runtime"
)

var spawns = make(chan func())

// The kernel ends a child with the *thread* that started it, not with the process (Pdeathsig). So all children are started
// from one thread that lives as long as we do.
func init() {
	go func() {
		runtime.LockOSThread()
		for start := range spawns {
			start()
		}
	}()
}

func startHere(cmd *exec.Cmd) error {
	done := make(chan error)
	spawns <- func() { done <- cmd.Start() }
	return <-done
}
