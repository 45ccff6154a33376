package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
)

func TestADraftIsWarnedAboutEmptiedAndItsFilesAreGoneAWhileAfter(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	for _, step := range []struct {
		at     time.Time
		story  string
		mails  string
		files  int
		placed bool // the clock looks at it again some day
	}{
		{day(75), "", "", 12, true},
		{day(76).Add(time.Minute), "told draft", "kyc_draft_ending", 12, true},
		{day(89), "told draft", "kyc_draft_ending", 12, true},
		{day(90).Add(time.Minute), "told draft, purged draft", "kyc_draft_ending", 12, true},
		{day(90).Add(3 * time.Minute), "told draft, purged draft", "kyc_draft_ending", 12, true},
		{day(90).Add(7 * time.Minute), "told draft, purged draft", "kyc_draft_ending", 0, true},
		{day(90).Add(17 * time.Minute), "told draft, purged draft", "kyc_draft_ending", 0, false},
	} {
		for range 2 {
			must(t, w.run(t.Context(), step.at))
		}
		if got := p.story(t, 1); got != step.story || p.mails(t) != step.mails || p.files(t) != step.files || p.due(t, day(10_000)) != (step.placed && step.files > 0) {
			t.Fatalf("%v: %q %q, %d files, placed %v", step.at, got, p.mails(t), p.files(t), p.due(t, day(10_000)))
		}
	}
	if c := p.newest(t); c.EntityType != "" || len(c.Fields) != 0 || len(c.Unpurged()) != 0 || c.Status != kyc.Draft {
		t.Errorf("%+v", c)
	}
}

func TestAQuestionThatNobodyAnswersIsADraftAgain(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.change(t, caseKey(1), map[string]any{"status": "needs_info", "dueBy": "2026-12-23T12:00:00.000000Z", "reference": "K7M2-9QXD"})
	must(t, w.PlaceCase(t.Context(), p.newest(t), noon))
	for d := range 35 {
		must(t, w.run(t.Context(), day(d)))
	}
	if got := p.story(t, 1); got != "told needs_info, told needs_info, lapse draft" || p.mails(t) != "kyc_lapsed kyc_reminder kyc_reminder" {
		t.Errorf("%q %q", got, p.mails(t))
	}
	if profile, err := w.Profile(t.Context(), p.id); err != nil || profile.KYC != "draft" {
		t.Errorf("%+v %v", profile, err)
	}
}

// Storage was down when a reviewer saw a readable Aadhaar number: its file does not stay until the holder comes back.
func TestWhatADecisionRemovesAtOnceGoesWithTheNextRun(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	refused := p.newest(t).Documents[1]
	p.change(t, caseKey(1)+"#doc#"+refused.ID, map[string]any{"state": "superseded", "reasonCode": "aadhaar_unmasked"})
	p.change(t, caseKey(1), map[string]any{"status": "needs_info", "dueBy": "2026-12-23T12:00:00.000000Z", "decidedAt": "2026-11-23T12:00:00.000000Z"})
	must(t, w.PlaceCase(t.Context(), p.newest(t), noon))
	for range 2 {
		must(t, w.run(t.Context(), day(0).Add(time.Minute)))
		if left := p.files(t); left != 6 || p.story(t, 1) != "" {
			t.Errorf("%d files are left, of 6 that nobody refused: %s", left, p.story(t, 1))
		}
	}
	if p.due(t, day(22)) || !p.due(t, day(24)) {
		t.Error("the case is not placed for its next reminder")
	}
}

func TestAnApprovedCaseExpiresAndItsAccountIsNotVerifiedAnyMore(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.change(t, caseKey(1), map[string]any{"status": "approved", "approvedAt": "2026-11-23T12:00:00.000000Z", "validUntil": "2027-11-23T12:00:00.000000Z"})
	p.change(t, "profile", map[string]any{"kyc": "approved", "verifiedCase": 1, "verifiedUntil": "2027-11-23T12:00:00.000000Z"})
	must(t, w.PlaceCase(t.Context(), p.newest(t), noon))
	for d := 270; d < 400; d += 5 {
		must(t, w.run(t.Context(), day(d)))
	}
	if got := p.story(t, 1); got != "near_end expiring, told expiring, told expiring, end expired, told expired, told expired, told expired" {
		t.Error(got)
	}
	if profile, err := w.Profile(t.Context(), p.id); err != nil || profile.KYC != "expired" || profile.Verified != (account.Verification{}) {
		t.Errorf("%+v %v", profile, err)
	}
	if got := p.mails(t); got != strings.TrimSpace(strings.Repeat("kyc_expired ", 4)+strings.Repeat("kyc_expiring ", 3)) || p.files(t) != 12 {
		t.Errorf("%q, %d files", got, p.files(t))
	}
}

func TestManyRunsAtOnceDoEachThingOnce(t *testing.T) {
	w := newWorld(t)
	all := []*holder{w.holder(t), w.holder(t), w.holder(t)}
	for _, at := range []time.Time{day(77), day(91), day(92), day(93)} {
		var work sync.WaitGroup
		for range 8 {
			work.Go(func() {
				// The storage engine may fail to list what another run removes; the next one does the rest.
				if err := w.run(t.Context(), at); err != nil && !strings.Contains(err.Error(), "temporarily_unavailable") {
					t.Error(err)
				}
			})
		}
		work.Wait()
		if err := w.run(t.Context(), at); err != nil {
			t.Error(err)
		}
	}
	for _, p := range all {
		if p.story(t, 1) != "told draft, purged draft" || p.mails(t) != "kyc_draft_ending" || p.files(t) != 0 || p.due(t, day(10_000)) {
			t.Errorf("%q %q %d", p.story(t, 1), p.mails(t), p.files(t))
		}
	}
}

// dying is a store whose process is killed after so many calls.
type dying struct {
	cases
	left int
}

var errKilled = errors.New("killed")

func (d *dying) alive() error {
	if d.left--; d.left < 0 {
		return errKilled
	}
	return nil
}

func (d *dying) Ticking(ctx context.Context, now time.Time, after string, most int) ([]store.QueuedCase, string, error) {
	if err := d.alive(); err != nil {
		return nil, "", err
	}
	return d.cases.Ticking(ctx, now, after, most)
}

func (d *dying) Cases(ctx context.Context, id account.ID) ([]kyc.Case, error) {
	if err := d.alive(); err != nil {
		return nil, err
	}
	return d.cases.Cases(ctx, id)
}

func (d *dying) MoveCase(ctx context.Context, read, next kyc.Case, r kyc.Record, also ...store.Also) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.cases.MoveCase(ctx, read, next, r, also...)
}

func (d *dying) PlaceCase(ctx context.Context, c kyc.Case, now time.Time) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.cases.PlaceCase(ctx, c, now)
}

func (d *dying) DocumentPurged(ctx context.Context, id account.ID, doc kyc.Document, now time.Time) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.cases.DocumentPurged(ctx, id, doc, now)
}

func TestARunThatIsKilledAnywhereIsEndedByTheNext(t *testing.T) {
	w := newWorld(t)
	for steps := range 6 {
		p := w.holder(t)
		for _, at := range []time.Time{day(77), day(91), day(91).Add(10 * time.Minute), day(91).Add(20 * time.Minute)} {
			w.handler.store = &dying{w.Store, steps}
			if err := w.run(t.Context(), at); err != nil && !errors.Is(err, errKilled) {
				t.Fatal(err)
			}
			w.handler.store = w.Store
			must(t, w.run(t.Context(), at))
		}
		if p.story(t, 1) != "told draft, purged draft" || p.mails(t) != "kyc_draft_ending" || p.files(t) != 0 || p.due(t, day(10_000)) {
			t.Errorf("killed after %d calls: %q %q, %d files", steps, p.story(t, 1), p.mails(t), p.files(t))
		}
	}
}

func TestWhileStorageIsDownFilesWaitAndTheRunSaysSo(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	must(t, w.run(t.Context(), day(91)))
	up := w.bucket
	w.bucket = upload.New(uploadtest.Client("http://127.0.0.1:9"), w.name)
	for range 2 {
		if err := w.run(t.Context(), day(92)); err == nil || !strings.Contains(err.Error(), string(p.id)) {
			t.Fatalf("%v", err)
		}
	}
	w.bucket = up
	if p.files(t) != 12 {
		t.Fatalf("%d files", p.files(t))
	}
	must(t, w.run(t.Context(), day(93)))
	if p.files(t) != 0 || p.story(t, 1) != "purged draft" {
		t.Errorf("%d files, %q", p.files(t), p.story(t, 1))
	}
}

func TestADraftThatWasTouchedIsPlacedAnew(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.upload(t, "entity_pan", "epan", day(60))
	if !p.due(t, day(77)) {
		t.Fatal("the index knows of the new file; this tests nothing")
	}
	must(t, w.run(t.Context(), day(77)))
	if p.story(t, 1) != "" || p.due(t, day(77)) || !p.due(t, day(60+76)) {
		t.Errorf("%q, due then %v, later %v", p.story(t, 1), p.due(t, day(77)), p.due(t, day(60+76)))
	}
}

func TestAFileThatTheNextCaseHasStaysUntilThatLetsGo(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	rejected := p.newest(t)
	for _, d := range rejected.Documents {
		p.change(t, caseKey(1)+"#doc#"+d.ID, map[string]any{"state": "accepted"})
	}
	p.change(t, caseKey(1), map[string]any{"status": "rejected", "decidedAt": "2026-11-23T12:00:00.000000Z"})
	must(t, w.PlaceCase(t.Context(), p.newest(t), noon))
	next, err := p.newest(t).Edit(kyc.Given{EntityType: "individual"}, account.Individual, day(50))
	must(t, err)
	_, err = w.SaveCase(t.Context(), p.newest(t), next)
	must(t, err)
	kept := p.newest(t)
	if kept.No != 2 || len(kept.Documents) != 2 || kept.Documents[0].FileCase() != 1 {
		t.Fatalf("%+v", kept)
	}
	for range 3 {
		must(t, w.run(t.Context(), day(95)))
		must(t, w.run(t.Context(), day(96)))
	}
	if p.story(t, 1) != "purged rejected" || p.files(t) != 12 || p.due(t, day(100)) || len(p.newest(t).Unpurged()) != 0 {
		t.Fatalf("%q, %d files, due %v", p.story(t, 1), p.files(t), p.due(t, day(100)))
	}
	for _, at := range []time.Time{day(126), day(141), day(142), day(143)} {
		must(t, w.run(t.Context(), at))
	}
	if p.story(t, 2) != "told draft, purged draft" || p.files(t) != 0 {
		t.Errorf("%q, %d files", p.story(t, 2), p.files(t))
	}
}

func TestACaseOfTheReleaseBeforeIsPlacedInItsLane(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	p.change(t, caseKey(1), map[string]any{
		"status": "submitted", "round": 1, "submittedAt": "2026-11-23T12:00:00.000000Z", "reviewStatus": "submitted", "reference": "K7M2-9QXD", "queue": nil, "queueKey": nil,
	})
	for range 2 {
		must(t, w.run(t.Context(), day(1)))
	}
	found, _, err := w.Lane(t.Context(), kyc.LaneNew, "", 10)
	must(t, err)
	counts, err := w.LaneCounts(t.Context())
	must(t, err)
	if len(found) != 1 || found[0].AccountID != p.id || !found[0].DueAt.After(noon) || counts[kyc.LaneNew] != 1 || p.story(t, 1) != "adopted submitted" || p.mails(t) != "" {
		t.Errorf("%+v %v %q %q", found, counts, p.story(t, 1), p.mails(t))
	}
	if left, err := w.Unplaced(t.Context(), 10); err != nil || len(left) != 0 {
		t.Errorf("%v %v", left, err)
	}
}

// poisoned is a store that cannot read the cases of one account.
type poisoned struct {
	cases
	id account.ID
}

func (p poisoned) Cases(ctx context.Context, id account.ID) ([]kyc.Case, error) {
	if id == p.id {
		return nil, errKilled
	}
	return p.cases.Cases(ctx, id)
}

func TestOneCaseThatFailsHoldsNoOtherUp(t *testing.T) {
	w := newWorld(t)
	bad, good := w.holder(t), w.holder(t)
	w.handler.store = poisoned{w.Store, bad.id}
	if err := w.run(t.Context(), day(77)); !errors.Is(err, errKilled) || !strings.Contains(err.Error(), string(bad.id)) {
		t.Errorf("%v", err)
	}
	if good.story(t, 1) != "told draft" || bad.story(t, 1) != "" {
		t.Errorf("%q %q", good.story(t, 1), bad.story(t, 1))
	}
}

func TestARunCountsWhatWaitsAndWhatIsOverdueAndNamesNobody(t *testing.T) {
	w := newWorld(t)
	for i := range 3 {
		p := w.holder(t)
		profile, err := w.Profile(t.Context(), p.id)
		must(t, err)
		read := p.newest(t)
		submitted, r, err := read.Submit(profile, fmt.Sprintf("K7M2-000%d", i), day(3*i))
		must(t, err)
		must(t, w.SubmitCase(t.Context(), read, submitted, r, profile, account.Activity{Kind: "kyc_submitted", At: day(3 * i)}))
	}
	must(t, w.run(t.Context(), day(6)))
	got := map[string]float64{}
	for line := range strings.Lines(w.log.String()) {
		var entry map[string]any
		must(t, json.Unmarshal([]byte(line), &entry))
		for _, name := range []string{"KycWaiting", "KycOverdue"} {
			if n, ok := entry[name].(float64); ok && entry["_aws"] != nil {
				got[name] = n
			}
		}
	}
	if fmt.Sprint(got) != "map[KycOverdue:1 KycWaiting:3]" || strings.Contains(w.log.String(), "@") {
		t.Errorf("%v %s", got, w.log)
	}
}

// counted is what the last run has written for a metric; -1 where it wrote nothing.
func (w *world) counted(t *testing.T, metric string) float64 {
	t.Helper()
	got := -1.0
	for line := range strings.Lines(w.log.String()) {
		var entry map[string]any
		must(t, json.Unmarshal([]byte(line), &entry))
		if n, ok := entry[metric].(float64); ok && entry["_aws"] != nil {
			got = n
		}
	}
	return got
}

func TestAFileThatNobodyChecksIsCountedOnceAndTheCaseGoesOn(t *testing.T) {
	w := newWorld(t)
	p, checked := w.holder(t), w.holder(t)
	for _, h := range []*holder{p, checked} {
		c := h.newest(t)
		d, err := kyc.NewDocument(c, kyc.Upload{Requirement: "personal_id", DocumentType: "passport", FileName: "b.pdf", ContentType: "application/pdf", Size: 9}, token.NewID(), day(1))
		must(t, err)
		must(t, w.AddDocument(t.Context(), c, d))
		must(t, w.DocumentScanning(t.Context(), h.id, c.No, d.ID, day(1)))
		read := h.newest(t)
		edited, err := read.Edit(kyc.Given{EntityType: "individual", Fields: map[string]string{"pan": "ZZZPZ9999Z", "city": "Surat"}}, account.Individual, day(1).Add(time.Minute)) // who goes on typing
		must(t, err)
		_, err = w.SaveCase(t.Context(), read, edited)
		must(t, err)
		if h == checked {
			h.change(t, caseKey(c.No)+"#doc#"+d.ID, map[string]any{"state": "clean", "checkedAt": day(1).Format(time.RFC3339)})
		}
	}
	for _, row := range []struct {
		after time.Duration
		want  float64
	}{{10 * time.Minute, 0}, {16 * time.Minute, 1}, {26 * time.Minute, 0}} {
		must(t, w.run(t.Context(), day(1).Add(row.after)))
		if got := w.counted(t, "ChecksLate"); got != row.want {
			t.Errorf("after %s %g files are late, want %g", row.after, got, row.want)
		}
	}
	if p.due(t, day(76)) || !p.due(t, day(78)) || !checked.due(t, day(78)) {
		t.Error("the draft has lost its place")
	}
	must(t, w.run(t.Context(), day(78)))
	if p.story(t, 1) != "told draft" {
		t.Errorf("%q", p.story(t, 1))
	}
}

func TestAnEventWithoutATimeDoesNothing(t *testing.T) {
	if err := (&handler{}).run(t.Context(), time.Time{}); !errors.Is(err, errNoTime) {
		t.Error(err)
	}
}
