package start

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is far more than any start takes.
const patience = 10 * time.Second

// a surrounding is what a process finds when it starts.
type surrounding struct {
	signing     string
	event       []byte           // what it is given to do; nil: nothing
	certificate *tls.Certificate // of AWS; nil: AWS without TLS
	roots       string           // the file of certificates that are trusted; "": the machine's
}

// run is one start of a process.
type run struct {
	next   time.Duration // from exec until it asks for an event
	answer time.Duration // from exec until it has answered the event
	cpu    time.Duration // what it had used when it asked
	rss    int64         // bytes that it had then
	body   []byte        // the answer
	dynamo int           // operations of DynamoDB
}

// once starts a binary and ends it again. A process that ends, logs an error or never asks is an error, never a time.
func once(ctx context.Context, binary string, in surrounding) (r run, err error) {
	s, err := newStand(in.signing, in.event, in.certificate)
	if err != nil {
		return run{}, err
	}
	defer s.Close()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, binary)
	cmd.Stdout, cmd.Stderr, cmd.Env = &said, &said, environment(s, in)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return run{}, err
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	r, err = s.watch(ctx, cmd.Process.Pid, begin, ended)
	cmd.Process.Kill()
	<-ended
	if err == nil && bytes.Contains(said.Bytes(), []byte(`"ERROR"`)) {
		err = errors.New("it logged an error")
	}
	if err != nil {
		return run{}, fmt.Errorf("start: %s: %w: %s", binary, err, bytes.TrimSpace(said.Bytes()))
	}
	return r, nil
}

// watch follows a process that began to its first event, and where there is an event to its answer.
func (s *stand) watch(ctx context.Context, pid int, begin time.Time, ended <-chan struct{}) (r run, err error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case at := <-s.asked:
		r.next = at.Sub(begin)
	case <-ended:
		return run{}, errors.New("it ended before it asked for an event")
	case <-late.C:
		return run{}, errors.New("it never asked for an event")
	case <-ctx.Done():
		return run{}, ctx.Err()
	}
	var errCPU, errRSS error
	r.cpu, errCPU = processor(pid)
	r.rss, errRSS = resident(pid)
	if err := cmp.Or(errCPU, errRSS); err != nil || s.event == nil {
		return r, err
	}
	select {
	case r.body = <-s.answered:
		r.answer, r.dynamo = time.Since(begin), int(s.dynamo.Load())
		return r, nil
	case <-ended:
		return run{}, errors.New("it ended before it answered")
	case <-late.C:
		return run{}, errors.New("it never answered")
	case <-ctx.Done():
		return run{}, ctx.Err()
	}
}

// processor is the time of all threads of a process, to the nanosecond: /proc/<pid>/stat counts in hundredths of a second.
func processor(pid int) (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(threads) == 0 {
		return 0, fmt.Errorf("process %d has no schedstat", pid)
	}
	var sum time.Duration
	for _, file := range threads {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		first, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

// resident is the memory of a process that is in RAM, its binary's pages included, in bytes.
func resident(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, fmt.Errorf("process %d is over", pid)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// environment has the settings of all functions together.
func environment(s *stand, in surrounding) []string {
	e := []string{
		"AWS_LAMBDA_RUNTIME_API=" + s.runtime, "AWS_ENDPOINT_URL=" + s.aws,
		"AWS_REGION=ap-south-1", "AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench", "AWS_LAMBDA_FUNCTION_NAME=bench",
		"LOG_LEVEL=WARN", "USERS_TABLE=users", "TOKENS_TABLE=tokens", "UPLOADS_BUCKET=uploads", "UPLOADS_ORIGIN=https://uploads.example.com",
		"PUBLIC_URL=https://central.example.com", "TERMS_VERSION=1", "SECRET_ID=app", "SIGNING_SECRET_ID=signing",
		"CAPTCHA_PROVIDER=altcha", "MAIL_FROM=central@example.com", "MALWARE_SCAN=on", "KYC_RETENTION_DAYS=1827",
		"REKYC_YEARS_HIGH=2", "REKYC_YEARS_MEDIUM=8", "REKYC_YEARS_LOW=10", "EVENTS_TOPIC_ARN=arn:aws:sns:ap-south-1:123456789012:events",
		"SMS_ENTITY_ID=1101000000000000001", "SMS_TEMPLATE_ID=1107000000000000001", "SMS_SENDER_ID=CNTRAL", "SMS_MAX_PRICE_USD=0.01",
		"SMS_DAILY_BUDGET=1000", "CALL_DAILY_BUDGET=100", "CALL_PROVIDER=aws", "VOICE_ORIGINATION_IDENTITY=pool", "VOICE_MAX_PRICE_USD_PER_MINUTE=0.1",
	}
	if in.roots != "" {
		e = append(e, "SSL_CERT_FILE="+in.roots, "SSL_CERT_DIR=/nonexistent")
	}
	return e
}
