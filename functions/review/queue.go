package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

const (
	pageOfLane = 50 // cases that one look at a lane reads
	tryAtOnce  = 10 // free cases that Next chooses among
)

type itemView struct {
	Reference   string     `json:"reference"`
	Lane        *kyc.Lane  `json:"lane"`
	DueAt       *time.Time `json:"dueAt"`
	Overdue     bool       `json:"overdue"`
	EntityType  string     `json:"entityType"`
	DisplayName string     `json:"displayName"`
	Round       int        `json:"round"`
	Risk        *kyc.Risk  `json:"risk"`
	SubmittedAt *time.Time `json:"submittedAt"`
	LeasedBy    *string    `json:"leasedBy"`
	LeaseUntil  *time.Time `json:"leaseUntil"`
	Status      kyc.Status `json:"status"`
}

func viewOfItem(q store.QueuedCase, now time.Time) itemView {
	v := itemView{
		Reference: q.Reference, Lane: orNull(q.Lane), DueAt: timeOrNull(q.DueAt), Overdue: now.After(q.DueAt), EntityType: q.EntityType, DisplayName: q.DisplayName,
		Round: q.Round, Risk: orNull(q.Risk), SubmittedAt: timeOrNull(q.SubmittedAt), Status: q.Status,
	}
	if leased(q, now) {
		v.LeasedBy, v.LeaseUntil = orNull(string(q.LeaseBy)), &q.LeaseUntil
	}
	return v
}

func leased(q store.QueuedCase, now time.Time) bool { return now.Before(q.LeaseUntil) }

type laneView struct {
	Lane    kyc.Lane   `json:"lane"`
	Waiting int        `json:"waiting"`
	Overdue int        `json:"overdue"`
	Oldest  *time.Time `json:"oldest"`
}

type reviewerView struct {
	AccountID account.ID `json:"accountId"`
	Name      string     `json:"name"`
	Lead      bool       `json:"lead"`
}

type overviewAnswer struct {
	Reviewer   reviewerView           `json:"reviewer"`
	Lanes      []laneView             `json:"lanes"`
	Mine       []itemView             `json:"mine"`
	Scanner    string                 `json:"scanner"`
	Reasons    []reasonChoice         `json:"reasons"`
	Checklists map[string][]checkView `json:"checklists"`
}

func (h *handler) overview(ctx context.Context, v *visit, _ httpapi.None) (overviewAnswer, error) {
	lanes, mine, err := h.lanes(ctx, v)
	if err == nil {
		err = h.nameLeases(ctx, mine)
	}
	if err != nil {
		return overviewAnswer{}, err
	}
	return overviewAnswer{
		Reviewer: reviewerView{v.Profile.ID, nameOf(v.Profile), v.reviewer.Lead}, Lanes: lanes, Mine: mine, Scanner: h.scanner,
		Reasons: reasonChoices(), Checklists: checklists(kyc.Current()),
	}, nil
}

// lanes looks at the beginning of each lane, where what is overdue stands, and lists what the reviewer has a lease on there. Waiting is
// about right; Overdue counts no further than pageOfLane.
func (h *handler) lanes(ctx context.Context, v *visit) ([]laneView, []itemView, error) {
	var counts map[kyc.Lane]int
	all := kyc.Lanes()
	first := make([][]store.QueuedCase, len(all))
	var reads errgroup.Group
	reads.Go(func() (err error) {
		counts, err = h.store.LaneCounts(ctx)
		return err
	})
	for i, lane := range all {
		reads.Go(func() (err error) {
			first[i], _, err = h.store.Lane(ctx, lane, "", pageOfLane)
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, nil, err
	}
	views, mine := make([]laneView, len(all)), []itemView{}
	for i, lane := range all {
		views[i] = laneView{Lane: lane, Waiting: max(counts[lane], len(first[i]))}
		for _, q := range first[i] {
			if v.Now.After(q.DueAt) {
				views[i].Overdue++
			}
			if leased(q, v.Now) && q.LeaseBy == v.Profile.ID {
				mine = append(mine, viewOfItem(q, v.Now))
			}
		}
		if len(first[i]) > 0 {
			views[i].Oldest = timeOrNull(first[i][0].SubmittedAt)
		}
	}
	return views, mine, nil
}

type laneAnswer struct {
	Items []itemView `json:"items"`
	Next  *string    `json:"next"`
}

func (h *handler) lane(ctx context.Context, v *visit, _ httpapi.None) (laneAnswer, error) {
	lane := kyc.Lane(v.Query("lane"))
	if !slices.Contains(kyc.Lanes(), lane) {
		return laneAnswer{}, fault.At("/lane", "lane_unknown", "There is no such lane.")
	}
	found, next, err := h.store.Lane(ctx, lane, v.Query("after"), pageOfLane)
	if err != nil {
		return laneAnswer{}, err
	}
	answer := laneAnswer{Items: make([]itemView, len(found)), Next: orNull(next)}
	for i, q := range found {
		answer.Items[i] = viewOfItem(q, v.Now)
	}
	return answer, h.nameLeases(ctx, answer.Items)
}

type nextAnswer struct {
	Case *caseView `json:"case"`
}

// next claims the most urgent free case. Many reviewers press at once: each tries some free cases of the first lane that has any, in an
// order of their own, until one is theirs or none is left.
func (h *handler) next(ctx context.Context, v *visit, _ httpapi.None) (nextAnswer, error) {
	tried := map[string]bool{}
	for _, lane := range kyc.Lanes() {
		after := ""
		for {
			found, next, err := h.store.Lane(ctx, lane, after, pageOfLane)
			if err != nil {
				return nextAnswer{}, err
			}
			free := h.free(v, found, tried)
			for _, q := range free {
				tried[q.Reference] = true
				claimed, err := h.claimAs(ctx, v, q.Reference, "")
				if err == nil {
					view, err := h.view(ctx, v, claimed)
					return nextAnswer{&view}, err
				}
				if !notForMe(err) {
					return nextAnswer{}, err
				}
			}
			if len(free) == tryAtOnce {
				continue // the same page may have more
			}
			if after = next; next == "" {
				break
			}
		}
	}
	return nextAnswer{}, nil
}

// free picks up to tryAtOnce cases that look free, the most urgent of them, in random order.
func (h *handler) free(v *visit, found []store.QueuedCase, tried map[string]bool) (free []store.QueuedCase) {
	for _, q := range found {
		open := !leased(q, v.Now) && q.AccountID != v.Profile.ID && q.FirstBy != v.Profile.ID
		if open && !tried[q.Reference] && len(free) < tryAtOnce {
			free = append(free, q)
		}
	}
	rand.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	return free
}

// notForMe reports that a claim failed for what the case is, so that another may be tried.
func notForMe(err error) bool {
	for _, reason := range []error{
		kyc.ErrCaseClaimed, kyc.ErrNotWaiting, kyc.ErrOwnCase, kyc.ErrSameReviewer, kyc.ErrCaseUnknown, account.ErrBusy,
	} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}
