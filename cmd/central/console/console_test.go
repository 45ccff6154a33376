package console

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

func TestNothingIsChangedWithoutAYes(t *testing.T) {
	for answer, good := range map[string]bool{"yes\n": true, " yes \n": true, "": false, "y\n": false, "no\n": false, "YES\n": false} {
		var errs bytes.Buffer
		c := &Console{In: strings.NewReader(answer), Err: &errs}
		err := c.Confirm(t.Context(), "This will do it.")
		if (err == nil) != good {
			t.Errorf("%q: %v", answer, err)
		}
		if !strings.HasPrefix(errs.String(), "This will do it.\n") {
			t.Errorf("it did not say what it would do: %q", errs.String())
		}
	}
	var errs bytes.Buffer
	if err := (&Console{In: strings.NewReader(""), Err: &errs, yes: true}).Confirm(t.Context(), "This will do it."); err != nil || errs.String() != "This will do it.\n" {
		t.Errorf("%v, %q", err, errs.String())
	}
}

func TestCtrlCAtTheQuestionEndsIt(t *testing.T) {
	nobodyTypes, _ := io.Pipe()
	defer nobodyTypes.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (&Console{In: nobodyTypes, Err: io.Discard}).Confirm(ctx, "This will do it."); err == nil {
		t.Error("it went on")
	}
}

func TestProgressIsForTerminalsAlone(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		var errs bytes.Buffer
		b := (&Console{Err: &errs, Terminal: terminal}).Progress("things", 2)
		b.Step()
		b.Step()
		b.End()
		if drawn := strings.Contains(errs.String(), "[##############################] 2/2"); drawn != terminal || !terminal && errs.Len() > 0 {
			t.Errorf("terminal %v: %q", terminal, errs.String())
		}
	}
	var errs bytes.Buffer
	b := (&Console{Err: &errs, Terminal: true}).Progress("nothing", 0)
	if b.End(); !strings.Contains(errs.String(), "0/0") {
		t.Error(errs.String())
	}
}
