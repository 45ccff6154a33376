package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// guarded is a member with an app, ten recovery codes, a passkey and the session that added them.
func guarded(t *testing.T, f Fixture, to string) (account.Profile, account.Session, account.FactorSet) {
	t.Helper()
	p := member(t, f, to)
	s := sessionOf(p, "own")
	must(t, f.StartSession(t.Context(), s, seen("logged_in")))
	set := account.FactorSet{
		TOTP:     account.TOTP{Sealed: "sealed", AddedAt: now, Step: 100},
		Passkeys: []account.Passkey{{ID: "key", Name: "Phone", PublicKey: []byte{1, 2}, SignCount: 7, BackupEligible: true, AddedAt: now}},
	}
	for i := range 10 {
		set.Recovery = append(set.Recovery, fmt.Sprint("digest", i))
	}
	must(t, f.ChangeFactors(t.Context(), p, store.FactorChange{Next: set, By: s, Seen: seen("totp_added"), At: now}))
	p, err := f.Profile(t.Context(), p.ID)
	must(t, err)
	read, err := f.Factors(t.Context(), p.ID)
	must(t, err)
	return p, s, read
}

func sessionOf(p account.Profile, digest string) account.Session {
	return account.Session{Digest: digest, AccountID: p.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), CredentialVersion: p.CredentialVersion}
}

func TestFactors(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		prove := func(s account.Session, u store.FactorUse) error { return f.ProveByFactor(t.Context(), u, s, nil, now) }
		t.Run("what was added is there, and the session counts as proved by it", func(t *testing.T) {
			p, s, set := guarded(t, f, "factors@example.com")
			if !p.Factors.TOTP || p.Factors.Passkeys != 1 || set.Version != 1 || len(set.Recovery) != 10 || set.TOTP.Step != 100 || !slices.Equal(set.Passkeys[0].PublicKey, []byte{1, 2}) {
				t.Errorf("%+v, %+v", p.Factors, set)
			}
			session, _, err := f.OpenSession(t.Context(), p.ID, s.Digest)
			must(t, err)
			if !session.SteppedUp(p, now) {
				t.Error("the session is not proved")
			}
		})
		t.Run("each of a code, a recovery code, and a passkey's answer is used up once by 50 at once", func(t *testing.T) {
			_, s, set := guarded(t, f, "once-factor@example.com")
			for _, c := range []struct {
				use  store.FactorUse
				lost error
			}{
				{store.FactorUse{Step: 101}, account.ErrCodeUsed},
				{store.FactorUse{Recovery: "digest3"}, account.ErrRecoveryUsed},
				{store.FactorUse{Passkey: &account.Passkey{ID: "key", SignCount: 8}, Challenge: "challenge", Until: now.Add(time.Minute)}, account.ErrPasskeyUsed},
			} {
				wantOneWinner(t, atOnce(50, func(int) error { return prove(s, c.use) }), c.lost)
			}
			want(t, prove(s, store.FactorUse{Step: 101}), account.ErrCodeUsed)
			want(t, prove(s, store.FactorUse{Step: 100}), account.ErrCodeUsed)
			want(t, prove(s, store.FactorUse{Passkey: &account.Passkey{ID: "other"}, Challenge: "c2", Until: now}), account.ErrPasskeyUsed)
			after, err := f.Factors(t.Context(), s.AccountID)
			must(t, err)
			if len(after.Recovery) != 9 || after.Passkeys[0].SignCount != 8 || after.TOTP.Step != 101 || after.Version != set.Version+3 {
				t.Errorf("%+v", after)
			}
		})
		t.Run("a pending log-in is completed once by 50 at once, and a lost answer completes it all the same", func(t *testing.T) {
			p, _, _ := guarded(t, f, "pending@example.com")
			waits := account.PendingLogin{Digest: "waits", AccountID: p.ID, CredentialVersion: p.CredentialVersion, ExpiresAt: now.Add(time.Minute)}
			must(t, f.StartPendingLogin(t.Context(), waits))
			wantOneWinner(t, atOnce(50, func(i int) error {
				return f.OpenByFactor(t.Context(), store.FactorUse{Recovery: fmt.Sprint("digest", i%10)}, &waits, sessionOf(p, fmt.Sprint("s", i)), nil, seen("logged_in"), nil)
			}), account.ErrLoginExpired, account.ErrRecoveryUsed)
			after, err := f.Factors(t.Context(), p.ID)
			must(t, err)
			if len(after.Recovery) != 9 {
				t.Errorf("%d recovery codes are left", len(after.Recovery))
			}
			_, _, err = f.PendingLogin(t.Context(), p.ID, "waits", now)
			want(t, err, account.ErrLoginExpired)
			must(t, f.StartPendingLogin(t.Context(), waits))
			lossy, hits := f.WithFault(t, "TransactWriteItems", LostAnswer, 1)
			must(t, lossy.OpenByFactor(t.Context(), store.FactorUse{Step: 102}, &waits, sessionOf(p, "lost"), nil, seen("logged_in"), nil))
			if hits.Load() != 1 {
				t.Error("no answer was lost")
			}
			_, _, err = f.PendingLogin(t.Context(), p.ID, "waits", now.Add(time.Hour))
			want(t, err, account.ErrLoginExpired)
		})
		t.Run("a removal ends the other sessions and what waits, and of 16 changes at once one is made", func(t *testing.T) {
			p, s, set := guarded(t, f, "removed@example.com")
			must(t, f.StartSession(t.Context(), sessionOf(p, "other"), seen("logged_in")))
			must(t, f.StartPendingLogin(t.Context(), account.PendingLogin{Digest: "w", AccountID: p.ID, CredentialVersion: p.CredentialVersion, ExpiresAt: now.Add(time.Hour)}))
			next := set
			next.TOTP = account.TOTP{}
			errs := atOnce(16, func(int) error {
				return f.ChangeFactors(t.Context(), p, store.FactorChange{Read: set, Next: next, Ends: true, By: s, Told: []message.Message{mail(message.FactorRemoved, p.Email.String())}, Seen: seen("totp_removed"), At: now})
			})
			wantOneWinner(t, errs, account.ErrBusy)
			for digest, open := range map[string]bool{"own": true, "other": false} {
				session, profile, err := f.OpenSession(t.Context(), p.ID, digest)
				must(t, err)
				if session.Open(profile, now) != open || profile.Factors.TOTP || profile.Factors.Passkeys != 1 {
					t.Errorf("%s is open: %t; %+v", digest, !open, profile.Factors)
				}
			}
			_, _, err := f.PendingLogin(t.Context(), p.ID, "w", now)
			want(t, err, account.ErrLoginExpired)
			login, _, err := f.Login(t.Context(), p.Email)
			must(t, err)
			if login.CredentialVersion != p.CredentialVersion+1 {
				t.Error("the claim on the address has another version")
			}
		})
		t.Run("an operator's reset is stopped once, or takes effect", func(t *testing.T) {
			p, s, set := guarded(t, f, "reset-factor@example.com")
			deed := store.Deed{Kind: "factor_reset_begun", By: "operator", Reason: "lost", At: now}
			begin := func(read account.FactorSet) string {
				id := token.NewID()
				must(t, f.BeginFactorReset(t.Context(), p, read, id, now.Add(time.Hour), deed, mail(message.FactorReset, p.Email.String())))
				return id
			}
			first := begin(set)
			wantOneWinner(t, atOnce(16, func(int) error { return f.StopFactorReset(t.Context(), p.ID, first, seen("factor_reset_stopped"), now) }), account.ErrLinkUsed)
			set, err := f.Factors(t.Context(), p.ID)
			must(t, err)
			second := begin(set)
			want(t, f.StopFactorReset(t.Context(), p.ID, first, seen("x"), now), account.ErrLinkExpired)
			want(t, f.StopFactorReset(t.Context(), p.ID, second, seen("x"), now.Add(time.Hour)), account.ErrLinkExpired)
			set, err = f.Factors(t.Context(), p.ID)
			must(t, err)
			after, err := f.EndFactors(t.Context(), p, set, seen("factors_removed"), mail(message.FactorRemoved, p.Email.String()), now.Add(time.Hour))
			must(t, err)
			session, profile, err := f.OpenSession(t.Context(), p.ID, s.Digest)
			must(t, err)
			if session.Open(profile, now) || profile.Factors.Any() || after.CredentialVersion != profile.CredentialVersion {
				t.Errorf("%+v", profile)
			}
			_, err = f.EndFactors(t.Context(), p, set, seen("factors_removed"), mail(message.FactorRemoved, "x"), now.Add(time.Hour))
			want(t, err, account.ErrBusy)
		})
		t.Run("a session proves the password, and one that ended stays ended", func(t *testing.T) {
			p := member(t, f, "proves@example.com")
			s := sessionOf(p, "proves")
			must(t, f.StartSession(t.Context(), s, seen("logged_in")))
			must(t, f.Prove(t.Context(), s, account.ByPassword, now))
			session, _, err := f.OpenSession(t.Context(), p.ID, s.Digest)
			must(t, err)
			if !session.ProvenAt.Equal(now) || session.ProvenBy != account.ByPassword {
				t.Errorf("%+v", session)
			}
			must(t, ending(f.EndSession(t.Context(), p.ID, s.Digest, now)))
			want(t, f.Prove(t.Context(), s, account.ByPassword, now), account.ErrSessionUnknown)
		})
	})
}

func TestSecretsOfAppsAreSealedAnew(t *testing.T) {
	ring := func(document string) token.Keyring {
		keys, err := token.ParseKeyring([]byte(document))
		must(t, err)
		return keys
	}
	const first, second = "first-key-first-key-first-key-first-key", "second-key-second-key-second-key-second"
	before, both, after := ring(`{"current":"`+first+`"}`), ring(`{"current":"`+second+`","previous":"`+first+`"}`), ring(`{"current":"`+second+`"}`)
	onEachEngine(t, func(t *testing.T, f Fixture) {
		seal := func(name string, keys token.Keyring) account.Profile {
			p := member(t, f, name+"@example.com")
			s := logIn(t, f, p)
			next := account.FactorSet{TOTP: account.TOTP{Sealed: keys.Seal(token.FactorSecret, token.NewSecret(name), string(p.ID)), AddedAt: now}}
			must(t, f.ChangeFactors(t.Context(), p, store.FactorChange{Next: next, By: s, Seen: seen("totp_added"), At: now}))
			return p
		}
		people := map[string]account.Profile{"old": seal("old", before), "older": seal("older", before), "new": seal("new", both), "lost": seal("lost", ring(`{"current":"`+first+first+`"}`))}
		told := 0
		done, err := f.ResealFactors(t.Context(), both, func(store.Resealed) { told++ })
		if err != nil || done.Sealed != 2 || done.Lost != 1 || done.Read < 4 || told == 0 {
			t.Errorf("%+v, %d pages, %v", done, told, err)
		}
		for name, p := range people {
			set, err := f.Factors(t.Context(), p.ID)
			must(t, err)
			secret, stale, err := after.Unseal(token.FactorSecret, set.TOTP.Sealed, string(p.ID))
			if lost := name == "lost"; (err != nil) != lost || !lost && (stale || secret.Reveal() != name) || set.TOTP.AddedAt != now {
				t.Errorf("%s: %v, %+v", name, err, set.TOTP)
			}
		}
		if done, err := f.ResealFactors(t.Context(), both, func(store.Resealed) {}); err != nil || done.Sealed != 0 {
			t.Errorf("once more: %+v, %v", done, err)
		}
	})
}
