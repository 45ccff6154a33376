//go:build !linux

package main

import (
	"os/exec"
	"syscall"
)

// spawn starts cmd as a child that a Ctrl-C in the terminal does not reach: we end it in order. Only Linux can promise that it ends with
// this process when that is killed.
func spawn(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd.Start()
}
