package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

type hourView struct {
	Hour  time.Time `json:"hour"`
	Count int       `json:"count"`
}

type firstTimeView struct {
	EntityType    string `json:"entityType"`
	ApprovedFirst int    `json:"approvedFirst"`
	Decided       int    `json:"decided"`
}

type reasonCount struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

type reportAnswer struct {
	Lanes          []laneView      `json:"lanes"`
	Decisions      []hourView      `json:"decisions"`
	FirstTimeRight []firstTimeView `json:"firstTimeRight"`
	Reasons        []reasonCount   `json:"reasons"`
	Reversals      int             `json:"reversals"`
	Samples        []sampleView    `json:"samples"`
}

// sampleView is an approval that the lead looks at again, picked by chance.
type sampleView struct {
	Reference  string    `json:"reference"`
	EntityType string    `json:"entityType"`
	At         time.Time `json:"at"`
}

// report is for the lead: what waits now, the decisions of the last day by hour, and what became of the cases of this month and the last.
func (h *handler) report(ctx context.Context, v *visit, _ httpapi.None) (reportAnswer, error) {
	if !v.reviewer.Lead {
		return reportAnswer{}, errLeadOnly
	}
	lanes, _, err := h.lanes(ctx, v)
	if err != nil {
		return reportAnswer{}, err
	}
	thisMonth := time.Date(v.Now.Year(), v.Now.Month(), 1, 0, 0, 0, 0, time.UTC)
	var months [2][]store.DecidedCase
	var reads errgroup.Group
	for i := range months {
		reads.Go(func() (err error) {
			months[i], err = h.store.DecidedIn(ctx, thisMonth.AddDate(0, i-1, 0))
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return reportAnswer{}, err
	}
	answer := summary(slices.Concat(months[0], months[1]), v.Now)
	answer.Lanes = lanes
	return answer, nil
}

// summary counts decisions. One that was taken back within its minute never was.
func summary(all []store.DecidedCase, now time.Time) reportAnswer {
	decided, reversals := standing(all)
	answer := reportAnswer{Decisions: hours(decided, now), FirstTimeRight: []firstTimeView{}, Reasons: []reasonCount{}, Reversals: reversals, Samples: []sampleView{}}
	types, reasons := map[string]firstTimeView{}, map[string]int{}
	for _, d := range decided {
		for _, code := range d.Codes {
			reasons[code]++
		}
		if d.Sampled {
			answer.Samples = append(answer.Samples, sampleView{d.Reference, d.EntityType, d.At})
		}
		if d.Round > 1 || d.Kind == kyc.RecordSecondLook {
			continue
		}
		t := types[d.EntityType]
		t.EntityType = d.EntityType
		t.Decided++
		if d.Outcome == kyc.OutcomeApprove {
			t.ApprovedFirst++
		}
		types[d.EntityType] = t
	}
	for _, code := range slices.Sorted(maps.Keys(types)) {
		answer.FirstTimeRight = append(answer.FirstTimeRight, types[code])
	}
	for _, code := range slices.Sorted(maps.Keys(reasons)) {
		answer.Reasons = append(answer.Reasons, reasonCount{code, reasons[code]})
	}
	slices.SortStableFunc(answer.Reasons, func(a, b reasonCount) int { return cmp.Compare(b.Count, a.Count) })
	return answer
}

// standing are the decisions that were not undone, oldest first, and how many were reopened.
func standing(all []store.DecidedCase) (decided []store.DecidedCase, reopened int) {
	slices.SortStableFunc(all, func(a, b store.DecidedCase) int { return a.At.Compare(b.At) })
	for _, d := range all {
		switch d.Kind {
		case string(kyc.Reopen):
			reopened++
		case string(kyc.Undo):
			last := len(decided) - 1
			for ; last >= 0 && decided[last].Reference != d.Reference; last-- {
			}
			if last >= 0 {
				decided = slices.Delete(decided, last, last+1)
			}
		default:
			decided = append(decided, d)
		}
	}
	return decided, reopened
}

const dayOfHours = 24

// hours counts the decisions of each of the last 24 hours, the oldest first.
func hours(decided []store.DecidedCase, now time.Time) []hourView {
	first := now.Truncate(time.Hour).Add(-(dayOfHours - 1) * time.Hour)
	views := make([]hourView, dayOfHours)
	for i := range views {
		views[i].Hour = first.Add(time.Duration(i) * time.Hour)
	}
	for _, d := range decided {
		if i := int(d.At.Sub(first) / time.Hour); !d.At.Before(first) && i < dayOfHours {
			views[i].Count++
		}
	}
	return views
}
