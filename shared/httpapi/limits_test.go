package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/deadline"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

// counters count in memory. Down makes giving back fail.
type counters struct {
	mu   sync.Mutex
	uses map[string]int
	down bool
}

func (k *counters) Take(_ context.Context, now time.Time, uses ...limit.Use) ([]int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var counts []int
	for _, u := range uses {
		if k.uses[u.Who] == u.Rule.Max {
			return nil, u.Exceeded(now, now.Add(time.Minute))
		}
	}
	for _, u := range uses {
		k.uses[u.Who]++
		counts = append(counts, k.uses[u.Who])
	}
	return counts, nil
}

func (k *counters) Release(ctx context.Context, _ time.Time, uses ...limit.Use) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.down || ctx.Err() != nil {
		return errors.New("no answer")
	}
	for _, u := range uses {
		k.uses[u.Who]--
	}
	return nil
}

func TestWhatARequestTookIsGivenBackWhereItDidNothing(t *testing.T) {
	rule := limit.Rule{Name: "r", Max: 3, Window: time.Hour, Detail: "Too many."}
	full := rule.By("full")
	for name, c := range map[string]struct {
		err    error
		status int
		left   int
	}{
		"done":                              {nil, 200, 3},
		"refused for what was sent":         {fault.At("/name", "wrong", "Wrong."), 422, 3},
		"not allowed":                       {fault.New(fault.Forbidden, "no", "No."), 403, 3},
		"a dependency is down":              {fault.Down(errors.New("x")), 503, 0},
		"a defect of ours":                  {errors.New("x"), 500, 0},
		"told to wait by a limit of others": {full.Exceeded(now, now.Add(time.Minute)), 429, 0},
		"ran out of time":                   {context.DeadlineExceeded, 503, 0},
	} {
		t.Run(name, func(t *testing.T) {
			k := &counters{uses: map[string]int{}}
			s := newSite(func(ctx context.Context, call *Call, in thing) (any, error) {
				if _, err := call.Take(ctx, rule.By("a"), rule.By("b")); err != nil {
					t.Error(err)
				}
				if counts, err := call.Take(ctx, rule.By("c")); err != nil || !slices.Equal(counts, []int{1}) {
					t.Errorf("%v, %v", counts, err)
				}
				return in, c.err
			})
			s.Limits = k
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // the client is gone: what was taken is given back all the same
			if w, _ := s.do(request("POST", "/v1/things/1", `{"name":"x"}`).WithContext(ctx)); w.Code != c.status {
				t.Errorf("answered %d", w.Code)
			}
			if got := k.uses["a"] + k.uses["b"] + k.uses["c"]; got != c.left {
				t.Errorf("%d uses are left counted, want %d", got, c.left)
			}
		})
	}
}

// silent counts uses, and hangs whenever it is to give one back.
type silent struct{ counters }

func (s *silent) Release(ctx context.Context, _ time.Time, _ ...limit.Use) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestARequestWhoseStoreHangsIsAnsweredWithinThreeSecondsAllItsGivingBackIncluded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rule := limit.Rule{Name: "r", Max: 3, Window: time.Hour, Detail: "Too many."}
		s := newSite(func(ctx context.Context, c *Call, _ thing) (any, error) {
			if _, err := c.Take(ctx, rule.By("a")); err != nil {
				t.Error(err)
			}
			<-ctx.Done() // the next call of the store
			return nil, fault.Down(ctx.Err())
		})
		s.Limits = &silent{counters{uses: map[string]int{}}}
		ctx, cancel := deadline.Within(t.Context())
		defer cancel()
		began := time.Now()
		w, _ := s.do(request("POST", "/v1/things/1", `{"name":"x"}`).WithContext(ctx))
		if took := time.Since(began); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || took >= 3*time.Second {
			t.Errorf("answered %d after %s: %v", w.Code, took, w.Header())
		}
	})
}

func TestWhatWasGivenBackAlreadyIsNotGivenBackTwice(t *testing.T) {
	rule := limit.Rule{Name: "r", Max: 3, Window: time.Hour, Detail: "Too many."}
	k := &counters{uses: map[string]int{"a": 2}}
	s := newSite(func(ctx context.Context, c *Call, _ thing) (any, error) {
		if _, err := c.Take(ctx, rule.By("a")); err != nil {
			return nil, err
		}
		if err := c.Release(ctx, rule.By("a")); err != nil {
			return nil, err
		}
		return nil, fault.Down(errors.New("x"))
	})
	s.Limits = k
	s.do(request("POST", "/v1/things/1", `{"name":"x"}`))
	if k.uses["a"] != 2 {
		t.Errorf("%d uses", k.uses["a"])
	}
}

func TestWhatIsSettledStaysCountedWhateverFailsThen(t *testing.T) {
	rule := limit.Rule{Name: "r", Max: 3, Window: time.Hour, Detail: "Too many."}
	k := &counters{uses: map[string]int{}}
	s := newSite(func(ctx context.Context, c *Call, _ thing) (any, error) {
		if _, err := c.Take(ctx, rule.By("before")); err != nil {
			return nil, err
		}
		c.Settle()
		if _, err := c.Take(ctx, rule.By("after")); err != nil {
			return nil, err
		}
		return nil, fault.Down(errors.New("x"))
	})
	s.Limits = k
	s.do(request("POST", "/v1/things/1", `{"name":"x"}`))
	if k.uses["before"] != 1 || k.uses["after"] != 0 {
		t.Errorf("%v are counted", k.uses)
	}
}

func TestGivingBackThatFailsIsLoggedAndChangesNoAnswer(t *testing.T) {
	rule := limit.Rule{Name: "r", Max: 30, Window: time.Hour, Detail: "Too many."}
	s := newSite(func(ctx context.Context, c *Call, _ thing) (any, error) {
		var all errgroup.Group // side by side, as functions do
		for i := range 8 {
			all.Go(func() error { _, err := c.Take(ctx, rule.By(fmt.Sprint(i))); return err })
		}
		if err := all.Wait(); err != nil {
			t.Error(err)
		}
		return nil, fault.Down(errors.New("x"))
	})
	s.Limits = &counters{uses: map[string]int{}, down: true}
	if w, _ := s.do(request("POST", "/v1/things/1", `{"name":"x"}`)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("answered %d", w.Code)
	}
	if !strings.Contains(s.log.String(), "not given back") {
		t.Errorf("the log says nothing: %s", s.log.String())
	}
}

func TestALimitOfTheNetworkIsCountedBesideTheSessionAndGivenBackWhereThereIsNone(t *testing.T) {
	rule := limit.Rule{Name: "r", Max: 3, Window: time.Hour, Detail: "Too many."}
	id := account.ID(token.NewID())
	secret, digest := token.NewSession(string(id))
	stranger, _ := token.NewSession(string(id))
	for name, c := range map[string]struct {
		bearer  token.Secret
		before  int
		openErr error
		status  int
		after   int
	}{
		"a session": {secret, 0, nil, 204, 1},
		"a session of a network that has used it": {secret, 3, nil, 429, 3},
		"no such session":                         {stranger, 0, nil, 401, 0},
		"no such session, and the limit reached":  {stranger, 3, nil, 401, 3},
		"no session at all":                       {token.NewSecret("x"), 0, nil, 401, 0},
		"a store that is down":                    {secret, 0, fault.Down(errors.New("x")), 503, 0},
	} {
		t.Run(name, func(t *testing.T) {
			k := &counters{uses: map[string]int{"192.0.2.7": c.before}}
			store := &sessions{
				session: account.Session{Digest: digest, AccountID: id, LastSeenAt: now, ExpiresAt: now.Add(time.Hour)},
				profile: account.Profile{ID: id, Status: account.Active}, openErr: c.openErr,
			}
			s, ran := &site{}, false
			s.API = New(Config{PublicURL: origin, Now: func() time.Time { return now }, Sessions: store, Limits: k, Log: slog.New(slog.DiscardHandler)})
			s.PrivateWithin("POST /v1/private", rule, JSON(http.StatusNoContent, func(context.Context, *Call, None) (None, error) {
				ran = true
				return None{}, nil
			}))
			w, _ := s.do(request("POST", "/v1/private", "", "Authorization", "Bearer "+c.bearer.Reveal()))
			if w.Code != c.status || ran != (c.status == 204) || k.uses["192.0.2.7"] != c.after {
				t.Errorf("answered %d, ran %v, %d uses are counted", w.Code, ran, k.uses["192.0.2.7"])
			}
		})
	}
}
