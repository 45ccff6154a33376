package storetest

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// granted is a grant whose code was just issued.
func granted(t *testing.T, f Fixture, p account.Profile, session string) oidc.Grant {
	t.Helper()
	g := oidc.Grant{
		ID: token.NewID(), Account: p.ID, Client: oidc.ClientID(token.NewID()), Session: session, Scopes: []string{"openid", "email"}, Nonce: "n",
		Redirect: "https://product.example.com/cb", Challenge: "c", ACR: oidc.ACRPassword, AMR: []string{"pwd"}, JKT: "k", Resource: "r",
		AuthTime: now.Add(-time.Minute), CreatedAt: now, CodeExpiresAt: now.Add(oidc.CodeLife), CredentialVersion: 1, ExpiresAt: now.Add(24 * time.Hour),
	}
	must(t, f.StartGrant(t.Context(), g, oidc.App{}, account.Activity{}, ""))
	return g
}

// redeemed is a grant whose code was redeemed.
func redeemed(t *testing.T, f Fixture, p account.Profile, session string) oidc.Grant {
	t.Helper()
	g, err := f.RedeemCode(t.Context(), granted(t, f, p, session), nil, now)
	must(t, err)
	return g
}

func proofs(n int) []oidc.Spent {
	var all []oidc.Spent
	for range n {
		all = append(all, oidc.Spent{Who: "who", JTI: token.NewID(), Until: now.Add(time.Minute)})
	}
	return all
}

func stored(t *testing.T, f Fixture, ref oidc.GrantRef) oidc.Grant {
	t.Helper()
	s, err := f.TokenState(t.Context(), ref, ref.Client)
	must(t, err)
	return s.Grant
}

func TestGrants(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := member(t, f, "grants@example.com")
		t.Run("is one of the newest twenty of its session and client", func(t *testing.T) {
			client, other := oidc.ClientID(token.NewID()), granted(t, f, p, "crowded")
			var all []oidc.Grant
			for i := range oidc.GrantsKept + 3 {
				g := oidc.Grant{ID: token.NewID(), Account: p.ID, Client: client, Session: "crowded", CreatedAt: now.Add(time.Duration(i) * time.Second), CodeExpiresAt: now.Add(time.Hour), ExpiresAt: now.Add(2 * time.Hour)}
				must(t, f.StartGrant(t.Context(), g, oidc.App{}, account.Activity{}, ""))
				all = append(all, g)
			}
			must(t, f.ThinGrants(t.Context(), all[0])) // the oldest, whose code is redeemed last
			for i, g := range all {
				if left := stored(t, f, g.Ref()).ID != ""; left != (i == 0 || i > 3) {
					t.Errorf("grant %d is there: %v", i, left)
				}
			}
			if stored(t, f, other.Ref()).ID == "" {
				t.Error("another client's is gone")
			}
		})
		t.Run("is read as it was written, with what it stands on", func(t *testing.T) {
			session := logIn(t, f, p)
			c, err := f.AddClient(t.Context(), oidc.Client{ID: oidc.ClientID(token.NewID()), Name: "Dialer", CreatedAt: now, UpdatedAt: now})
			must(t, err)
			g := granted(t, f, p, session.Digest)
			s, err := f.TokenState(t.Context(), g.Ref(), c.ID)
			must(t, err)
			if !reflect.DeepEqual(s.Grant, g) || s.Session.Digest != session.Digest || s.Profile.ID != p.ID || s.Client.ID != c.ID {
				t.Errorf("got %+v", s)
			}
			if s, err := f.TokenState(t.Context(), oidc.GrantRef{}, c.ID); err != nil || s.Grant.ID != "" || s.Profile.ID != "" || s.Client.ID != c.ID {
				t.Errorf("without a grant: %+v, %v", s, err)
			}
			a, err := f.Authorization(t.Context(), p.ID, session.Digest, c.ID)
			must(t, err)
			if a.Session.Digest != session.Digest || a.Profile.ID != p.ID || a.Client.ID != c.ID || a.App.Version != 0 {
				t.Errorf("got %+v", a)
			}
			if a, err := f.Authorization(t.Context(), "", "", c.ID); err != nil || a.Profile.ID != "" || a.Client.ID != c.ID {
				t.Errorf("nobody is logged in: %+v, %v", a, err)
			}
		})
		t.Run("of 200 that redeem a code at once one does", func(t *testing.T) {
			g := granted(t, f, p, "s")
			wantExactly(t, 1, atOnce(200, func(int) error { _, err := f.RedeemCode(t.Context(), g, nil, now); return err }), oidc.ErrCodeUsed)
			if s := stored(t, f, g.Ref()); !s.RedeemedAt.Equal(now) || s.Generation != 1 {
				t.Errorf("got %+v", s)
			}
		})
		t.Run("with proofs too, and of the losers none is used up", func(t *testing.T) {
			g := granted(t, f, p, "s")
			spend := make([][]oidc.Spent, 16)
			errs := atOnce(16, func(i int) error {
				spend[i] = proofs(2)
				_, err := f.RedeemCode(t.Context(), g, spend[i], now)
				return err
			})
			wantOneWinner(t, errs, oidc.ErrCodeUsed, fault.Down(nil))
			for i, err := range errs {
				if again := f.SpendProofs(t.Context(), spend[i]...); (err == nil) != errors.Is(again, oidc.ErrReplayed) {
					t.Errorf("redeemed: %v, its proofs afterwards: %v", err, again)
				}
			}
		})
		t.Run("a code is not redeemed when it is too old, or its grant is over", func(t *testing.T) {
			g := granted(t, f, p, "s")
			_, err := f.RedeemCode(t.Context(), g, nil, g.CodeExpiresAt)
			want(t, err, oidc.ErrGrantGone)
			_, err = f.RotateGrant(t.Context(), g, 0, nil, now)
			want(t, err, oidc.ErrReused)
			must(t, f.RevokeGrant(t.Context(), g.Ref()))
			_, err = f.RedeemCode(t.Context(), g, nil, now)
			want(t, err, oidc.ErrGrantGone)
			if stored(t, f, g.Ref()).ID != "" {
				t.Error("it rose again")
			}
		})
		t.Run("a proof that was seen redeems nothing", func(t *testing.T) {
			g, seen := granted(t, f, p, "s"), proofs(1)
			must(t, f.SpendProofs(t.Context(), seen...))
			_, err := f.RedeemCode(t.Context(), g, append(proofs(1), seen...), now)
			want(t, err, oidc.ErrReplayed)
			if !stored(t, f, g.Ref()).RedeemedAt.IsZero() {
				t.Error("it redeemed")
			}
		})
		t.Run("200 that rotate at once make one generation and hear of the same", func(t *testing.T) {
			g := redeemed(t, f, p, "s")
			wantExactly(t, 200, atOnce(200, func(int) error {
				next, err := f.RotateGrant(t.Context(), g, 1, nil, now)
				if err == nil && next.Generation != 2 {
					t.Errorf("generation %d", next.Generation)
				}
				return err
			}))
			if s := stored(t, f, g.Ref()); s.Generation != 2 {
				t.Errorf("generation %d", s.Generation)
			}
		})
		t.Run("the generation before is good for half a minute, until the next is used", func(t *testing.T) {
			g := redeemed(t, f, p, "s")
			second, err := f.RotateGrant(t.Context(), g, 1, nil, now)
			must(t, err)
			again, err := f.RotateGrant(t.Context(), second, 1, nil, now.Add(oidc.RefreshGrace-time.Millisecond))
			must(t, err)
			if again.Generation != 2 {
				t.Errorf("generation %d", again.Generation)
			}
			_, err = f.RotateGrant(t.Context(), second, 1, nil, now.Add(oidc.RefreshGrace))
			want(t, err, oidc.ErrReused)
			_, err = f.RotateGrant(t.Context(), second, 2, nil, now)
			must(t, err)
			_, err = f.RotateGrant(t.Context(), second, 1, nil, now)
			must(t, err) // as it was read before the next was used: it writes nothing
			_, err = f.RotateGrant(t.Context(), stored(t, f, g.Ref()), 1, nil, now)
			want(t, err, oidc.ErrReused)
		})
		t.Run("a grant that was revoked is neither rotated nor used", func(t *testing.T) {
			g := redeemed(t, f, p, "s")
			must(t, f.RevokeGrant(t.Context(), g.Ref()))
			must(t, f.RevokeGrant(t.Context(), g.Ref()))
			_, err := f.RotateGrant(t.Context(), g, 1, nil, now)
			want(t, err, oidc.ErrGrantGone)
			_, err = f.UseGrant(t.Context(), g, proofs(1), now)
			want(t, err, oidc.ErrGrantGone)
			if stored(t, f, g.Ref()).ID != "" {
				t.Error("it rose again")
			}
		})
		t.Run("a grant of offline access lives on from each use", func(t *testing.T) {
			g := redeemed(t, f, p, oidc.OfflineSession)
			later := now.Add(20 * time.Hour)
			_, err := f.UseGrant(t.Context(), g, nil, later)
			must(t, err)
			if s := stored(t, f, g.Ref()); !s.ExpiresAt.Equal(later.Add(oidc.OfflineIdle)) {
				t.Errorf("it ends at %s", s.ExpiresAt)
			}
			_, err = f.RotateGrant(t.Context(), g, 1, nil, later.Add(time.Hour))
			must(t, err)
			if s := stored(t, f, g.Ref()); !s.ExpiresAt.Equal(later.Add(time.Hour + oidc.OfflineIdle)) {
				t.Errorf("it ends at %s", s.ExpiresAt)
			}
		})
		t.Run("a session finds its own grants by one query", func(t *testing.T) {
			other := member(t, f, "grants-of@example.com")
			one, two := redeemed(t, f, other, "one"), redeemed(t, f, other, "one")
			third := redeemed(t, f, other, "two")
			ids := func(sid string) map[string]bool {
				found, err := f.GrantsOf(t.Context(), other.ID, sid)
				must(t, err)
				all := map[string]bool{}
				for _, g := range found {
					all[g.ID] = true
				}
				return all
			}
			if got := ids(oidc.SID("one")); !reflect.DeepEqual(got, map[string]bool{one.ID: true, two.ID: true}) {
				t.Errorf("got %v", got)
			}
			if got := ids(""); len(got) != 3 || !got[third.ID] {
				t.Errorf("got %v", got)
			}
			sessions, err := f.Sessions(t.Context(), other, now)
			must(t, err)
			if len(sessions) != 0 {
				t.Error("a grant is taken for a session")
			}
		})
		t.Run("a lost answer is the same answer", func(t *testing.T) {
			for operation, spend := range map[string][]oidc.Spent{"UpdateItem": nil, "TransactWriteItems": proofs(1)} {
				g := granted(t, f, p, "s")
				s, hits := f.WithFault(t, operation, LostAnswer, 1)
				g, err := s.RedeemCode(t.Context(), g, spend, now)
				must(t, err)
				if hits.Store(0); spend != nil {
					spend = proofs(1)
				}
				next, err := s.RotateGrant(t.Context(), g, 1, spend, now)
				must(t, err)
				if next.Generation != 2 || stored(t, f, g.Ref()).Generation != 2 || hits.Load() != 1 {
					t.Errorf("%s: generation %d, %d lost", operation, next.Generation, hits.Load())
				}
			}
		})
	})
}

func TestPushedRequests(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := member(t, f, "pushed@example.com")
		client := oidc.ClientID(token.NewID())
		push := func() string {
			r := oidc.Pushed{ID: token.NewID(), Client: client, Query: "scope=openid", JKT: "k", CreatedAt: now, ExpiresAt: now.Add(oidc.PushedWaits)}
			must(t, f.Push(t.Context(), r, nil))
			return r.ID
		}
		start := func(id string, at time.Time) error {
			g := oidc.Grant{ID: token.NewID(), Account: p.ID, Client: client, Session: "s", CreatedAt: at, CodeExpiresAt: at.Add(oidc.CodeLife), ExpiresAt: at.Add(time.Hour)}
			return f.StartGrant(t.Context(), g, oidc.App{}, account.Activity{}, id)
		}
		t.Run("is opened as often as a page is loaded, and by its client alone", func(t *testing.T) {
			id := push()
			for _, at := range []time.Duration{0, time.Minute, oidc.PushedWaits - time.Second} {
				r, err := f.Pushed(t.Context(), id, client, now.Add(at))
				must(t, err)
				if r.ID != id || r.Client != client || r.Query != "scope=openid" || r.JKT != "k" || !r.OpenedAt.Equal(now) {
					t.Errorf("got %+v", r)
				}
			}
			_, err := f.Pushed(t.Context(), id, "another", now)
			want(t, err, oidc.ErrRequestUsed)
			_, err = f.Pushed(t.Context(), id, client, now.Add(oidc.PushedWaits))
			want(t, err, oidc.ErrRequestUsed)
			_, err = f.Pushed(t.Context(), token.NewID(), client, now)
			want(t, err, oidc.ErrRequestUsed)
		})
		t.Run("is opened within ninety seconds first", func(t *testing.T) {
			id := push()
			_, err := f.Pushed(t.Context(), id, client, now.Add(oidc.PushedLife))
			want(t, err, oidc.ErrRequestUsed)
		})
		t.Run("of 50 codes at once it is worth one, and none afterwards", func(t *testing.T) {
			id := push()
			wantOneWinner(t, atOnce(50, func(int) error { return start(id, now) }), oidc.ErrRequestUsed, fault.Down(nil))
			want(t, start(id, now), oidc.ErrRequestUsed)
			_, err := f.Pushed(t.Context(), id, client, now)
			want(t, err, oidc.ErrRequestUsed)
		})
		t.Run("is worth none once it is too old", func(t *testing.T) { want(t, start(push(), now.Add(oidc.PushedWaits)), oidc.ErrRequestUsed) })
		t.Run("is not there where its proof was seen", func(t *testing.T) {
			seen := proofs(1)
			must(t, f.SpendProofs(t.Context(), seen...))
			r := oidc.Pushed{ID: token.NewID(), Client: client, CreatedAt: now, ExpiresAt: now.Add(time.Minute)}
			want(t, f.Push(t.Context(), r, seen), oidc.ErrReplayed)
			_, err := f.Pushed(t.Context(), r.ID, client, now)
			want(t, err, oidc.ErrRequestUsed)
		})
		t.Run("a lost answer is no use", func(t *testing.T) {
			s, hits := f.WithFault(t, "TransactWriteItems", LostAnswer, 1)
			id := push()
			g := oidc.Grant{ID: token.NewID(), Account: p.ID, Client: client, Session: "s", CreatedAt: now, CodeExpiresAt: now.Add(oidc.CodeLife), ExpiresAt: now.Add(time.Hour)}
			must(t, s.StartGrant(t.Context(), g, oidc.App{}, account.Activity{}, id))
			if hits.Load() != 1 || stored(t, f, g.Ref()).ID != g.ID {
				t.Error("no answer was lost, or the grant is not there")
			}
		})
	})
}

func TestProofsAreGoodOnce(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := proofs(1)[0]
		wantOneWinner(t, atOnce(50, func(int) error { return f.SpendProofs(t.Context(), p) }), oidc.ErrReplayed)
		other := p
		other.Who = "somebody else"
		must(t, f.SpendProofs(t.Context(), other))
		s, hits := f.WithFault(t, "PutItem", LostAnswer, 1)
		fresh := proofs(1)[0]
		must(t, s.SpendProofs(t.Context(), fresh))
		want(t, s.SpendProofs(t.Context(), fresh), oidc.ErrReplayed)
		if hits.Load() != 1 {
			t.Error("no answer was lost")
		}
	})
}

func TestCodesAndRefreshTokensWhereOneCallInFiveFails(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		s := f.Unreliable(t, oneInFive, 7, sixTries)
		p := member(t, f, "unreliable-grants@example.com")
		t.Run("of 50 uses of a code one", func(t *testing.T) {
			g := granted(t, f, p, "s")
			wantExactly(t, 1, atOnce(50, func(int) error { _, err := s.Process().RedeemCode(t.Context(), g, nil, now); return err }), oidc.ErrCodeUsed)
		})
		t.Run("of 50 refreshes all hear of the same generation", func(t *testing.T) {
			g := redeemed(t, f, p, "s")
			wantExactly(t, 50, atOnce(50, func(int) error {
				next, err := s.Process().RotateGrant(t.Context(), g, 1, nil, now)
				if err == nil && next.Generation != 2 {
					t.Errorf("generation %d", next.Generation)
				}
				return err
			}))
			if got := stored(t, f, g.Ref()).Generation; got != 2 {
				t.Errorf("generation %d", got)
			}
		})
		s.Struck(t)
	})
}
