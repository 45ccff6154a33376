package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/deadline"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

// giveBackMost is for giving back uses of limits when one could not be counted.
const giveBackMost = 700 * time.Millisecond

// Take counts one use of each limit, side by side, before the work is done. It returns the counts reached, or the fault
// too_many_requests of the use that has to wait longest; then, and when a count fails, the other uses are given back, so that pressing a
// button too early does not spend the day's budget. A lost answer may count a use twice, never not at all.
func (s *Store) Take(ctx context.Context, now time.Time, uses ...limit.Use) ([]int, error) {
	all := make([]taking, len(uses))
	work := []func() error{func() error { return s.readBefore(ctx, now, uses, all) }}
	for i, u := range uses {
		work = append(work, func() error { return s.take(ctx, now, u, &all[i]) })
	}
	failed := together(work...)
	counts := make([]int, len(uses))
	var refusal error
	var last time.Time
	var counted []limit.Use
	for i, u := range uses {
		if all[i].counted {
			counted = append(counted, u)
		}
		var free time.Time
		if counts[i], free = all[i].weigh(u, now); free.After(last) {
			refusal, last = u.Exceeded(now, free), free
		}
	}
	if failed != nil {
		short, cancel := deadline.After(ctx, giveBackMost)
		defer cancel()
		_ = s.Release(short, now, counted...) // as far as it goes: the failure is what the caller has to hear of
		return nil, failed
	}
	if refusal == nil {
		return counts, nil
	}
	if err := s.Release(ctx, now, counted...); err != nil {
		return nil, err
	}
	return nil, refusal
}

// taking is what became of one use.
type taking struct {
	counted bool
	row     countRow  // of its window, with the use in it where that was counted; of a gap one use
	free    time.Time // when there is room again, where it was not
	before  countRow  // of the window before
}

func (s *Store) take(ctx context.Context, now time.Time, u limit.Use, t *taking) (err error) {
	if u.Rule.IsGap() {
		t.row.Uses = 1
		t.free, err = s.takeGap(ctx, now, u)
	} else {
		t.row, t.free, err = s.count(ctx, now, u)
	}
	t.counted = err == nil && t.free.IsZero()
	return err
}

// weigh is the count that was reached, with what the window before still weighs, or when there is room again.
func (t taking) weigh(u limit.Use, now time.Time) (spent int, free time.Time) {
	spent, free = u.Spent(t.row.Uses, t.before.Uses, now), latest(t.free, t.before.shutUntil(now))
	if t.counted && spent > u.Rule.Max {
		free = latest(free, u.RoomAt(t.row.Uses-1, t.before.Uses, now))
	}
	return spent, free
}

// readBefore reads the windows before those of all uses in one call. A gap has none.
func (s *Store) readBefore(ctx context.Context, now time.Time, uses []limit.Use, into []taking) error {
	of := map[key]int{}
	for i, u := range uses {
		if !u.Rule.IsGap() {
			of[limitKey(u, now.Add(-u.Rule.Window))] = i
		}
	}
	if len(of) == 1 {
		for k, i := range of {
			_, err := s.get(ctx, "read "+uses[i].Rule.Name, s.tokens, k, &into[i].before)
			return err
		}
	}
	return s.getAll(ctx, "read limits", s.tokens, slices.Collect(maps.Keys(of)), func(k key, found item) error {
		return unmarshal(found, &into[of[k]].before)
	})
}

// countRow is the uses of one window.
type countRow struct {
	Uses   int   `dynamodbav:"uses"`
	FreeAt int64 `dynamodbav:"freeAt"` // Unix time in ms until which nothing passes; 0 where none was set
}

func (r countRow) shutUntil(now time.Time) time.Time {
	if free := time.UnixMilli(r.FreeAt); free.After(now) {
		return free
	}
	return time.Time{}
}

// count is the conditional write of take: the window's row with this use in it, or when there is room again.
func (s *Store) count(ctx context.Context, now time.Time, u limit.Use) (row countRow, free time.Time, err error) {
	found, err := s.update(ctx, "count "+u.Rule.Name, s.tokens, change{
		key: limitKey(u, now), set: "ADD uses :one SET expiresAt = :end",
		when:   "(attribute_not_exists(uses) OR uses < :max) AND (attribute_not_exists(freeAt) OR freeAt <= :now)",
		values: values{":one": 1, ":max": u.Rule.Max, ":now": now.UnixMilli(), ":end": u.WindowEnd(now).Add(u.Rule.Window).Unix()},
	})
	old, failed := conditionFailed(err)
	if !failed {
		if err == nil {
			err = unmarshal(found, &row)
		}
		return row, time.Time{}, err
	}
	if err := unmarshal(old, &row); err != nil {
		return row, time.Time{}, err
	}
	if free = row.shutUntil(now); row.Uses >= u.Rule.Max {
		free = latest(free, u.RoomAt(row.Uses, 0, now))
	}
	return row, free, nil
}

// Delay lets nothing pass for a use until then.
func (s *Store) Delay(ctx context.Context, now time.Time, u limit.Use, until time.Time) error {
	_, err := s.update(ctx, "delay "+u.Rule.Name, s.tokens, change{
		key: limitKey(u, now), set: "SET freeAt = :free, expiresAt = :end", when: "attribute_not_exists(freeAt) OR freeAt < :free",
		values: values{":free": until.UnixMilli(), ":end": u.WindowEnd(now).Add(u.Rule.Window).Unix()},
	})
	if _, later := conditionFailed(err); later {
		return nil
	}
	return err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// gapRow is the last use of a gap.
type gapRow struct {
	By     string `dynamodbav:"by"`
	FreeAt int64  `dynamodbav:"freeAt"` // Unix time in ms
}

func (s *Store) takeGap(ctx context.Context, now time.Time, u limit.Use) (free time.Time, err error) {
	by, end := token.NewID(), now.Add(u.Rule.Window)
	_, err = s.update(ctx, "count "+u.Rule.Name, s.tokens, change{
		key: limitKey(u, now), set: "SET #by = :by, freeAt = :end, expiresAt = :ttl",
		when:   "attribute_not_exists(freeAt) OR freeAt <= :now",
		names:  map[string]string{"#by": "by"},
		values: values{":by": by, ":end": end.UnixMilli(), ":ttl": end.Unix() + 1, ":now": now.UnixMilli()},
	})
	found, failed := conditionFailed(err)
	if !failed {
		return time.Time{}, err
	}
	var last gapRow
	// When the answer to a committed write is lost, the SDK's silent retry meets the item that this very call wrote.
	if err := unmarshal(found, &last); err != nil || last.By == by {
		return time.Time{}, err
	}
	return time.UnixMilli(last.FreeAt), nil
}

// Release gives back uses that Take counted, because what they guard against did not happen: a log-in with the right password.
func (s *Store) Release(ctx context.Context, now time.Time, uses ...limit.Use) error {
	work := make([]func() error, len(uses))
	for i, u := range uses {
		work[i] = func() error {
			back := change{key: limitKey(u, now), set: "ADD uses :less", when: "uses > :none", values: values{":less": -1, ":none": 0}}
			if u.Rule.IsGap() {
				back.set, back.when = "SET freeAt = :now", "freeAt = :end"
				back.values = values{":now": now.UnixMilli(), ":end": now.Add(u.Rule.Window).UnixMilli()}
			}
			_, err := s.update(ctx, "release "+u.Rule.Name, s.tokens, back)
			if _, failed := conditionFailed(err); failed {
				return nil
			}
			return err
		}
	}
	return together(work...)
}

// Forgive forgets the uses of limits: the holder of the address has proven to be there.
func (s *Store) Forgive(ctx context.Context, now time.Time, uses ...limit.Use) error {
	work := make([]func() error, len(uses))
	for i, u := range uses {
		work[i] = func() error { return s.delete(ctx, "forgive "+u.Rule.Name, s.tokens, limitKey(u, now)) }
		if !u.Rule.IsGap() {
			work = append(work, func() error {
				return s.delete(ctx, "forgive "+u.Rule.Name, s.tokens, limitKey(u, now.Add(-u.Rule.Window)))
			})
		}
	}
	return together(work...)
}

type spentRow struct {
	key
	By        string `dynamodbav:"by"`
	ExpiresAt int64  `dynamodbav:"expiresAt"`
}

// Spend uses up a captcha that is valid until the given time. It returns account.ErrCaptchaSpent when it was used before.
func (s *Store) Spend(ctx context.Context, signature string, until time.Time) error {
	row := spentRow{key: captchaKey(signature), By: token.NewID(), ExpiresAt: until.Add(time.Hour).Unix()}
	err := s.put(ctx, "spend captcha", s.tokens, row, "attribute_not_exists(pk)")
	found, failed := conditionFailed(err)
	if !failed {
		return err
	}
	// When the answer to a committed put is lost, the SDK's silent retry meets the item that this very call wrote.
	var there spentRow
	if err := unmarshal(found, &there); err == nil && there.By == row.By {
		return nil
	}
	return account.ErrCaptchaSpent.Because(err)
}
