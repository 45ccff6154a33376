package kyc

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
)

// days is a time seen from now.
func days(n int) time.Time { return now.AddDate(0, 0, n) }

// lived runs the clock once a day, from one day to another, and lists what it did: "76 told draft".
func lived(c Case, from, to int) (Case, string) {
	var all []string
	for d := from; d <= to; d++ {
		next, r, due := c.Tick(days(d))
		if !due {
			continue
		}
		if again, _, twice := next.Tick(days(d)); twice && again.Status == next.Status && len(again.current()) == len(next.current()) {
			return c, fmt.Sprintf("day %d: the same is due twice", d)
		}
		what := fmt.Sprintf("%d %s %s", d, r.Kind, next.Status)
		if next.Waits() {
			what += " " + string(next.Lane)
		}
		if r.From != c.Status || r.To != next.Status || r.Actor.Kind != ByClock || !r.At.Equal(days(d)) || r.Version != c.Version+1 {
			what += fmt.Sprintf(" (the record says %+v)", r)
		}
		all = append(all, what)
		next.Version++
		c = next
	}
	return c, strings.Join(all, ", ")
}

// aged is a case of a status that began today.
func aged(s Status, change func(*Case)) Case {
	c := draft("individual", map[string]string{"pan": "ZZZPZ9999Z"}, doc("entity_pan", "epan", DocClean), doc("personal_id", "passport", DocRejected))
	c.Status, c.UpdatedAt, c.Version = s, now, 7
	change(&c)
	return c
}

func TestWhatTimeDoesToACase(t *testing.T) {
	same := func(*Case) {}
	due := func(c *Case) {
		c.DueBy, c.Round, c.Flags = days(30), 1, map[string]Reason{"/fields/pan": {"check", "Look."}}
	}
	valid := func(c *Case) { c.ApprovedAt, c.ValidUntil = now, days(730) }
	for _, c := range []struct {
		name     string
		c        Case
		from, to int
		want     string
	}{
		{"a draft is warned about and then emptied", aged(Draft, same), 0, 400, "76 told draft, 90 purged draft"},
		{"a draft without a value and a file, too", aged(Draft, func(c *Case) { c.Fields, c.Documents = nil, nil }), 0, 400, "76 told draft, 90 purged draft"},
		{"a case that was taken back, too", aged(Withdrawn, same), 0, 400, "76 told withdrawn, 90 purged withdrawn"},
		{"a draft that was emptied stays", aged(Draft, func(c *Case) { c.EntityType, c.Fields, c.Documents = "", nil, nil }), 0, 400, ""},
		{"a question is repeated, and the case is a draft again that is emptied in turn", aged(NeedsInfo, due), 0, 400,
			"23 told needs_info, 28 told needs_info, 30 lapse draft, 106 told draft, 120 purged draft"},
		{"a question with no day to answer it by", aged(NeedsInfo, same), 0, 400, ""},
		{"a case that waits for a reviewer", aged(Submitted, func(c *Case) { c.Lane, c.DueAt = LaneNew, days(2) }), 0, 4000, ""},
		{"a case that a reviewer has", aged(UnderReview, func(c *Case) { c.Lane = LaneNew; valid(c) }), 0, 4000, ""},
		{"a case that was put off comes back", aged(UnderReview, func(c *Case) { c.Home, c.HeldUntil = LaneAnswered, days(12) }), 0, 400, "12 returned under_review answered"},
		{"an approved case is renewed", aged(Approved, valid), 0, 1200,
			"640 near_end expiring, 700 told expiring, 723 told expiring, 730 end expired, 737 told expired, 744 told expired, 760 told expired"},
		{"a suspended case expires as well", aged(Suspended, valid), 0, 1200,
			"640 told suspended, 700 told suspended, 723 told suspended, 730 end expired, 737 told expired, 744 told expired, 760 told expired"},
		{"an approved case of which a paper ends soon", aged(Approved, func(c *Case) { valid(c); c.ValidUntil = days(20) }), 0, 25,
			"0 near_end expiring, 13 told expiring, 20 end expired"},
		{"the files of a rejected case are removed", aged(Rejected, func(c *Case) { c.DecidedAt = days(-10) }), 0, 400, "80 purged rejected"},
		{"a rejected case without files stays", aged(Rejected, func(c *Case) { c.DecidedAt, c.Documents = now, nil }), 0, 400, ""},
		{"nothing began", NewCase("ACCOUNT"), 0, 400, ""},

		{"after a stop, one reminder for all that were missed", aged(NeedsInfo, due), 29, 29, "29 told needs_info"},
		{"after a stop, a question lapses without a reminder", aged(NeedsInfo, due), 200, 200, "200 lapse draft"},
		{"after a stop, a draft is emptied without a warning", aged(Draft, same), 200, 200, "200 purged draft"},
		{"after a stop, an approved case expires at once", aged(Approved, valid), 745, 745, "745 end expired"},
		{"after a stop, the reminder of what expired is one", aged(Approved, valid), 745, 770, "745 end expired, 760 told expired"},
		{"after a stop, what was put off comes back", aged(UnderReview, func(c *Case) { c.Home, c.HeldUntil = LaneNew, days(1) }), 50, 50, "50 returned under_review new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ended, got := lived(c.c, c.from, c.to)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if at := ended.NextTick(); !at.IsZero() && at.Before(days(c.to)) && len(ended.Leftovers(days(c.to).Add(filesStay))) == 0 {
				t.Errorf("the clock would look at it for ever: %v", at)
			}
		})
	}
}

func TestADraftThatIsTouchedStartsAgain(t *testing.T) {
	c, got := lived(aged(Draft, func(*Case) {}), 0, 80)
	if got != "76 told draft" {
		t.Fatal(got)
	}
	c.UpdatedAt = days(85)
	if _, got := lived(c, 86, 400); got != "161 told draft, 175 purged draft" {
		t.Error(got)
	}
}

func TestALapsedCaseKeepsWhatWasGivenAndIsOpen(t *testing.T) {
	was := aged(NeedsInfo, func(c *Case) {
		c.DueBy, c.Round, c.Flags = days(30), 1, map[string]Reason{"/fields/pan": {"check", "Look."}}
		c.Answers = map[string]string{"/fields/pan": "It is right."}
	})
	c, r, due := was.Tick(days(31))
	if !due || len(r.Flags) != 1 || c.Flags != nil || c.Answers != nil || !c.DueBy.IsZero() || c.Fields["pan"] == "" || len(c.current()) != 2 {
		t.Errorf("%+v %+v", c, r)
	}
	if _, err := c.Edit(Given{EntityType: "individual", Fields: map[string]string{"pan": "AAAPL1234C"}}, account.Individual, days(31)); err != nil {
		t.Error(err)
	}
}

func TestAnEmptiedDraftSaysNothingAndCanBeginAgain(t *testing.T) {
	c, _, _ := aged(Draft, func(c *Case) {
		c.HandedIn, c.Reference = Snapshot{EntityType: "individual", Fields: map[string]string{"pan": "ZZZPZ9999Z"}}, "K7M2-9QXD"
		c.Verdicts = []Verdict{{Pointer: "/fields/pan", OK: true}}
	}).Tick(days(90))
	if c.EntityType != "" || len(c.Fields) != 0 || len(c.current()) != 0 || c.HandedIn.EntityType != "" || c.HandedIn.Fields != nil || c.Verdicts != nil || c.Reference == "" {
		t.Errorf("%+v", c)
	}
	if again, err := c.Edit(Given{EntityType: "individual", Fields: map[string]string{"pan": "AAAPL1234C"}}, account.Individual, days(91)); err != nil || again.No != 1 || again.NextTick() != days(91+76) {
		t.Errorf("%+v %v", again, err)
	}
}

func TestFilesGoAWhileAfterTheCaseWasEmptied(t *testing.T) {
	c, _, _ := aged(Rejected, func(c *Case) { c.DecidedAt = now }).Tick(days(90))
	c.Documents[1].Shared = true // the next case has it
	at := days(90).Add(5 * time.Minute)
	if c.NextTick() != at || len(c.Leftovers(at.Add(-time.Second))) != 0 || len(c.Leftovers(at)) != 1 || c.Leftovers(at)[0].ID != c.Documents[0].ID {
		t.Errorf("%v %+v", c.NextTick(), c.Leftovers(at))
	}
	c.Documents[0].PurgedAt = at
	if !c.NextTick().IsZero() || len(c.Leftovers(at)) != 0 {
		t.Errorf("%v", c.NextTick())
	}
	for _, s := range []Status{Draft, Withdrawn, NeedsInfo, Submitted, UnderReview, Approved, Expiring, Expired, Suspended} {
		if c := aged(s, func(c *Case) { c.Documents[0].State = DocSuperseded }); len(c.Leftovers(days(4000))) != 0 {
			t.Errorf("%s loses files to the clock", s)
		}
	}
}

func TestMoreDocumentsThanATransactionTakesGoInTurn(t *testing.T) {
	c := aged(Rejected, func(c *Case) { c.DecidedAt = now })
	for range 170 {
		c.Documents = append(c.Documents, doc("entity_pan", "epan", DocClean))
	}
	for _, want := range []int{92, 12, 0} {
		before := slices.Clone(c.Documents)
		next, r, due := c.Tick(days(90))
		if !due || r.Kind != RecordPurged || len(next.current()) != want {
			t.Fatalf("%v %s: %d are left, not %d", due, r.Kind, len(next.current()), want)
		}
		if !slices.EqualFunc(c.Documents, before, func(a, b Document) bool { return a.State == b.State }) {
			t.Error("the case that was read has changed")
		}
		c = next
	}
	if _, _, due := c.Tick(days(400)); due {
		t.Error("it goes on for ever")
	}
}

func TestACaseThatTheReleaseBeforeTookInGetsALane(t *testing.T) {
	for round, lane := range map[int]Lane{1: LaneNew, 2: LaneAnswered} {
		c, r, ok := aged(Submitted, func(c *Case) { c.Round, c.SubmittedAt = round, days(-3) }).Adopt(now)
		if !ok || c.Lane != lane || c.DueAt != dueAt(days(-3)) || r.Kind != RecordAdopted || r.From != Submitted || r.To != Submitted {
			t.Errorf("round %d: %v %+v %+v", round, ok, c, r)
		}
		if _, _, again := c.Adopt(now); again {
			t.Error("it is adopted twice")
		}
	}
	for _, s := range []Status{Draft, NeedsInfo, Approved, Rejected, Withdrawn, UnderReview} {
		if _, _, ok := aged(s, func(*Case) {}).Adopt(now); ok {
			t.Errorf("%s was adopted", s)
		}
	}
}

func TestAnOperatorSuspendsAndResumes(t *testing.T) {
	c := aged(Expiring, func(c *Case) { c.ApprovedAt, c.ValidUntil, c.Told, c.ToldFrom = now, days(30), 2, days(30) })
	held, r, err := c.SuspendBy("arn:ops", " Fraud is\nlooked into. ", now)
	if err != nil || held.Status != Suspended || r.Kind != "suspend" || r.From != Expiring || r.To != Suspended || r.Reason == "" || r.Actor != (Actor{ByOperator, "arn:ops"}) {
		t.Fatalf("%+v %+v %v", held, r, err)
	}
	back, _, err := held.ResumeBy("arn:ops", "It was nothing.", days(1))
	if err != nil || back.Status != Approved || back.NextTick() != days(23) {
		t.Errorf("%+v %v", back, err)
	}
	if _, _, err := held.SuspendBy("arn:ops", "Again.", now); err != ErrNoRoad {
		t.Error(err)
	}
	if _, _, err := aged(Rejected, func(*Case) {}).ResumeBy("arn:ops", "x", now); err != ErrNoRoad {
		t.Error(err)
	}
	if _, _, err := c.SuspendBy("arn:ops", "", now); code(err) != "note_required" && !strings.Contains(fmt.Sprint(err), "note_required") {
		t.Error(err)
	}
}

func TestAFileIsLateFromAQuarterOfAnHourToADay(t *testing.T) {
	for age, want := range map[time.Duration]int{15*time.Minute - 1: 0, 15 * time.Minute: 1, 24*time.Hour - 1: 1, 24 * time.Hour: 0} {
		late, clean := Document{State: DocScanning, UploadedAt: now.Add(-age)}, Document{State: DocClean, UploadedAt: now.Add(-age)}
		if got := (Case{Documents: []Document{late, clean}}).Late(now); got != want {
			t.Errorf("after %s: %d are late", age, got)
		}
	}
}
