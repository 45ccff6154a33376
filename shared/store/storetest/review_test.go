package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

const (
	oneReviewer = account.ID("REVIEWER1")
)

// handedIn gives an account a case that waits for a reviewer.
func handedIn(t *testing.T, f Fixture, address, reference string) (account.Profile, kyc.Case) {
	t.Helper()
	p, read := whole(t, f, address)
	h := submit(t, read, reference)
	must(t, f.SubmitCase(t.Context(), read, h.Case, h.record, person, seen("kyc_submitted")))
	return p, f.reread(t, p)
}

func (f Fixture) reread(t *testing.T, p account.Profile) kyc.Case {
	t.Helper()
	c, err := f.Case(t.Context(), p.ID)
	must(t, err)
	return c
}

// claim gives a reviewer the lease of a case.
func claim(t *testing.T, f Fixture, c kyc.Case, by account.ID, at time.Time) kyc.Case {
	t.Helper()
	claimed, r, err := c.ClaimBy(by, token.NewID(), "", at)
	must(t, err)
	must(t, f.MoveCase(t.Context(), c, claimed, r))
	now, err := f.OneCase(t.Context(), c.AccountID, c.No)
	must(t, err)
	return now
}

// accept is a decision that accepts everything.
func accept(c kyc.Case) kyc.Decision {
	d := kyc.Decision{LeaseID: c.Lease.ID, Version: c.Version, Outcome: kyc.OutcomeApprove}
	for _, doc := range c.Documents {
		d.Parts = append(d.Parts, kyc.Verdict{Pointer: "/requirements/" + doc.Requirement, DocumentID: doc.ID, OK: true})
	}
	return d
}

func approve(t *testing.T, f Fixture, c kyc.Case, at time.Time) (kyc.Case, kyc.Record) {
	t.Helper()
	c = claim(t, f, c, oneReviewer, at)
	done, r, err := c.Decide(accept(c), oneReviewer, kyc.DefaultPolicy, at)
	must(t, err)
	must(t, f.MoveCase(t.Context(), c, done, r))
	now, err := f.OneCase(t.Context(), c.AccountID, c.No)
	must(t, err)
	records, err := f.Records(t.Context(), c.AccountID, c.No)
	must(t, err)
	kept := slices.IndexFunc(records, func(x kyc.Record) bool { return x.ID == r.ID })
	return now, records[kept]
}

// inLane lists the references of a lane.
func inLane(t *testing.T, f Fixture, lane kyc.Lane) (references []string) {
	t.Helper()
	cases, _, err := f.Lane(t.Context(), lane, "", 100)
	must(t, err)
	for _, c := range cases {
		references = append(references, c.Reference)
	}
	return references
}

func TestReviews(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("a case waits in its lane from its submission to its decision, and is counted there", func(t *testing.T) {
			p, c := handedIn(t, f, "lane@example.com", "AAAA-0001")
			if got := inLane(t, f, kyc.LaneNew); !slices.Equal(got, []string{"AAAA-0001"}) {
				t.Errorf("in the lane: %v", got)
			}
			counts, err := f.LaneCounts(t.Context())
			if must(t, err); counts[kyc.LaneNew] != 1 {
				t.Errorf("counted: %v", counts)
			}
			done, r := approve(t, f, c, now)
			if got := inLane(t, f, kyc.LaneNew); len(got) != 0 {
				t.Errorf("decided, and in the lane: %v", got)
			}
			counts, err = f.LaneCounts(t.Context())
			if must(t, err); counts[kyc.LaneNew] != 0 {
				t.Errorf("counted after it: %v", counts)
			}
			p, err = f.Profile(t.Context(), p.ID)
			must(t, err)
			if p.KYC != "approved" || p.Verified != (account.Verification{CaseNo: 1, Until: done.ValidUntil, EntityType: done.EntityType, ApprovedAt: done.ApprovedAt}) || done.EntityType == "" {
				t.Errorf("the profile says %s, verified by %+v", p.KYC, p.Verified)
			}
			decided, err := f.DecidedIn(t.Context(), now)
			must(t, err)
			if i := slices.IndexFunc(decided, func(d store.DecidedCase) bool { return d.Reference == "AAAA-0001" }); i < 0 || decided[i].Outcome != kyc.OutcomeApprove || decided[i].By != string(oneReviewer) {
				t.Errorf("the report has %+v", decided)
			}
			records, err := f.Records(t.Context(), p.ID, 1)
			must(t, err)
			var kinds []string
			for _, r := range records {
				kinds = append(kinds, r.Kind)
			}
			slices.Sort(kinds) // all have the same time here
			if !slices.Equal(kinds, []string{"approve", "claim", "submit"}) {
				t.Errorf("the records are %v", kinds)
			}
			if len(r.Parts) != 2 || r.Before.Lane != kyc.LaneNew || r.Before.Documents[c.Documents[0].ID] != kyc.DocClean {
				t.Errorf("the decision is kept as %+v", r)
			}
		})
		t.Run("of 16 who claim, decide or prolong at once one is the first", func(t *testing.T) {
			_, c := handedIn(t, f, "claims@example.com", "BBBB-0001")
			wantOneWinner(t, atOnce(16, func(i int) error {
				claimed, r, err := c.ClaimBy(account.ID("R"+string(rune('A'+i))), token.NewID(), "", now)
				must(t, err)
				return f.MoveCase(t.Context(), c, claimed, r)
			}), account.ErrBusy)
			c, err := f.CaseByReference(t.Context(), "BBBB-0001")
			must(t, err)
			wantOneWinner(t, atOnce(16, func(int) error {
				done, r, err := c.Decide(accept(c), c.Lease.By, kyc.DefaultPolicy, now)
				must(t, err)
				return f.MoveCase(t.Context(), c, done, r)
			}), account.ErrBusy)
		})
		t.Run("a lease is prolonged while it lasts, by whoever has it", func(t *testing.T) {
			_, c := handedIn(t, f, "lease@example.com", "CCCC-0002")
			c = claim(t, f, c, oneReviewer, now)
			until, err := f.ProlongLease(t.Context(), c, c.Lease.ID, now.Add(time.Minute))
			if must(t, err); !until.Equal(now.Add(time.Minute + kyc.LeaseLife)) {
				t.Errorf("until %v", until)
			}
			_, err = f.ProlongLease(t.Context(), c, "ANOTHER", now)
			want(t, err, kyc.ErrLeaseLost)
			_, err = f.ProlongLease(t.Context(), c, c.Lease.ID, until)
			want(t, err, kyc.ErrLeaseLost)
			_, err = f.CaseByReference(t.Context(), "ZZZZ-ZZZZ")
			want(t, err, kyc.ErrCaseUnknown)
		})
		t.Run("a decision that is taken back within the minute told nobody, and leaves the account as it was", func(t *testing.T) {
			p, c := handedIn(t, f, "undo@example.com", "DDDD-0001")
			before := f.waiting(t, p)
			done, r := approve(t, f, c, now)
			if got := f.waiting(t, p); got != before+2 {
				t.Errorf("%d messages wait, of %d before", got, before)
			}
			back, undo, err := done.UndoDecision(r, oneReviewer, now.Add(30*time.Second))
			must(t, err)
			must(t, f.MoveCase(t.Context(), done, back, undo))
			if got := f.waiting(t, p); got != before {
				t.Errorf("%d messages wait after the undo, of %d before", got, before)
			}
			p, err = f.Profile(t.Context(), p.ID)
			must(t, err)
			if c := f.reread(t, p); p.KYC != "under_review" || p.Verified.CaseNo != 0 || c.Lane != kyc.LaneNew || c.Documents[0].State != kyc.DocClean {
				t.Errorf("%s, %+v, %+v", p.KYC, p.Verified, c)
			}
		})
		t.Run("what is being told cannot be taken back", func(t *testing.T) {
			_, c := handedIn(t, f, "late@example.com", "DDDD-0002")
			done, r := approve(t, f, c, now)
			for shard := range 16 {
				_, err := f.ClaimMessages(t.Context(), now.Add(kyc.UndoLife), shard, time.Minute, 100)
				must(t, err)
			}
			back, undo, err := done.UndoDecision(r, oneReviewer, now.Add(59*time.Second))
			must(t, err)
			if err := f.MoveCase(t.Context(), done, back, undo); !errors.Is(err, kyc.ErrUndoOver) {
				t.Errorf("got %v", err)
			}
		})
		t.Run("a decided case is not looked at again once its account has begun the next", func(t *testing.T) {
			p, c := handedIn(t, f, "followed@example.com", "FFFF-0001")
			old, r := approve(t, f, c, now)
			next, err := old.Renew(now)
			must(t, err)
			_, err = f.SaveCase(t.Context(), old, next)
			must(t, err)
			again, reopened, err := old.ReopenBy(kyc.Actor{Kind: kyc.ByReviewer, ID: "REVIEWER2"}, "The seal is another one.", now)
			must(t, err)
			want(t, f.MoveCase(t.Context(), old, again, reopened), kyc.ErrFollowed)
			back, undo, err := old.UndoDecision(r, oneReviewer, now)
			must(t, err)
			want(t, f.MoveCase(t.Context(), old, back, undo), kyc.ErrUndoOver)
			f.inForce(t, p, 1, "approved", 2)
		})
		t.Run("an approved case stays in force until the next one is approved, and again when that is taken back", func(t *testing.T) {
			p, c := handedIn(t, f, "renew@example.com", "EEEE-0001")
			old, _ := approve(t, f, c, now)
			next, err := old.Renew(now)
			must(t, err)
			_, err = f.SaveCase(t.Context(), old, next)
			must(t, err)
			read := f.reread(t, p)
			p, err = f.Profile(t.Context(), p.ID)
			must(t, err)
			if p.KYC != "draft" || p.Verified.CaseNo != 1 || len(read.Documents) != 2 || read.Documents[0].FileCase() != 1 {
				t.Fatalf("%+v, %+v", p, read)
			}
			submitted, record, err := read.Submit(p, "EEEE-0002", now)
			must(t, err)
			must(t, f.SubmitCase(t.Context(), read, submitted, record, p, seen("kyc_submitted")))
			if got := inLane(t, f, kyc.LaneRenewal); !slices.Equal(got, []string{"EEEE-0002"}) {
				t.Errorf("in the lane: %v", got)
			}
			second, r := approve(t, f, f.reread(t, p), now)
			f.inForce(t, p, 2, "expired", 2)
			back, undo, err := second.UndoDecision(r, oneReviewer, now)
			must(t, err)
			must(t, f.MoveCase(t.Context(), second, back, undo))
			f.inForce(t, p, 1, "approved", 2)
		})
	})
}

// inForce checks which case the account is verified by, and what the first one is.
func (f Fixture) inForce(t *testing.T, p account.Profile, no int, first string, newest int) {
	t.Helper()
	p, err := f.Profile(t.Context(), p.ID)
	must(t, err)
	cases, err := f.Cases(t.Context(), p.ID)
	must(t, err)
	if p.Verified.CaseNo != no || p.KYCCase != newest || string(cases[0].Status) != first {
		t.Errorf("verified by case %d, newest %d, the first is %s", p.Verified.CaseNo, p.KYCCase, cases[0].Status)
	}
}

// waiting counts the messages to an account and about it.
func (f Fixture) waiting(t *testing.T, p account.Profile) (n int) {
	t.Helper()
	all, err := f.Waiting(t.Context())
	must(t, err)
	for _, q := range all {
		if q.Message.Account == string(p.ID) {
			n++
		}
	}
	return n
}
