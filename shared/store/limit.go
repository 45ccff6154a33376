package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

// Take counts one use of each limit, side by side, before the work is done. It returns the counts reached, or the fault
// too_many_requests of the use that has to wait longest; then the other uses are given back, so that pressing a button too
// early does not spend the day's budget. A lost answer may count a use twice, never not at all.
func (s *Store) Take(ctx context.Context, now time.Time, uses ...limit.Use) ([]int, error) {
	counts := make([]int, len(uses))
	exceeded := make([]bool, len(uses))
	work := make([]func() error, len(uses))
	for i, u := range uses {
		work[i] = func() (err error) {
			counts[i], exceeded[i], err = s.take(ctx, now, u)
			return err
		}
	}
	if err := together(work...); err != nil {
		return nil, err
	}
	var refusal error
	var longest time.Duration
	var passed []limit.Use
	for i, u := range uses {
		if !exceeded[i] {
			passed = append(passed, u)
		} else if f := u.Exceeded(now); f.RetryAfter > longest {
			refusal, longest = f, f.RetryAfter
		}
	}
	if refusal == nil {
		return counts, nil
	}
	if err := s.Release(ctx, now, passed...); err != nil {
		return nil, err
	}
	return nil, refusal
}

func (s *Store) take(ctx context.Context, now time.Time, u limit.Use) (count int, exceeded bool, err error) {
	start := u.WindowStart(now)
	found, err := s.update(ctx, "count "+u.Rule.Name, s.tokens, change{
		key: limitKey(u, start), set: "ADD uses :one SET expiresAt = :end",
		when:   "attribute_not_exists(uses) OR uses < :max",
		values: values{":one": 1, ":max": u.Rule.Max, ":end": start.Add(u.Rule.Window).Unix()},
	})
	if _, failed := conditionFailed(err); failed {
		return u.Rule.Max, true, nil
	}
	if err != nil {
		return 0, false, err
	}
	n, ok := found["uses"].(*types.AttributeValueMemberN)
	if !ok {
		return 0, false, errors.New("store: a counter has no number")
	}
	count, err = strconv.Atoi(n.Value)
	return count, false, err
}

// Release gives back uses that Take counted, because what they guard against did not happen: a log-in with the right password.
func (s *Store) Release(ctx context.Context, now time.Time, uses ...limit.Use) error {
	work := make([]func() error, len(uses))
	for i, u := range uses {
		work[i] = func() error {
			_, err := s.update(ctx, "release "+u.Rule.Name, s.tokens, change{
				key: limitKey(u, u.WindowStart(now)), set: "ADD uses :less", when: "uses > :none",
				values: values{":less": -1, ":none": 0},
			})
			if _, failed := conditionFailed(err); failed {
				return nil
			}
			return err
		}
	}
	return together(work...)
}

// Forgive forgets the uses of limits in their current window: the holder of the address has proven to be there.
func (s *Store) Forgive(ctx context.Context, now time.Time, uses ...limit.Use) error {
	work := make([]func() error, len(uses))
	for i, u := range uses {
		work[i] = func() error { return s.delete(ctx, "forgive "+u.Rule.Name, s.tokens, limitKey(u, u.WindowStart(now))) }
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
