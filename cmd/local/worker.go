package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// invocation is one event on its way through a worker.
type invocation struct {
	id, trace string
	payload   []byte
	deadline  time.Time
	result    chan result
}

// result is what came of an invocation. An error means that the function did not answer.
type result struct {
	payload []byte
	failed  string // what the runtime reported: the function returned an error or crashed
}

// worker is one process of a function behind its own Lambda Runtime API. It handles one event at a time, as on Lambda.
type worker struct {
	server *http.Server
	next   chan *invocation
	exited chan struct{}
	cmd    *exec.Cmd

	mu      sync.Mutex
	current *invocation
}

// startWorker starts the binary. log gets what it prints.
func startWorker(f *function, log io.Writer) (*worker, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &worker{next: make(chan *invocation), exited: make(chan struct{})}
	mux := http.NewServeMux()
	const api = "/2018-06-01/runtime"
	mux.HandleFunc("GET "+api+"/invocation/next", w.handNext)
	mux.HandleFunc("POST "+api+"/invocation/{id}/response", w.takeResponse)
	mux.HandleFunc("POST "+api+"/invocation/{id}/error", w.takeError)
	mux.HandleFunc("POST "+api+"/init/error", func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(log, "init failed: %s\n", body)
		rw.WriteHeader(http.StatusAccepted)
	})
	w.server = &http.Server{Handler: mux}
	go w.server.Serve(l)
	w.cmd = exec.Command(f.binary)
	w.cmd.Dir = filepath.Dir(f.binary)
	w.cmd.Env = f.environment(l.Addr().String())
	w.cmd.Stdout, w.cmd.Stderr = log, log
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := startHere(w.cmd); err != nil {
		w.server.Close()
		return nil, err
	}
	go func() {
		w.cmd.Wait()
		close(w.exited)
		w.finish("", result{failed: "the process ended"})
		w.server.Close()
	}()
	return w, nil
}

// environment is what Lambda gives a function, and nothing of this machine's own.
func (f *function) environment(api string) []string {
	env := map[string]string{
		"AWS_LAMBDA_FUNCTION_NAME": "central-" + f.spec.Name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.spec.Memory), "AWS_LAMBDA_RUNTIME_API": api,
		"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "_HANDLER": "bootstrap", "LAMBDA_TASK_ROOT": filepath.Dir(f.binary),
		"AWS_REGION": localRegion, "AWS_DEFAULT_REGION": localRegion,
		"AWS_ACCESS_KEY_ID": localAccessKey, "AWS_SECRET_ACCESS_KEY": localSecretKey,
		"TZ": ":UTC", "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin",
	}
	for name, v := range f.spec.Env {
		env[name] = v
	}
	for name, v := range f.extra {
		env[name] = v
	}
	list := make([]string, 0, len(env))
	for name, v := range env {
		list = append(list, name+"="+v)
	}
	return list
}

func (w *worker) handNext(rw http.ResponseWriter, r *http.Request) {
	select {
	case i := <-w.next:
		h := rw.Header()
		h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(i.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+localRegion+":"+localAccount+":function:central")
		h.Set("Lambda-Runtime-Trace-Id", i.trace)
		h.Set("Content-Type", "application/json")
		rw.Write(i.payload)
	case <-r.Context().Done():
	}
}

func (w *worker) takeResponse(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	switch {
	case err != nil:
		w.finish(r.PathValue("id"), result{failed: "the answer broke off"})
	case len(body) > maxResponse:
		w.finish(r.PathValue("id"), result{failed: "the answer is larger than 6 MB"})
	case r.Trailer.Get("Lambda-Runtime-Function-Error-Type") != "":
		w.finish(r.PathValue("id"), result{failed: string(body)})
	default:
		w.finish(r.PathValue("id"), result{payload: body})
	}
	rw.WriteHeader(http.StatusAccepted)
}

const maxResponse = 6 << 20

func (w *worker) takeError(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.finish(r.PathValue("id"), result{failed: strings.TrimSpace(string(bytes.TrimSpace(body)))})
	rw.WriteHeader(http.StatusAccepted)
}

// finish ends the current invocation. An id that is not current any more is ignored: it timed out.
func (w *worker) finish(id string, r result) {
	w.mu.Lock()
	i := w.current
	if i != nil && (id == "" || id == i.id) {
		w.current = nil
		i.result <- r
	}
	w.mu.Unlock()
}

// run hands the event to the process and waits for its answer. A process that misses its deadline is killed, as on Lambda.
func (w *worker) run(i *invocation) (r result, timedOut bool) {
	w.mu.Lock()
	w.current = i
	w.mu.Unlock()
	late := time.NewTimer(time.Until(i.deadline))
	defer late.Stop()
	select {
	case w.next <- i:
	case r = <-i.result:
		return r, false
	case <-late.C:
		w.kill()
		return result{failed: "timed out before it took the event"}, true
	}
	select {
	case r = <-i.result:
		return r, false
	case <-late.C:
		w.kill()
		return result{failed: "timed out"}, true
	}
}

func (w *worker) alive() bool {
	select {
	case <-w.exited:
		return false
	default:
		return true
	}
}

func (w *worker) kill() { w.cmd.Process.Kill() }

// stop ends an idle process the way Lambda does.
func (w *worker) stop() {
	w.cmd.Process.Signal(os.Interrupt)
	select {
	case <-w.exited:
	case <-time.After(300 * time.Millisecond):
		w.kill()
		<-w.exited
	}
}
