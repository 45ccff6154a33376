package journal

import (
	"bytes"
	"strings"
	"testing"
)

func TestALongTroubleIsCutAndStaysOneLine(t *testing.T) {
	var people, log bytes.Buffer
	j := &Journal{people: &people, log: &log, file: "run.log"}
	j.Wrong("it failed: %s", "panic:\n\tgoroutine 1\n"+strings.Repeat("ü", 400))
	if text := people.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "panic: goroutine 1 üü") || len(text) > longestTrouble+60 || !strings.HasSuffix(text, "…  (more in run.log)\n") {
		t.Errorf("%q", text)
	}
	if log.String() != people.String() {
		t.Errorf("%q", &log)
	}
}
