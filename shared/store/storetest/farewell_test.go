package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// loggedIn is a member with two sessions, "one" and "two": both at the client A, two at B as well, and one at C whose code nobody has redeemed.
func loggedIn(t *testing.T, f Fixture, to string) account.Profile {
	t.Helper()
	p := member(t, f, to)
	for _, digest := range []string{"one", "two"} {
		must(t, f.StartSession(t.Context(), sessionOf(p, digest), seen("logged_in")))
	}
	for _, g := range []struct {
		session, client string
		redeemed        bool
	}{{"one", "A", true}, {"one", "A", true}, {"two", "A", true}, {"two", "B", true}, {"one", "C", false}} {
		grant := oidc.Grant{
			ID: token.NewID(), Account: p.ID, Client: oidc.ClientID(g.client), Session: g.session, Scopes: []string{"openid"}, AuthTime: now, CreatedAt: now,
			CodeExpiresAt: now.Add(time.Minute), CredentialVersion: p.CredentialVersion, ExpiresAt: now.Add(time.Hour),
		}
		must(t, f.StartGrant(t.Context(), grant, oidc.App{}, account.Activity{}, ""))
		if g.redeemed {
			_, err := f.RedeemCode(t.Context(), grant, nil, now)
			must(t, err)
		}
	}
	return p
}

// told are the clients that wait to be told about the account, with the name of the session: "A one".
func told(t *testing.T, f Fixture, p account.Profile) string {
	t.Helper()
	waiting, err := f.Waiting(t.Context())
	must(t, err)
	names := map[string]string{oidc.SID("one"): "one", oidc.SID("two"): "two", "": "all"}
	var all []string
	for _, q := range waiting {
		if id, client, sid := q.Message.Ended(); id == p.ID {
			all = append(all, string(client)+" "+names[sid])
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func TestWhatEndsSessionsTellsTheirClients(t *testing.T) {
	const everybody = "A all, B all"
	later := now.Add(time.Minute)
	hash := token.NewSecret("$argon2id$other")
	changed := func(p account.Profile) message.Message { return mail(message.PasswordChanged, p.Email.String()) }
	onEachEngine(t, func(t *testing.T, f Fixture) {
		for i, row := range []struct {
			what string
			do   func(ctx context.Context, p account.Profile) error
			want string
		}{
			{"a log-out tells each client of that session, once", func(ctx context.Context, p account.Profile) error {
				messages, err := f.EndSession(ctx, p.ID, "two", later)
				if len(messages) != 2 {
					t.Errorf("%d to deliver", len(messages))
				}
				return err
			}, "A two, B two"},
			{"a session without clients tells nobody", func(ctx context.Context, p account.Profile) error {
				_, err := f.EndSession(ctx, p.ID, "three", later)
				return err
			}, ""},
			{"the end of the others names each and leaves one", func(ctx context.Context, p account.Profile) error {
				return f.EndOtherSessions(ctx, p.ID, "one", later)
			}, "A two, B two"},
			{"another password ends all but the one", func(ctx context.Context, p account.Profile) error {
				return f.ChangePassword(ctx, p, "one", hash, changed(p), seen("password_changed"), later)
			}, "A two, B two"},
			{"a reset ends all", func(ctx context.Context, p account.Profile) error {
				r := account.Reset{ID: token.NewID(), AccountID: p.ID, CredentialVersion: p.CredentialVersion, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
				if err := f.StartReset(ctx, r, mail(message.ResetPassword, p.Email.String())); err != nil {
					return err
				}
				return f.CompleteReset(ctx, r, p, hash, changed(p), seen("password_reset"), later)
			}, everybody},
			{"closing ends all", func(ctx context.Context, p account.Profile) error {
				return f.CloseAccount(ctx, p, later.Add(time.Hour), changed(p), seen("account_closing"), later)
			}, everybody},
			{"disabling ends all", func(ctx context.Context, p account.Profile) error {
				_, err := f.SetStatus(ctx, p, account.Disabled, store.Deed{Kind: "account_disabled", By: "t", Reason: "t", At: later})
				return err
			}, everybody},
			{"enabling ends nothing", func(ctx context.Context, p account.Profile) error {
				_, err := f.SetStatus(ctx, p, account.Active, store.Deed{Kind: "account_enabled", By: "t", Reason: "t", At: later})
				return err
			}, ""},
			{"a factor that is removed ends all but the one", func(ctx context.Context, p account.Profile) error {
				return f.ChangeFactors(ctx, p, store.FactorChange{Ends: true, By: sessionOf(p, "one"), Seen: seen("factor_removed"), At: later})
			}, "A two, B two"},
			{"factors that an operator's reset removed end all", func(ctx context.Context, p account.Profile) error {
				_, err := f.EndFactors(ctx, p, account.FactorSet{}, seen("factors_removed"), changed(p), later)
				return err
			}, everybody},
			{"a log-in that was not the holder's ends all", func(ctx context.Context, p account.Profile) error {
				s := sessionOf(p, "strange")
				n := account.Notice{AccountID: p.ID, Digest: "strange", CredentialVersion: p.CredentialVersion, ExpiresAt: later.Add(time.Hour)}
				if err := f.StartStrangeSession(ctx, s, n, changed(p), seen("logged_in")); err != nil {
					return err
				}
				r := account.Reset{ID: token.NewID(), AccountID: p.ID, CredentialVersion: p.CredentialVersion + 1, CreatedAt: later, ExpiresAt: later.Add(time.Hour)}
				return f.Disown(ctx, n, p, r, seen("login_disowned"), later)
			}, everybody},
			{"what is over already is only swept", func(ctx context.Context, p account.Profile) error {
				return f.SweepSessions(ctx, p.ID, "")
			}, ""},
		} {
			t.Run(row.what, func(t *testing.T) {
				p := loggedIn(t, f, "ends"+string(rune('a'+i))+"@example.com")
				must(t, row.do(t.Context(), p))
				if got := told(t, f, p); got != row.want {
					t.Errorf("told %q, want %q", got, row.want)
				}
			})
		}
		t.Run("what fails tells nobody", func(t *testing.T) {
			p := loggedIn(t, f, "ends-not@example.com")
			stale := p
			stale.CredentialVersion--
			want(t, f.ChangePassword(t.Context(), stale, "one", hash, changed(p), seen("password_changed"), later), account.ErrBusy)
			want(t, f.CloseAccount(t.Context(), stale, later, changed(p), seen("account_closing"), later), account.ErrBusy)
			if got := told(t, f, p); got != "" {
				t.Errorf("told %q", got)
			}
		})
		t.Run("a session that is swept leaves no grant behind, and the one that goes on keeps its own", func(t *testing.T) {
			p := loggedIn(t, f, "swept@example.com")
			must(t, f.SweepSessions(t.Context(), p.ID, "two"))
			left, err := f.GrantsOf(t.Context(), p.ID, "")
			must(t, err)
			for _, g := range left {
				if g.Session != "two" {
					t.Errorf("a grant of %q is left", g.Session)
				}
			}
			if _, _, err := f.OpenSession(t.Context(), p.ID, "two"); err != nil || len(left) != 2 {
				t.Errorf("%v, %d grants", err, len(left))
			}
		})
		t.Run("who logs in again goes on with an open session, and with none that has ended", func(t *testing.T) {
			p := loggedIn(t, f, "again@example.com")
			s := sessionOf(p, "one")
			s.ProvenAt, s.ProvenBy = later, account.ByPassword
			must(t, f.Reopen(t.Context(), s, seen("logged_in")))
			read, _, err := f.OpenSession(t.Context(), p.ID, "one")
			must(t, err)
			if !read.ProvenAt.Equal(later) || !read.CreatedAt.Equal(now) {
				t.Errorf("%+v", read)
			}
			must(t, ending(f.EndSession(t.Context(), p.ID, "one", later)))
			if err := f.Reopen(t.Context(), s, seen("logged_in")); !errors.Is(err, account.ErrSessionUnknown) {
				t.Errorf("got %v", err)
			}
		})
	})
}
