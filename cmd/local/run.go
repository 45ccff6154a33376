package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"phonon.in/central/cmd/local/template"
)

// running is how programs find a run and what it is made of: GET /_local/run answers it, and run.json in the data is there while it runs.
// No key is in it.
type running struct {
	URL         string            `json:"url"`
	PID         int               `json:"pid"`
	Data        string            `json:"data"`
	EnginesOnly bool              `json:"enginesOnly"` // there are no pages at url
	Environment map[string]string `json:"environment"` // endpoints, and the names of tables, bucket and secret, as the functions get them
}

func runFile(data string) string { return filepath.Join(data, "run.json") }

// running describes this run. Its services must be served.
func (l *local) running() running {
	env := map[string]string{"AWS_REGION": template.Region}
	for name, v := range l.services.Environment() {
		if strings.HasPrefix(name, "AWS_ENDPOINT_URL_") {
			env[name] = v
		}
	}
	for _, f := range l.template.Functions {
		for _, name := range []string{"USERS_TABLE", "TOKENS_TABLE", "UPLOADS_BUCKET", "SECRET_ID", "SIGNING_SECRET_ID", "MAIL_FROM", "MAIL_CONFIGURATION_SET", "EVENTS_TOPIC_ARN"} {
			if v := f.Env[name]; v != "" {
				env[name] = v
			}
		}
	}
	env["EVENTS_QUEUE_URL"] = l.services.EventsQueueURL()
	return running{l.url, os.Getpid(), l.options.data, l.options.enginesOnly, env}
}

// announce writes the file by which other programs find this run.
func (l *local) announce() error {
	text, err := json.MarshalIndent(l.running(), "", "  ")
	if err != nil {
		return err
	}
	file := runFile(l.options.data)
	if err := os.WriteFile(file+".part", text, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".part", file)
}

// whose says where the run is that has the data: " (http://127.0.0.1:3000)", or nothing.
func whose(data string) string {
	var r running
	text, err := os.ReadFile(runFile(data))
	if err != nil || json.Unmarshal(text, &r) != nil {
		return ""
	}
	return fmt.Sprintf(" (%s, process %d)", r.URL, r.PID)
}

// runAt asks for the run that answers at an origin.
func runAt(origin string) (running, error) {
	client := http.Client{Timeout: time.Second}
	answer, err := client.Get(origin + "/_local/run")
	if err != nil {
		return running{}, err
	}
	defer answer.Body.Close()
	var r running
	if err := json.NewDecoder(answer.Body).Decode(&r); err != nil || r.URL == "" {
		return running{}, fmt.Errorf("%s is no local run", origin)
	}
	return r, nil
}

func portTaken(port int) error {
	who, advice := "another program", "choose another port"
	if _, err := runAt("http://127.0.0.1:" + strconv.Itoa(port)); err == nil {
		who, advice = "another local run of Central", "use that one, end it, or choose another port"
	}
	return fmt.Errorf("port %d is in use by %s: %s, for example with PORT=%d make run", port, who, advice, port%65000+100)
}

// exports prints the environment for a shell: for clients of the engines, and for functions that run elsewhere.
func (l *local) exports() string {
	env := l.running().Environment
	maps.Copy(env, l.services.Environment())
	env["CENTRAL_LOCAL_URL"] = l.url + "/_local"
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintf(&text, "export %s='%s'\n", name, strings.ReplaceAll(env[name], "'", `'\''`))
	}
	return text.String()
}

// banner says where everything is.
func (l *local) banner(out, notes io.Writer) {
	if l.options.enginesOnly {
		fmt.Fprint(out, l.exports())
	} else {
		fmt.Fprintf(out, "Central     %s\nIts inside  %s/_local  (mail, SMS, calls, tables, requests)\n", l.home, l.url)
		fmt.Fprintf(out, "The log is %s (--verbose shows it here). Ctrl-C ends it; the data stays.\n", l.journal.Path())
	}
	for _, n := range l.notes {
		fmt.Fprintln(notes, "Note:", n)
	}
}
