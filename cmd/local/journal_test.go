package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// logged is what the run has written to its log.
func (s *system) logged(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.options.data, "log", "run.log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPeopleSeeTheTwoAddressesAndWhatWentWrong(t *testing.T) {
	s := startSystem(t, newProject(t), nil)
	var out, notes bytes.Buffer
	s.banner(&out, &notes)
	if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) != 3 || !strings.HasSuffix(lines[0], " "+s.url) ||
		!strings.Contains(lines[1], s.url+"/_local ") || !strings.Contains(lines[2], s.journal.Path()) || notes.Len() > 0 {
		t.Errorf("%s%s", &out, &notes)
	}
	s.call(t, "GET", "/echo/say", "")
	s.call(t, "POST", "/_local/schedule", "")
	eventually(t, "the log has it", func() bool { return strings.Contains(s.logged(t), "echo | all is well\n") })
	if said := s.said(); said != "" {
		t.Errorf("people see %q", said)
	}
	for _, c := range []struct{ name, do, says string }{
		{"a crash", "/echo/crash", "GET /echo/crash: echo failed: the process ended: exit status 3"},
		{"an error", "/echo/fail", "GET /echo/fail: echo failed: the function failed:"},
		{"an answer that says so", "/echo/unavailable", "GET /echo/unavailable: echo answered 503"},
		{"a mail that SES refuses", "/echo/mail", "ses refused SendEmail, which echo asked for: 400 MessageRejected: Email address is not verified."},
	} {
		t.Run(c.name+" is one line that says where more is", func(t *testing.T) {
			before := len(s.log.String())
			s.call(t, "GET", c.do, "")
			said := s.log.String()[before:]
			if strings.Count(said, "\n") != 1 || !strings.Contains(said, c.says) || !strings.Contains(said, s.journal.Path()) {
				t.Errorf("%q", said)
			}
		})
	}
	before := len(s.log.String())
	s.services.Engines[0].Kill()
	eventually(t, "the engine's end is said", func() bool {
		return strings.Contains(s.log.String()[before:], "dynoxide ended (signal: killed) and is started again")
	})
}

func TestVerboseShowsWhatGoesToTheLog(t *testing.T) {
	s := startSystem(t, newProject(t), func(o *options) { o.verbose = true })
	s.call(t, "GET", "/echo/say", "")
	eventually(t, "people see it", func() bool { return strings.Contains(s.log.String(), "echo | all is well\n") })
	if !strings.Contains(s.logged(t), "echo | all is well\n") {
		t.Errorf("the log is %q", s.logged(t))
	}
}
