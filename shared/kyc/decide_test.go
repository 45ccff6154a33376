package kyc

import (
	"errors"
	"slices"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
)

const (
	first = account.ID("FIRST")
	other = account.ID("SECOND")
)

// claimed is a case of an individual in a lane, with a lease of by.
func claimed(by account.ID, lane Lane) Case {
	pan, id := doc("entity_pan", "epan", DocClean), doc("personal_id", "passport", DocClean)
	pan.SHA256, pan.Pages = "aa", []string{"p1", "p2"}
	c := draft("individual", individual, pan, id)
	c.Status, c.Round, c.Version, c.Lane, c.Reference, c.SubmittedAt = UnderReview, 1, 4, lane, "K7M2-9QXD", now.Add(-time.Hour)
	c.Lease = Lease{"LEASE", by, now.Add(time.Minute)}
	return c
}

func yes(c Case, i int) Verdict {
	return Verdict{Pointer: requirementPointer(c.Documents[i].Requirement), DocumentID: c.Documents[i].ID, OK: true}
}

func no(c Case, i int, code string) Verdict {
	v := yes(c, i)
	v.OK, v.Reason.Code = false, code
	return v
}

func decision(c Case, o Outcome, parts ...Verdict) Decision {
	return Decision{LeaseID: "LEASE", Version: c.Version, Outcome: o, Parts: parts}
}

func TestADecisionFollowsFromItsVerdicts(t *testing.T) {
	c := claimed(first, LaneNew)
	field := Verdict{Pointer: "/fields/pan", Reason: Reason{Code: "number_mismatch"}}
	for _, row := range []struct {
		what string
		d    Decision
		want string
	}{
		{"everything accepted is approved", decision(c, OutcomeApprove, yes(c, 0), yes(c, 1)), ""},
		{"a document without a verdict is named", decision(c, OutcomeApprove, yes(c, 0)), "/requirements/personal_id verdict_missing"},
		{"nothing that was refused is approved", decision(c, OutcomeApprove, yes(c, 0), no(c, 1, "expired")), "/outcome outcome_contradicts"},
		{"a field that is wrong keeps from approving", decision(c, OutcomeApprove, yes(c, 0), yes(c, 1), field), "/outcome outcome_contradicts"},
		{"one thing to mend asks the holder", decision(c, OutcomeQuestion, no(c, 1, "expired")), ""},
		{"nothing to mend asks nobody", decision(c, OutcomeQuestion, yes(c, 1)), "/outcome outcome_contradicts"},
		{"a final reason asks nobody", decision(c, OutcomeQuestion, no(c, 0, "expired"), no(c, 1, "manipulated")), "/outcome outcome_contradicts"},
		{"what can be mended is not rejected", decision(c, OutcomeReject, no(c, 1, "expired")), "/outcome outcome_contradicts"},
		{"a final reason rejects", decision(c, OutcomeReject, no(c, 1, "manipulated")), ""},
		{"a refusal has a reason", decision(c, OutcomeQuestion, no(c, 1, "")), "/outcome outcome_contradicts, /parts/0/code verdict_reason_required"},
		{"a reason from the list", decision(c, OutcomeQuestion, no(c, 0, "expired"), no(c, 1, "ugly")), "/outcome outcome_contradicts, /parts/1/code verdict_reason_unknown"},
		{"another reason is explained", decision(c, OutcomeQuestion, no(c, 1, "other")), "/parts/0/detail verdict_reason_required"},
		{"a part that is not there", decision(c, OutcomeQuestion, no(c, 1, "expired"), Verdict{Pointer: "/fields/cin", OK: true}), "/parts/1/pointer part_unknown"},
		{"a part twice", decision(c, OutcomeQuestion, no(c, 1, "expired"), no(c, 1, "expired")), "/parts/1/pointer part_unknown"},
		{"a document of another requirement", decision(c, OutcomeQuestion, no(c, 1, "expired"), Verdict{Pointer: "/requirements/personal_id", DocumentID: c.Documents[0].ID, OK: true}), "/parts/1/documentId document_unknown"},
		{"no such outcome", decision(c, "maybe", yes(c, 0)), "/outcome outcome_unknown"},
		{"a second look needs a note", decision(c, OutcomeSecondLook), "/note note_required"},
	} {
		t.Run(row.what, func(t *testing.T) {
			before := c
			_, _, err := c.Decide(row.d, first, DefaultPolicy, now)
			if got := pointers(err); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if before.Status != c.Status || c.Documents[0].State != DocClean {
				t.Error("the case itself was changed")
			}
		})
	}
}

func TestARejectedDocumentThatWasReplacedNeedsNoOtherVerdict(t *testing.T) {
	c := claimed(first, LaneAnswered)
	old := c.Documents[1]
	c.Documents[1].State = DocRejected
	if _, _, err := c.Decide(decision(c, OutcomeApprove, yes(c, 0)), first, DefaultPolicy, now); pointers(err) != "/requirements/personal_id verdict_missing" {
		t.Errorf("what nothing came for: %v", err)
	}
	c.Documents = append(c.Documents, doc("personal_id", "passport", DocClean))
	next, _, err := c.Decide(decision(c, OutcomeApprove, yes(c, 0), yes(c, 2)), first, DefaultPolicy, now)
	if err != nil || next.Status != Approved || next.Documents[1].State != DocRejected || next.Documents[1].ID != old.ID || next.Documents[2].State != DocAccepted {
		t.Errorf("%+v, %v", next.Documents, err)
	}
}

func TestAnApprovalAcceptsEveryDocumentAndSaysUntilWhen(t *testing.T) {
	c := claimed(first, LaneNew)
	d := decision(c, OutcomeApprove, yes(c, 0), yes(c, 1))
	d.Risk = RiskMedium
	next, r, err := c.Decide(d, first, DefaultPolicy, now)
	if err != nil {
		t.Fatal(err)
	}
	if next.Status != Approved || next.Waits() || next.Lease.Held(now) || !next.ValidUntil.Equal(now.AddDate(8, 0, 0)) || next.DecidedBy != first ||
		next.Documents[0].State != DocAccepted || next.Documents[1].State != DocAccepted {
		t.Errorf("%+v", next)
	}
	if r.Kind != string(Approve) || r.From != UnderReview || r.To != Approved || r.Parts[0].PagesSHA256 != PagesDigest([]string{"p1", "p2"}) || r.Parts[0].SHA256 != "aa" ||
		r.Rules != c.Catalogue || r.Version != c.Version+1 || r.Actor != (Actor{ByReviewer, "FIRST"}) {
		t.Errorf("%+v", r)
	}
	d.Parts[1].ValidUntil = now.AddDate(1, 0, 0)
	if next, _, err = c.Decide(d, first, DefaultPolicy, now); err != nil || !next.ValidUntil.Equal(now.AddDate(1, 0, 0)) {
		t.Errorf("a document that ends sooner: %v, %v", next.ValidUntil, err)
	}
}

func TestAQuestionOpensWhatWasRefusedAndKeepsTheRest(t *testing.T) {
	c := claimed(first, LaneNew)
	next, r, err := c.Decide(decision(c, OutcomeQuestion, yes(c, 0), no(c, 1, "expired")), first, DefaultPolicy, now)
	if err != nil || next.Status != NeedsInfo || len(next.Flags) != 1 || next.Flags["/requirements/personal_id"].Code != "expired" ||
		next.Documents[0].State != DocAccepted || next.Documents[1].State != DocRejected || !next.DueBy.Equal(now.Add(DefaultPolicy.AnswerIn)) {
		t.Fatalf("%+v, %v", next, err)
	}
	if len(r.Flags) != 1 || len(next.standingVerdicts()) != 1 {
		t.Errorf("%+v, %+v", r, next.standingVerdicts())
	}
}

func TestWhoMayNotDecide(t *testing.T) {
	c := claimed(first, LaneSecondLook)
	c.FirstBy = "EARLIER"
	good := decision(c, OutcomeApprove, yes(c, 0), yes(c, 1))
	stale, lost := good, good
	stale.Version--
	lost.LeaseID = "OTHER"
	waiting, ended := c, c
	waiting.Lane, ended.FirstBy = "", first
	for _, row := range []struct {
		what string
		c    Case
		d    Decision
		by   account.ID
		at   time.Time
		want error
	}{
		{"who read an older version", c, stale, first, now, ErrStale},
		{"who has another lease", c, lost, first, now, ErrLeaseLost},
		{"who has nobody's lease", c, good, other, now, ErrLeaseLost},
		{"whose lease ran out", c, good, first, now.Add(time.Minute), ErrLeaseLost},
		{"who decided first", ended, good, first, now, ErrSameReviewer},
		{"when it is decided", waiting, good, first, now, ErrNotWaiting},
		{"nothing is in the way", c, good, first, now, nil},
	} {
		if _, _, err := row.c.Decide(row.d, row.by, DefaultPolicy, row.at); !errors.Is(err, row.want) {
			t.Errorf("%s: got %v", row.what, err)
		}
	}
}

func TestTwoPeopleDecideWhatWeighsMore(t *testing.T) {
	c := claimed(first, LaneNew)
	risky := decision(c, OutcomeApprove, yes(c, 0), yes(c, 1))
	risky.Risk = RiskHigh
	foreign := c
	foreign.EntityType, foreign.Catalogue = "foreign_entity", Current().Version
	if !foreign.asksForTwo(OutcomeApprove, now) || foreign.asksForTwo(OutcomeQuestion, now) {
		t.Error("one person approves what is of another country, or two ask")
	}
	unusual := c
	unusual.Fields = map[string]string{"pan": "AAAPL1234C", "pinCode": "380015", "legalName": "Ravi Shah"} // no name begins with the L
	if len(Findings(unusual, now)) == 0 || !unusual.asksForTwo(OutcomeApprove, now) {
		t.Error("one person approves over a warning")
	}
	for what, d := range map[string]Decision{"a rejection": decision(c, OutcomeReject, no(c, 1, "manipulated")), "high risk": risky} {
		next, r, err := c.Decide(d, first, DefaultPolicy, now)
		if err != nil || next.Status != UnderReview || next.Lane != LaneSecondLook || next.FirstBy != first || next.Lease.Held(now) || len(next.Verdicts) != 0 ||
			next.Documents[1].State != DocClean || r.Kind != RecordSecondLook {
			t.Errorf("%s: %+v, %v", what, next, err)
			continue
		}
		if _, _, err := next.ClaimBy(first, "AGAIN", "", now); !errors.Is(err, ErrSameReviewer) {
			t.Errorf("%s: the first takes it again: %v", what, err)
		}
		next.Version++
		taken, _, err := next.ClaimBy(other, "LEASE", "", now)
		if err != nil {
			t.Fatal(err)
		}
		d.Version = taken.Version
		if done, _, err := taken.Decide(d, other, DefaultPolicy, now); err != nil || done.Status == UnderReview || done.Waits() {
			t.Errorf("%s: the second decides: %+v, %v", what, done, err)
		} else if done.Status == Rejected && (!done.Final || done.begins() && second(done.Edit(Given{EntityType: "individual"}, account.Individual, now)) == nil) {
			t.Errorf("rejected for good, and begun again")
		}
	}
}

func TestAnAadhaarThatCanBeReadGoesWithTheFirstOfTwoLooks(t *testing.T) {
	c := claimed(first, LaneNew)
	unmasked := no(c, 1, "aadhaar_unmasked")
	for what, d := range map[string]Decision{
		"a rejection":        decision(c, OutcomeReject, no(c, 0, "manipulated"), unmasked),
		"asking a colleague": {LeaseID: "LEASE", Version: c.Version, Outcome: OutcomeSecondLook, Note: "Is it the same person?", Parts: []Verdict{yes(c, 0), unmasked}},
	} {
		next, r, err := c.Decide(d, first, DefaultPolicy, now)
		if err != nil || next.Lane != LaneSecondLook || len(next.Unwanted()) != 1 || next.Unwanted()[0].ID != unmasked.DocumentID || next.Documents[0].State != DocClean ||
			len(next.Verdicts) != 1 {
			t.Errorf("%s: %+v, %v", what, next, err)
			continue
		}
		next.Version++
		if _, _, err := next.UndoDecision(r, first, now); !errors.Is(err, ErrUndoOver) {
			t.Errorf("%s is taken back without the file: %v", what, err)
		}
		taken, _, err := next.ClaimBy(other, "LEASE", "", now)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := taken.Decide(decision(taken, OutcomeApprove, yes(taken, 0)), other, DefaultPolicy, now); pointers(err) != "/outcome outcome_contradicts" {
			t.Errorf("%s: the second approves what the first removed: %v", what, err)
		}
		asked, _, err := taken.Decide(decision(taken, OutcomeQuestion, yes(taken, 0)), other, DefaultPolicy, now)
		if err != nil || asked.Status != NeedsInfo || asked.Flags[unmasked.Pointer].Code != "aadhaar_unmasked" {
			t.Errorf("%s: the second asks: %+v, %v", what, asked, err)
		}
	}
}

func TestADecisionIsTakenBackWithinAMinuteByWhoMadeIt(t *testing.T) {
	c := claimed(first, LaneAnswered)
	next, r, err := c.Decide(decision(c, OutcomeQuestion, yes(c, 0), no(c, 1, "expired")), first, DefaultPolicy, now)
	if err != nil {
		t.Fatal(err)
	}
	next.Version++
	later := next
	later.Version++
	for what, row := range map[string]struct {
		c  Case
		by account.ID
		at time.Time
	}{"somebody else": {next, other, now}, "after a minute": {next, first, now.Add(UndoLife)}, "something has happened since": {later, first, now}} {
		if _, _, err := row.c.UndoDecision(r, row.by, row.at); !errors.Is(err, ErrUndoOver) {
			t.Errorf("%s: %v", what, err)
		}
	}
	back, undo, err := next.UndoDecision(r, first, now.Add(59*time.Second))
	if err != nil || back.Status != UnderReview || back.Lane != LaneAnswered || len(back.Flags) != 0 || back.Documents[0].State != DocClean || back.Documents[1].State != DocClean ||
		undo.Undoes.ID != r.ID {
		t.Errorf("%+v, %v", back, err)
	}
	next, r, err = c.Decide(decision(c, OutcomeQuestion, no(c, 1, "aadhaar_unmasked")), first, DefaultPolicy, now)
	if next.Version++; err != nil || !slices.Equal(r.Purges(), []string{c.Documents[1].ID}) {
		t.Fatal(r.Purges(), err)
	}
	if _, _, err := next.UndoDecision(r, first, now); !errors.Is(err, ErrUndoOver) {
		t.Errorf("a file that is gone comes back: %v", err)
	}
}

func TestReopeningTakesSomebodyElseAndAReason(t *testing.T) {
	c := claimed(first, LaneNew)
	done, _, err := c.Decide(decision(c, OutcomeApprove, yes(c, 0), yes(c, 1)), first, DefaultPolicy, now)
	if err != nil {
		t.Fatal(err)
	}
	for what, row := range map[string]struct {
		by     Actor
		reason string
		want   error
	}{"who decided": {reviewer(first), "again", ErrSameReviewer}, "the holder": {reviewer(c.AccountID), "again", ErrOwnCase}, "another one": {reviewer(other), "The name is wrong.", nil}} {
		again, r, err := done.ReopenBy(row.by, row.reason, now)
		if !errors.Is(err, row.want) || err == nil && (again.Status != UnderReview || again.Lane != LaneSecondLook || again.FirstBy != first || r.Reason == "") {
			t.Errorf("%s: %+v, %v", what, again, err)
		}
	}
	if _, _, err := done.ReopenBy(reviewer(other), " ", now); pointers(err) != "/reason note_required" {
		t.Errorf("without a reason: %v", err)
	}
	if _, _, err := c.ReopenBy(reviewer(other), "again", now); !errors.Is(err, ErrNotWaiting) {
		t.Errorf("what is not decided: %v", err)
	}
}

func TestALeaseIsOnePersonsUntilItRunsOutOrIsTakenOver(t *testing.T) {
	c := claimed(first, LaneNew)
	for what, row := range map[string]struct {
		by       account.ID
		takeOver string
		at       time.Time
		want     error
	}{
		"somebody else":             {other, "", now, ErrCaseClaimed},
		"somebody with a reason":    {other, "The colleague is ill.", now, nil},
		"somebody after it ran out": {other, "", now.Add(time.Hour), nil},
		"the same person":           {first, "", now, nil},
		"its holder":                {c.AccountID, "", now, ErrOwnCase},
	} {
		got, r, err := c.ClaimBy(row.by, "NEW", row.takeOver, row.at)
		if !errors.Is(err, row.want) || err == nil && (got.Lease != Lease{"NEW", row.by, row.at.Add(LeaseLife)} || r.Reason != row.takeOver) {
			t.Errorf("%s: %+v, %v", what, got.Lease, err)
		}
	}
}

func TestACaseIsHeldAndAsked(t *testing.T) {
	c := claimed(first, LaneAnswered)
	held, _, err := c.Hold("LEASE", first, now.Add(24*time.Hour), "The office opens on Monday.", now)
	if err != nil || held.Waits() || !held.NextTick().Equal(now.Add(24*time.Hour)) {
		t.Fatalf("%+v, %v", held, err)
	}
	if back, r, due := held.Tick(now.Add(25 * time.Hour)); !due || back.Lane != LaneAnswered || r.Kind != RecordReturned || !back.NextTick().IsZero() {
		t.Errorf("%+v", back)
	}
	asked, _, err := c.Ask("LEASE", first, "Is this the new seal?", now)
	if err != nil || asked.Lane != LaneColleague {
		t.Fatalf("%+v, %v", asked, err)
	}
	taken, _, err := asked.ClaimBy(other, "L2", "", now)
	if err != nil {
		t.Fatal(err)
	}
	if replied, r, err := taken.Reply("L2", other, "Yes, since May.", now); err != nil || replied.Lane != LaneAnswered || r.Note != "Yes, since May." {
		t.Errorf("%+v, %v", replied, err)
	}
	for what, err := range map[string]error{
		"in the past":    last(c.Hold("LEASE", first, now, "why", now)),
		"too far":        last(c.Hold("LEASE", first, now.Add(31*24*time.Hour), "why", now)),
		"without a note": last(c.Hold("LEASE", first, now.Add(time.Hour), "", now)),
	} {
		if _, is := errors.AsType[*fault.Error](err); !is || pointers(err) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Wherever a case comes from, no way leads out of all lanes, and none past the second person.
func TestACaseThatWentRoundComesBackToItsLane(t *testing.T) {
	for _, home := range []Lane{LaneNew, LaneAnswered, LaneRenewal, LaneSecondLook} {
		c := claimed(other, home)
		c.FirstBy = first
		asked, _, err := c.Ask("LEASE", other, "Is this the new seal?", now)
		if err != nil {
			t.Fatal(err)
		}
		held, _, err := take(t, asked, first).Hold("LEASE", first, now.Add(time.Hour), "I will ask the registrar.", now)
		if err != nil {
			t.Fatal(err)
		}
		if back, _, _ := held.Tick(now.Add(time.Hour)); back.Lane != home || back.Home != "" {
			t.Errorf("%s: held by a colleague, then in %q for %q", home, back.Lane, back.Home)
		}
		done, r, err := take(t, asked, other).Decide(decision(c, OutcomeApprove, yes(c, 0), yes(c, 1)), other, DefaultPolicy, now)
		if err != nil || done.Status != Approved {
			t.Fatalf("%s: who asked decides after all: %s, %v", home, done.Status, err)
		}
		done.Version = r.Version
		back, _, err := done.UndoDecision(r, other, now)
		if err != nil || back.Lane != LaneColleague {
			t.Fatalf("%s: taken back, and in %q: %v", home, back.Lane, err)
		}
		if replied, _, err := take(t, back, first).Reply("LEASE", first, "Yes.", now); err != nil || replied.Lane != home {
			t.Errorf("%s: taken back and answered, then in %q: %v", home, replied.Lane, err)
		}
	}
	c := claimed(other, LaneColleague)
	c.Home, c.FirstBy = LaneSecondLook, first
	if _, _, err := take(t, c, first).Decide(decision(c, OutcomeApprove, yes(c, 0), yes(c, 1)), first, DefaultPolicy, now); !errors.Is(err, ErrSameReviewer) {
		t.Errorf("asked by the second person, the first decides for both: %v", err)
	}
}

// take claims the case, and leaves its version as it was.
func take(t *testing.T, c Case, by account.ID) Case {
	t.Helper()
	taken, _, err := c.ClaimBy(by, "LEASE", "It is for me.", now)
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

func TestARoadBackLeadsFromEverywhere(t *testing.T) {
	c := claimed(first, LaneNew)
	c.Status = Submitted
	back, r, err := c.Withdraw(now)
	if err != nil || back.Status != Withdrawn || back.Waits() || !back.Status.Editable() || r.Actor.Kind != ByHolder {
		t.Errorf("%+v, %v", back, err)
	}
	c.Status = UnderReview
	if _, _, err := c.Withdraw(now); !errors.Is(err, ErrWithdrawLate) {
		t.Errorf("somebody has begun: %v", err)
	}
	if _, err := c.Renew(now); !errors.Is(err, ErrNotRenewable) {
		t.Errorf("renewed before it is approved: %v", err)
	}
	done, _, err := c.Decide(decision(c, OutcomeApprove, yes(c, 0), yes(c, 1)), first, DefaultPolicy, now)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := done.Renew(now); err != nil || n.No != done.No+1 || n.Status != Draft || len(n.Documents) != 2 || n.Documents[0].FileCase() != done.No {
		t.Errorf("%+v, %v", n, err)
	}
	if _, err := done.Edit(Given{EntityType: "individual"}, account.Individual, now); !errors.Is(err, ErrLocked) {
		t.Errorf("an approved case was edited: %v", err)
	}
}

func TestNothingIsApprovedWhosePapersAreGone(t *testing.T) {
	c := claimed(other, LaneSecondLook)
	c.FirstBy = first
	c.Documents[1].State = DocSuperseded // by the clock, before the case was reopened
	if _, _, err := c.Decide(decision(c, OutcomeApprove, yes(c, 0)), other, DefaultPolicy, now); pointers(err) != "/requirements/personal_id document_missing" {
		t.Errorf("got %v", err)
	}
	asked := Verdict{Pointer: "/requirements/personal_id", Reason: Reason{Code: "additional_document"}}
	if next, _, err := c.Decide(decision(c, OutcomeQuestion, yes(c, 0), asked), other, DefaultPolicy, now); err != nil || next.Status != NeedsInfo {
		t.Errorf("it cannot be asked for: %v", err)
	}
}

func TestReviewersSeeWhatWasHandedInAndNotWhatItsHolderIsWritingNow(t *testing.T) {
	c := flagged("/fields/pan")
	later := doc("personal_id", "passport", DocClean)
	later.CreatedAt = now
	c.Documents = append(c.Documents, later)
	sent := len(c.Documents) - 1
	c.Fields = map[string]string{"pan": "AAAPL1234C"}
	for status, want := range map[Status]int{NeedsInfo: sent, Draft: sent, Withdrawn: 0, UnderReview: sent + 1, Approved: sent + 1} {
		c.Status = status
		seen := c.HandedOver()
		if len(seen.Documents) != want || status != UnderReview && status != Approved && seen.Fields["pan"] == "AAAPL1234C" || len(c.Documents) != sent+1 {
			t.Errorf("%s: %d documents, PAN %s", status, len(seen.Documents), seen.Fields["pan"])
		}
	}
	c.Status, c.Round, c.HandedIn, c.SubmittedAt = Draft, 0, Snapshot{}, time.Time{}
	if seen := c.HandedOver(); len(seen.Documents) != 0 {
		t.Errorf("a draft that was never handed in shows %d documents", len(seen.Documents))
	}
}
