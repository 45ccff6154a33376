package seed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// desk is what reviewers, operators and time do to demo cases. What takes a reviewer minutes and the clock months is done here at once, by the same rules,
// so it needs the tables.
type desk struct {
	store         *store.Store
	first, second account.ID
	now           time.Time
}

// scene is a case in one state, and how it gets there from being handed in.
type scene struct {
	name string
	plan int // of plans
	play func(d desk, ctx context.Context, c kyc.Case) error
}

var scenes = []scene{
	{"new", 0, func(desk, context.Context, kyc.Case) error { return nil }},
	{"new and overdue", 1, desk.leftAlone},
	{"answered", 5, desk.answered},
	{"under review", 7, desk.claimed},
	{"second look", 1, func(d desk, ctx context.Context, c kyc.Case) error {
		_, err := d.decide(ctx, c, d.first, kyc.OutcomeReject, "manipulated", time.Time{})
		return err
	}},
	{"needs info", 0, desk.asked},
	{"approved", 1, func(d desk, ctx context.Context, c kyc.Case) error {
		_, err := d.approve(ctx, c, time.Time{})
		return err
	}},
	{"expiring", 5, func(d desk, ctx context.Context, c kyc.Case) error { return d.ends(ctx, c, d.now.AddDate(0, 0, 60)) }},
	{"expired", 7, func(d desk, ctx context.Context, c kyc.Case) error { return d.ends(ctx, c, d.now.Add(-time.Hour)) }},
	{"suspended", 0, desk.suspended},
	{"rejected", 5, desk.rejected},
	{"withdrawn", 7, func(d desk, ctx context.Context, c kyc.Case) error {
		next, r, err := c.Withdraw(d.now)
		if err == nil {
			_, err = d.move(ctx, c, next, r)
		}
		return err
	}},
}

// Cases makes a demo account for each state that a case can be in, and two reviewers, in the local run at origin whose tables s has. It calls step
// after each.
func Cases(ctx context.Context, origin string, s *store.Store, now time.Time, step func()) ([]Account, error) {
	made := make([]Account, len(scenes)+3)
	reviewers := make([]account.ID, 2)
	for i := range reviewers {
		who := newPerson(origin, len(scenes)+1+i, now)
		if err := who.live(ctx, plan{stage: Detailed}, func(string) {}); err != nil {
			return nil, fmt.Errorf("%s: %w", who.email, err)
		}
		app, recovery, err := who.guard(ctx, time.Now())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", who.email, err)
		}
		made[len(scenes)+1+i] = Account{Email: who.email, Stage: "reviewer", App: app, Recovery: recovery}
		id, err := idOf(ctx, s, who.email)
		if err != nil {
			return nil, err
		}
		if err := s.AddReviewer(ctx, id, i == 0, store.Deed{Kind: "reviewer_added", By: "seed", Reason: "a demo", At: now}); err != nil {
			return nil, err
		}
		reviewers[i] = id
		step()
	}
	d := desk{s, reviewers[0], reviewers[1], now}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(atOnce)
	for i := range len(scenes) + 1 {
		work.Go(func() error {
			who := newPerson(origin, i, now)
			to, stage, play := plans[2], Stage("draft"), desk.nothing // the last one
			if i < len(scenes) {
				to, stage, play = plans[scenes[i].plan], Stage(scenes[i].name), scenes[i].play
			}
			made[i] = Account{Email: who.email, Stage: stage, EntityType: to.entityType}
			if err := who.live(ctx, to, func(string) {}); err != nil {
				return fmt.Errorf("%s: %w", who.email, err)
			}
			id, err := idOf(ctx, s, who.email)
			if err != nil {
				return err
			}
			c, err := s.OneCase(ctx, id, 1)
			if err == nil {
				err = play(d, ctx, c)
			}
			if err != nil {
				return fmt.Errorf("%s, %s: %w", who.email, stage, err)
			}
			step()
			return nil
		})
	}
	return made, work.Wait()
}

// ManyCases is how many accounts Cases makes.
const ManyCases = 15

func idOf(ctx context.Context, s *store.Store, email string) (account.ID, error) {
	address, err := account.ParseEmail(email)
	if err != nil {
		return "", err
	}
	login, found, err := s.Login(ctx, address)
	if err == nil && !found {
		err = errors.New("there is no account")
	}
	return login.AccountID, err
}

func (d desk) nothing(context.Context, kyc.Case) error { return nil }

// move writes what happened and reads the case again.
func (d desk) move(ctx context.Context, c, next kyc.Case, r kyc.Record) (kyc.Case, error) {
	if err := d.store.MoveCase(ctx, c, next, r); err != nil {
		return c, err
	}
	return d.store.OneCase(ctx, c.AccountID, c.No)
}

func (d desk) claim(ctx context.Context, c kyc.Case, by account.ID) (kyc.Case, error) {
	next, r, err := c.ClaimBy(by, token.NewID(), "", d.now)
	if err != nil {
		return c, err
	}
	return d.move(ctx, c, next, r)
}

// decide judges all documents: with a code, the first of them is not accepted. until is when the first one runs out.
func (d desk) decide(ctx context.Context, c kyc.Case, by account.ID, o kyc.Outcome, code string, until time.Time) (kyc.Case, error) {
	c, err := d.claim(ctx, c, by)
	if err != nil {
		return c, err
	}
	var parts []kyc.Verdict
	for i, doc := range c.Documents {
		v := kyc.Verdict{Pointer: "/requirements/" + doc.Requirement, DocumentID: doc.ID, OK: code == "" || i > 0}
		if i == 0 {
			v.Reason.Code, v.ValidUntil = code, until
		}
		parts = append(parts, v)
	}
	next, r, err := c.Decide(kyc.Decision{LeaseID: c.Lease.ID, Version: c.Version, Outcome: o, Parts: parts, Note: "A demo."}, by, kyc.DefaultPolicy, d.now)
	if err != nil {
		return c, err
	}
	return d.move(ctx, c, next, r)
}

// both has a second person decide the same, where one is asked for.
func (d desk) both(ctx context.Context, c kyc.Case, o kyc.Outcome, code string, until time.Time) (kyc.Case, error) {
	c, err := d.decide(ctx, c, d.first, o, code, until)
	if err == nil && c.Lane == kyc.LaneSecondLook {
		c, err = d.decide(ctx, c, d.second, o, code, until)
	}
	return c, err
}

func (d desk) approve(ctx context.Context, c kyc.Case, until time.Time) (kyc.Case, error) {
	return d.both(ctx, c, kyc.OutcomeApprove, "", until)
}

func (d desk) claimed(ctx context.Context, c kyc.Case) error {
	_, err := d.claim(ctx, c, d.first)
	return err
}

func (d desk) asked(ctx context.Context, c kyc.Case) error {
	_, err := d.both(ctx, c, kyc.OutcomeQuestion, "not_readable", time.Time{})
	return err
}

func (d desk) rejected(ctx context.Context, c kyc.Case) error {
	_, err := d.both(ctx, c, kyc.OutcomeReject, "region_not_served", time.Time{})
	return err
}

// leftAlone was looked at and given back, and should have been decided yesterday.
func (d desk) leftAlone(ctx context.Context, c kyc.Case) error {
	c, err := d.claim(ctx, c, d.first)
	if err != nil {
		return err
	}
	next, r, err := c.Release(c.Lease.ID, d.first, d.now)
	if err != nil {
		return err
	}
	next.DueAt = d.now.AddDate(0, 0, -1)
	_, err = d.move(ctx, c, next, r)
	return err
}

// answered had a question, and its holder says that all is as it should be.
func (d desk) answered(ctx context.Context, c kyc.Case) error {
	c, err := d.both(ctx, c, kyc.OutcomeQuestion, "not_readable", time.Time{})
	if err != nil {
		return err
	}
	said := c
	said.Answers = map[string]string{}
	for pointer := range c.Flags {
		said.Answers[pointer] = "It is the best copy there is."
	}
	for i, doc := range said.Documents {
		if doc.State == kyc.DocRejected {
			said.Documents[i].State, said.Documents[i].Reason = kyc.DocClean, kyc.Reason{}
		}
	}
	p, err := d.store.Profile(ctx, c.AccountID)
	if err != nil {
		return err
	}
	next, r, err := said.Submit(p, c.Reference, d.now)
	if err != nil {
		return err
	}
	return d.store.SubmitCase(ctx, c, next, r, p, account.Activity{Kind: "kyc_submitted", At: d.now})
}

// ends is an approval that holds until a time, and what the clock has done about it by now.
func (d desk) ends(ctx context.Context, c kyc.Case, until time.Time) error {
	c, err := d.approve(ctx, c, until)
	if err != nil {
		return err
	}
	next, r, due := c.Tick(d.now)
	if !due {
		return fmt.Errorf("the clock does nothing to a case that is valid until %s", until)
	}
	_, err = d.move(ctx, c, next, r)
	return err
}

func (d desk) suspended(ctx context.Context, c kyc.Case) error {
	c, err := d.approve(ctx, c, time.Time{})
	if err != nil {
		return err
	}
	next, r, err := c.SuspendBy("seed", "A demo.", d.now)
	if err == nil {
		_, err = d.move(ctx, c, next, r)
	}
	return err
}
