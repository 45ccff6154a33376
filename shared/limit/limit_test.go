package limit

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/fault"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// Two rules of one name would count on one counter.
func TestEveryRuleHasItsOwnNameAndASentence(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "limit.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if kind, ok := literal.Type.(*ast.Ident); !ok || kind.Name != "Rule" || len(literal.Elts) != 4 {
			return true
		}
		name, detail := text(t, literal.Elts[0]), text(t, literal.Elts[3])
		if seen[name] || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("name %q is taken or has more than letters and hyphens", name)
		}
		if !strings.HasSuffix(detail, ".") {
			t.Errorf("%s: %q is no sentence", name, detail)
		}
		seen[name] = true
		return true
	})
	if len(seen) < 20 {
		t.Errorf("found %d rules: has the table another form?", len(seen))
	}
	for _, row := range table {
		delete(seen, row.rule.Name)
	}
	if len(seen) > 2 { // the two budgets, which an operator sets
		t.Errorf("not in docs/limits.md: %v", seen)
	}
}

func text(t *testing.T, e ast.Expr) string {
	t.Helper()
	s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCaptchaComesBeforeTheLimit(t *testing.T) {
	if CaptchaAfter >= LoginAddress.Max {
		t.Errorf("a captcha after %d wrong passwords, locked out after %d", CaptchaAfter, LoginAddress.Max)
	}
}

func TestBudgetsTakeTheirMaximumFromTheConfiguration(t *testing.T) {
	if sms, call := SMSBudget(500), CallBudget(20); sms.Max != 500 || call.Max != 20 || sms.Name == call.Name || sms.Window != 24*time.Hour {
		t.Errorf("%+v, %+v", sms, call)
	}
}

func TestWindowsOfDifferentPeopleOpenAtDifferentTimes(t *testing.T) {
	starts := map[time.Time]bool{}
	for i := range 100 {
		starts[MailDay.By("who-"+strconv.Itoa(i)).WindowStart(noon)] = true
	}
	if len(starts) < 50 {
		t.Errorf("100 counters open at %d moments", len(starts))
	}
}

func TestExceededSaysUntilWhen(t *testing.T) {
	use := CodeGap.By("+919876543210")
	until := noon.Add(30 * time.Second)
	for name, c := range map[string]struct {
		at   time.Time
		wait time.Duration
		say  string
	}{
		"at the start of the window": {noon, 30 * time.Second, "in 30 seconds."},
		"within it":                  {noon.Add(12*time.Second + 1), 18*time.Second - 1, "in 18 seconds."},
		"at its last moment":         {until.Add(-1), 1, "in a second."},
	} {
		t.Run(name, func(t *testing.T) {
			f := use.Exceeded(c.at, until)
			if f.Kind != fault.TooMany || f.Code != "too_many_requests" || f.RetryAfter != c.wait || f.Extra["limit"] != "code-gap" {
				t.Errorf("got %+v", f)
			}
			if !strings.HasPrefix(f.Detail, CodeGap.Detail) || !strings.HasSuffix(f.Detail, c.say) {
				t.Errorf("%q does not end with %q", f.Detail, c.say)
			}
			if strings.Contains(f.Error()+f.Detail, "9876543210") {
				t.Error("the fault names who")
			}
		})
	}
	if !errors.Is(use.Exceeded(noon, until), MailDay.By("x").Exceeded(noon, until)) {
		t.Error("the faults of two limits have different codes")
	}
}

func TestTryAgainRoundsUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                         "Try again in a second.",
		time.Second:               "Try again in a second.",
		1500 * time.Millisecond:   "Try again in 2 seconds.",
		time.Minute:               "Try again in 60 seconds.",
		time.Minute + time.Second: "Try again in 2 minutes.",
		time.Hour:                 "Try again in 60 minutes.",
		time.Hour + 1:             "Try again in 2 hours.",
		24 * time.Hour:            "Try again in 24 hours.",
	} {
		if got := tryAgain(d); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}

func FuzzNowIsInsideItsWindow(f *testing.F) {
	f.Add("203.0.113.7", int64(0), uint8(0))
	f.Add("", int64(1793621400), uint8(3))
	f.Add("\xff\xff\xff", int64(-1), uint8(1))
	rules := []Rule{SignupIP, MailHour, MailDay, CodePhone, LoginAddressIP}
	f.Fuzz(func(t *testing.T, who string, unix int64, i uint8) {
		use := rules[int(i)%len(rules)].By(who)
		now := time.Unix(unix%(1<<33), 0).UTC()
		start := use.WindowStart(now)
		end := use.WindowEnd(now)
		if start.After(now) || !now.Before(end) {
			t.Fatalf("%s is not in [%s, %s)", now, start, end)
		}
		if !use.WindowStart(start).Equal(start) || !use.WindowStart(end.Add(-1)).Equal(start) || !use.WindowStart(end).Equal(end) {
			t.Errorf("the window of %s moves within itself", start)
		}
		if wait := use.Exceeded(now, end).RetryAfter; wait <= 0 || wait > use.Rule.Window {
			t.Errorf("wait %s", wait)
		}
	})
}

func TestMailsToChooseAPasswordShareTheCounterOfAllMails(t *testing.T) {
	for name, c := range map[string]struct{ all, reset Rule }{"hour": {MailHour, ResetMailHour}, "day": {MailDay, ResetMailDay}} {
		if c.all.Name != c.reset.Name || c.all.Window != c.reset.Window || c.reset.Max <= c.all.Max {
			t.Errorf("%s: %+v and %+v", name, c.all, c.reset)
		}
	}
}

func TestRefused(t *testing.T) {
	wait := CodeGap.By("x").Exceeded(noon, noon.Add(time.Second))
	for err, want := range map[error]bool{wait: true, fmt.Errorf("code: %w", wait): true, fault.Down(errors.New("x")): false, errors.New("x"): false, nil: false} {
		if Refused(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}

// Whatever was used, there is room at the time that is told, and none a moment before where the limit is what keeps it.
func FuzzThereIsRoomWhenItIsSaid(f *testing.F) {
	f.Add(int64(1793621400), uint8(0), uint16(5), uint16(5))
	f.Add(int64(0), uint8(4), uint16(60), uint16(0))
	rules := []Rule{SignupIP, MailHour, MailDay, CodePhone, LoginAddressIP}
	f.Fuzz(func(t *testing.T, unix int64, i uint8, uses, before uint16) {
		use := rules[int(i)%len(rules)].By("203.0.113.7")
		now := time.Unix(unix%(1<<33), 0).UTC()
		own, earlier := int(uses)%(use.Rule.Max+1), int(before)%(use.Rule.Max+1)
		at := use.RoomAt(own, earlier, now)
		if at.Before(now) || at.After(now.Add(2*use.Rule.Window)) {
			t.Fatalf("room at %s, now is %s", at, now)
		}
		if !at.Before(use.WindowEnd(now)) { // this window is the one before then
			own, earlier = 0, own
		}
		if spent := use.Spent(own+1, earlier, at); spent > use.Rule.Max {
			t.Errorf("%d of %d are spent then", spent, use.Rule.Max)
		}
	})
}

func TestWaitsGrowUntilAQuarterOfAnHour(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: 0, 1: 0, 5: 0, 6: 2 * time.Second, 7: 4 * time.Second, 10: 32 * time.Second, 14: 512 * time.Second, 15: 15 * time.Minute, 1000: 15 * time.Minute} {
		if got := Wait(failures); got != want {
			t.Errorf("after %d failures %s, want %s", failures, got, want)
		}
	}
}
