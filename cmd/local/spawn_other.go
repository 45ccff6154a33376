//go:build !linux

package main

import "os/exec"

// spawn starts cmd. Only Linux can promise that a child ends with this process when that is killed.
func spawn(cmd *exec.Cmd) error { return cmd.Start() }
