package main

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
)

var (
	errDetailsFirst = fault.New(fault.Conflict, "account_details_required", "Save your account details first. They decide which entity types you can choose.")
	errVersion      = fault.New(fault.PreconditionFailed, "version_mismatch", "Your case was changed meanwhile, perhaps in another tab. Load it again, then repeat your change.")
)

func etag(c kyc.Case) string { return `"` + strconv.Itoa(c.Version) + `"` }

// view is the case as its holder sees it, with its entity tag.
func (h *handler) view(ctx context.Context, c *httpapi.Call, found kyc.Case) (caseView, error) {
	c.SetHeader("ETag", etag(found))
	v := viewOfCase(found, kyc.Evaluate(found, c.Profile.Details.Type, c.Now))
	v.Notice = noticeView{h.notice.Version, found.Notice != h.notice.Version}
	if until := c.Profile.Verified; until.CaseNo > 0 {
		v.InForce = &inForceView{until.CaseNo, until.Until}
	}
	if found.Round == 0 {
		return v, nil
	}
	records, err := h.store.Records(ctx, found.AccountID, found.No)
	if err != nil {
		return caseView{}, err
	}
	v.Timeline = timelineOf(records)
	return v, nil
}

func (h *handler) read(ctx context.Context, c *httpapi.Call, _ httpapi.None) (caseView, error) {
	found, err := h.store.Case(ctx, c.Profile.ID)
	if err != nil {
		return caseView{}, err
	}
	return h.view(ctx, c, found)
}

type saveRequest struct {
	EntityType string            `json:"entityType"`
	Fields     map[string]string `json:"fields"`
	Answers    map[string]string `json:"answers"`
	Confirmed  []string          `json:"confirmed"`
}

// save begins a case or changes its draft as a whole. What is given must be right; what is missing may come later.
func (h *handler) save(ctx context.Context, c *httpapi.Call, in saveRequest) (caseView, error) {
	return h.edit(ctx, c, func(found kyc.Case) (kyc.Case, error) {
		return found.Edit(kyc.Given(in), c.Profile.Details.Type, c.Now)
	})
}

type patchRequest struct {
	Fields    map[string]*string `json:"fields"`
	Answers   map[string]*string `json:"answers"`
	Confirmed []string           `json:"confirmed"`
}

// patch saves single fields and answers, as a JSON merge patch (RFC 7396) does, whatever the others are.
func (h *handler) patch(ctx context.Context, c *httpapi.Call, in patchRequest) (caseView, error) {
	return h.edit(ctx, c, func(found kyc.Case) (kyc.Case, error) {
		return found.Patch(kyc.Patch(in), c.Profile.Details.Type, c.Now)
	})
}

func (h *handler) edit(ctx context.Context, c *httpapi.Call, edit func(kyc.Case) (kyc.Case, error)) (caseView, error) {
	var saved kyc.Case
	err := h.onFreshWithin(ctx, c, h.mayWrite, func(ctx context.Context, found kyc.Case) error {
		edited, err := edit(found)
		if err != nil {
			return err
		}
		if saved = found; !edited.SameAs(found) {
			saved, err = h.store.SaveCase(ctx, found, edited)
		}
		return err
	})
	if err != nil {
		return caseView{}, err
	}
	h.purge(ctx, c, saved)
	return h.view(ctx, c, saved)
}

func (h *handler) mayWrite(ctx context.Context, c *httpapi.Call) error {
	if c.Profile.Details.IsZero() {
		return errDetailsFirst
	}
	_, err := c.Take(ctx, limit.WriteAccount.By(string(c.Profile.ID)))
	return err
}

// patience is for a change whose case is changed by others again and again, within the time of the request.
const (
	patience   = 2 * time.Second
	firstPause = 5 * time.Millisecond
	longPause  = 100 * time.Millisecond
)

// onFresh does a change to the case as it is now, once more on the fresh case whenever something else changed that meanwhile. With
// If-Match it is done to that version alone: version_mismatch.
func (h *handler) onFresh(ctx context.Context, c *httpapi.Call, change func(context.Context, kyc.Case) error) error {
	return h.onFreshWithin(ctx, c, unlimited, change)
}

func unlimited(context.Context, *httpapi.Call) error { return nil }

// onFreshWithin is onFresh for a change that has a limit: it is counted once, while the case is first read.
func (h *handler) onFreshWithin(
	ctx context.Context, c *httpapi.Call, count func(context.Context, *httpapi.Call) error, change func(context.Context, kyc.Case) error,
) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		found, err := h.caseBeside(ctx, c, count)
		if err != nil {
			return err
		}
		if count = unlimited; !c.IfMatch(etag(found)) {
			return errVersion
		}
		if err = change(ctx, found); !errors.Is(err, account.ErrBusy) {
			return err
		}
		select {
		case <-time.After(time.Duration(rand.Int64N(int64(pause)))):
		case <-ctx.Done():
			return fault.Down(err)
		}
	}
}

// caseBeside reads the case while a limit is counted. Where that refuses, it is the answer.
func (h *handler) caseBeside(ctx context.Context, c *httpapi.Call, count func(context.Context, *httpapi.Call) error) (found kyc.Case, err error) {
	var counted error
	var both sync.WaitGroup
	both.Go(func() { counted = count(ctx, c) })
	both.Go(func() { found, err = h.store.Case(ctx, c.Profile.ID) })
	both.Wait()
	return found, cmp.Or(counted, err)
}
