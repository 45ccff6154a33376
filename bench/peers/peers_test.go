package peers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"phonon.in/central/bench/lab"
)

// process starts a shell that ends with the test, and waits for the line that it says.
func process(t *testing.T, script string) *server {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return &server{cmd: cmd}
}

const burn = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; "

func TestTheTimeOfATreeHasThoseThatRunAndThoseThatHaveEnded(t *testing.T) {
	idle := sum(spentIn(process(t, "echo; read end").pid()))
	one := spentIn(process(t, burn+"echo; read end").pid())
	ran := spentIn(process(t, "("+burn+"echo; read end; true); true").pid())
	gone := spentIn(process(t, "("+burn+"true); echo; read end").pid())
	if one["sh"] < 10*idle || one[ended] != 0 {
		t.Errorf("work took %v, none %s", one, idle)
	}
	about := func(d time.Duration) bool { return d > one["sh"]/3 && d < 3*one["sh"] }
	if !about(ran["sh"]) || ran[ended] != 0 {
		t.Errorf("the work of a child took %v, of one process %v", ran, one)
	}
	if !about(gone[ended]) || gone["sh"] > one["sh"]/3 {
		t.Errorf("the work of a child that has ended took %v, of one process %v", gone, one)
	}
	over := exec.Command("true")
	if err := over.Run(); err != nil {
		t.Fatal(err)
	}
	if d := lab.CPU(over.Process.Pid); d != 0 {
		t.Errorf("a process that has ended used %s", d)
	}
}

// answering is a Kratos whose flows begin and end as they are told to.
func answering(t *testing.T, status int, body string) *kratos {
	t.Helper()
	var url string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			fmt.Fprintf(w, `{"ui": {"action": "%s/self-service/login?flow=1"}}`, url)
			return
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(web.Close)
	url = web.URL
	k := &kratos{client: newClient(), people: &people{domain: "example.com"}, public: url}
	k.add(k.next())
	return k
}

func TestWhatIsNoLogInIsAnError(t *testing.T) {
	if err := answering(t, http.StatusOK, `{"session_token": "ory_st_1"}`).logIn(t.Context()); err != nil {
		t.Error(err)
	}
	for body, status := range map[string]int{
		`{"error": "the database is gone"}`: http.StatusInternalServerError, `{"ui": {}}`: http.StatusBadRequest, `{}`: http.StatusOK, ``: http.StatusOK,
	} {
		if err := answering(t, status, body).logIn(t.Context()); err == nil {
			t.Errorf("%d %s passed for a log-in", status, body)
		}
	}
	if err := answering(t, http.StatusOK, `{"session_token": "ory_st_1"}`).signUp(t.Context()); err == nil {
		t.Error("an answer without an identity passed for a sign-up")
	}
	nobody := &kratos{people: &people{}}
	if err := nobody.logIn(t.Context()); err != errNobody {
		t.Errorf("nobody logged in: %v", err)
	}
}

func TestAWindowCountsErrorsApart(t *testing.T) {
	k := answering(t, http.StatusInternalServerError, "")
	k.server = process(t, "echo; read end")
	k.db = &postgres{server: process(t, "echo; read end")}
	b := &bench{kratos: map[string]*kratos{asItComes: k}}
	b.window(asItComes, logIn, closed, func() lab.Result {
		return each(5, func(int) error { return k.logIn(t.Context()) })
	})
	f := b.data.figures(asItComes, logIn, closed)
	if f.done != 0 || f.errors != 5 || !math.IsNaN(f.server) {
		t.Errorf("%+v", f)
	}
}

func TestAServerThatEndsSaysWhy(t *testing.T) {
	s, err := start(exec.Command("sh", "-c", "echo the port is taken; exit 3"), filepath.Join(t.TempDir(), "log"), syscall.SIGTERM)
	if err != nil {
		t.Fatal(err)
	}
	err = s.ready(context.Background(), func() bool { return false })
	if err == nil || !strings.Contains(err.Error(), "the port is taken") {
		t.Errorf("got %v", err)
	}
}

func TestWithoutKratosItIsSaidWhatToDo(t *testing.T) {
	mod, err := os.ReadFile("kratos/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	here := filepath.Join(root, "bench", "peers", "kratos")
	if err := errors.Join(os.MkdirAll(here, 0o755), os.WriteFile(filepath.Join(here, "go.mod"), mod, 0o600)); err != nil {
		t.Fatal(err)
	}
	_, err = Measure(t.Context(), &lab.Lab{Root: root})
	if err == nil || !strings.Contains(err.Error(), "make bench") || !strings.Contains(err.Error(), "--only") {
		t.Errorf("got %v", err)
	}
	file := filepath.Join(root, ".local", "tools", "kratos", "kratos")
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, nil, 0o700)); err != nil {
		t.Fatal(err)
	}
	if found, version, err := kratosBinary(root); err != nil || found != file || !strings.HasPrefix(version, "v1.") {
		t.Errorf("%s, %s, %v", found, version, err)
	}
}

func TestABrowserThatHasLoggedInIsKnownTheNextTime(t *testing.T) {
	session := true
	var sent []string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Header.Get("Cookie"))
		w.Header().Add("Set-Cookie", deviceCookie+"=device; Path=/; Secure")
		if session {
			w.Header().Add("Set-Cookie", "__Host-session=secret; Path=/; Secure")
		}
	}))
	t.Cleanup(web.Close)
	c := &central{client: newClient(), people: &people{domain: "example.com"}, run: &lab.Local{URL: web.URL}}
	c.add(&person{number: 1, cookie: &http.Cookie{Name: "__Host-signup", Value: "sign-up"}})
	if err := errors.Join(c.logIn(t.Context()), c.logIn(t.Context())); err != nil {
		t.Fatal(err)
	}
	if strings.Join(sent, "|") != "|"+deviceCookie+"=device" {
		t.Errorf("sent %q", sent)
	}
	session = false
	if err := c.logIn(t.Context()); err == nil {
		t.Error("an answer without a session passed for a log-in")
	}
}
