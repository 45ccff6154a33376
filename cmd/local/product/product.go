// Package product is the sample product beside a run, examples/product: built, registered as an operator does it, and started with the settings that
// any product gets.
package product

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"phonon.in/central/cmd/local/journal"
)

// registration is how Central knows the sample product, with the secret that is shown once. It is kept among the data.
type registration struct {
	URL    string `json:"url"`
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

// Sample is examples/product beside a run.
type Sample struct {
	Root, Data string   // folders of the project, and of what is kept
	Central    string   // the address of the run
	Issuer     string   // the origin of its pages
	Port       int      // of the run; 0 for any
	Settings   []string // of the environment: the queue of events, and keys to it
	Journal    *journal.Journal
}

// Run builds, registers and starts the sample product, and waits for its end.
func (s *Sample) Run(ctx context.Context) {
	if err := s.run(ctx); err != nil && ctx.Err() == nil {
		s.Journal.Wrong("the sample product does not run: %v", err)
	}
}

func (s *Sample) binary(name string) string { return filepath.Join(s.Root, ".local", "bin", name) }

func (s *Sample) run(ctx context.Context) error {
	for folder, binary := range map[string]string{"cmd/central": s.binary("central"), "examples/product": s.binary("product")} {
		if err := s.build(ctx, folder, binary); err != nil {
			return err
		}
	}
	address, err := s.address()
	if err != nil {
		return err
	}
	known, err := s.register(ctx, "http://"+address)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, s.binary("product"))
	cmd.Env = append(os.Environ(), s.settings(known, address)...)
	cmd.Stdout = s.Journal.Prefixed("product | ")
	cmd.Stderr = cmd.Stdout
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return err
	}
	s.Journal.Say("Product     %s  (a sample: log in, and see it open when the KYC is approved)", known.URL)
	return cmd.Wait()
}

// build is quick where nothing has changed. The first one fetches modules, and tools/go.sh says how far it is.
func (s *Sample) build(ctx context.Context, folder, binary string) error {
	script := filepath.Join(s.Root, "tools", "go.sh")
	cmd := exec.CommandContext(ctx, "bash", script, filepath.Base(folder), filepath.Join(s.Root, folder), "build", "-v", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = s.Journal.Spoken(), s.Journal.Spoken()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s does not build: %w", folder, err)
	}
	return nil
}

// address is a hundred ports after the run's own, where that is free: the same each time, as it is registered.
func (s *Sample) address() (string, error) {
	wanted := 0
	if s.Port > 0 {
		wanted = s.Port%65000 + 100
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(wanted))
	if errors.Is(err, syscall.EADDRINUSE) {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// register finds the product's registration, or makes it.
func (s *Sample) register(ctx context.Context, url string) (registration, error) {
	file := productFile(s.Data)
	var known registration
	if text, err := os.ReadFile(file); err == nil && json.Unmarshal(text, &known) == nil && known.URL == url {
		if _, err := s.operator(ctx, "show", known.ID); err == nil {
			return known, nil
		}
	}
	said, err := s.operator(ctx, "add", "--name", "Click to Call, a sample", "--redirect", url+"/callback", "--post-logout", url+"/", "--initiate-login", url+"/login", "--product", "click-to-call",
		"--backchannel", url+"/backchannel-logout", "--scope", "openid,profile,email,account,kyc")
	if err != nil {
		return registration{}, err
	}
	known = registration{}
	if err := json.Unmarshal(said, &known); err != nil || known.ID == "" || known.Secret == "" {
		return registration{}, fmt.Errorf("central client add answered without id or secret: %w", err)
	}
	known.URL = url
	text, err := json.Marshal(known)
	if err != nil {
		return registration{}, err
	}
	return known, os.WriteFile(file, text, 0o600)
}

func productFile(data string) string { return filepath.Join(data, "product.json") }

// operator does what an operator does, in this run.
func (s *Sample) operator(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.binary("central"), append([]string{"--local", s.Central, "--json", "--yes", "client"}, args...)...)
	said, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return nil, fmt.Errorf("central client %s: %s", args[0], strings.TrimSpace(string(failed.Stderr)))
	}
	return said, err
}

// settings are those of any product, and where its queue is.
func (s *Sample) settings(known registration, address string) []string {
	return append([]string{
		"CENTRAL_ISSUER=" + s.Issuer, "CLIENT_ID=" + known.ID, "CLIENT_SECRET=" + known.Secret, "PRODUCT_URL=" + known.URL, "ADDRESS=" + address,
	}, s.Settings...)
}
