package storetest

import (
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

// askFor asks for another address for p.
func askFor(t *testing.T, f Fixture, p account.Profile, to string) account.EmailChange {
	t.Helper()
	c := account.EmailChange{
		ID: token.NewID(), AccountID: p.ID, Email: address(t, to), CredentialVersion: p.CredentialVersion, CreatedAt: now, ExpiresAt: now.Add(account.EmailChangeLife),
	}
	must(t, f.StartEmailChange(t.Context(), c, []message.Message{mail(message.ConfirmEmail, to)}, seen("email_change_asked")))
	return c
}

func logIn(t *testing.T, f Fixture, p account.Profile) account.Session {
	t.Helper()
	s := account.Session{Digest: token.NewID(), AccountID: p.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), CredentialVersion: p.CredentialVersion}
	must(t, f.StartSession(t.Context(), s, seen("logged_in")))
	return s
}

func TestEmailChange(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		change := func(p account.Profile, c account.EmailChange, keep string) (account.EmailUndo, error) {
			u := account.EmailUndo{ID: token.NewID(), AccountID: p.ID, Email: p.Email, ExpiresAt: now.Add(account.EmailUndoLife)}
			l, _, err := f.Login(t.Context(), p.Email)
			must(t, err)
			return u, f.CompleteEmailChange(t.Context(), c, p, l, u, keep, mail(message.EmailChanged, p.Email.String()), seen("email_changed"), now)
		}
		t.Run("of 16 that confirm at once one moves the account, and of 16 that undo one moves it back", func(t *testing.T) {
			p := member(t, f, "moves@example.com")
			c, s := askFor(t, f, p, "there@example.com"), logIn(t, f, p)
			var undo account.EmailUndo
			wantOneWinner(t, atOnce(16, func(int) error {
				u, err := change(p, c, s.Digest)
				if err == nil {
					undo = u
				}
				return err
			}), account.ErrLinkUsed)
			moved, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			reset := account.Reset{ID: token.NewID(), AccountID: p.ID, CredentialVersion: moved.CredentialVersion + 1, CreatedAt: now, ExpiresAt: now.Add(time.Minute)}
			wantOneWinner(t, atOnce(16, func(int) error {
				return f.UndoEmailChange(t.Context(), undo, moved, account.FactorSet{}, reset, mail(message.EmailRestored, "there@example.com"), seen("email_restored"), now)
			}), account.ErrLinkUsed)
			back, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			if back.Email != p.Email || back.CredentialVersion != p.CredentialVersion+2 {
				t.Errorf("%+v", back)
			}
		})
		t.Run("factors that changed since they were read take nothing back", func(t *testing.T) {
			p := member(t, f, "factors-change@example.com")
			c, s := askFor(t, f, p, "factors-there@example.com"), logIn(t, f, p)
			undo, err := change(p, c, s.Digest)
			must(t, err)
			moved, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			reset := account.Reset{ID: token.NewID(), AccountID: p.ID, CredentialVersion: moved.CredentialVersion + 1, CreatedAt: now, ExpiresAt: now.Add(time.Minute)}
			takeBack := func(read account.FactorSet) error {
				return f.UndoEmailChange(t.Context(), undo, moved, read, reset, mail(message.EmailRestored, "factors-there@example.com"), seen("email_restored"), now)
			}
			none, err := f.Factors(t.Context(), p.ID)
			must(t, err)
			theirs := account.FactorSet{TOTP: account.TOTP{Sealed: "x", AddedAt: now.Add(time.Minute)}}
			must(t, f.ChangeFactors(t.Context(), moved, store.FactorChange{Read: none, Next: theirs, By: s, Seen: seen("totp_added"), At: now.Add(time.Minute)}))
			want(t, takeBack(none), account.ErrBusy)
			read, err := f.Factors(t.Context(), p.ID)
			must(t, err)
			must(t, takeBack(read))
			left, err := f.Factors(t.Context(), p.ID)
			must(t, err)
			back, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			if left.Counted().Any() || back.Factors.Any() || back.Email != p.Email {
				t.Errorf("%+v, %+v", left, back)
			}
		})
		t.Run("of a sign-up and a change for one address at once one gets it", func(t *testing.T) {
			p, signup := member(t, f, "races@example.com"), newSignup(t, "contested@example.com")
			must(t, f.StartSignup(t.Context(), signup, mail(message.VerifyEmail, "contested@example.com")))
			c, s := askFor(t, f, p, "contested@example.com"), logIn(t, f, p)
			wantOneWinner(t, atOnce(2, func(i int) error {
				if i == 0 {
					return complete(t, f.Store, signup, now)
				}
				_, err := change(p, c, s.Digest)
				return err
			}), account.ErrEmailInUse, account.ErrAlreadyVerified)
		})
		t.Run("a session that ended meanwhile moves nothing, and neither does an account that is disabled", func(t *testing.T) {
			p := member(t, f, "ended@example.com")
			c := askFor(t, f, p, "elsewhere@example.com")
			_, err := change(p, c, "gone")
			want(t, err, account.ErrBusy)
			s := logIn(t, f, p)
			_, err = f.SetStatus(t.Context(), p, account.Disabled, deed("account_disabled"))
			must(t, err)
			_, err = change(p, c, s.Digest)
			want(t, err, account.ErrBusy)
			want(t, f.StartEmailChange(t.Context(), c, nil, seen("email_change_asked")), account.ErrBusy)
		})
		t.Run("an answer lost after the commit is no conflict", func(t *testing.T) {
			p := member(t, f, "lost-change@example.com")
			c, session := askFor(t, f, p, "found@example.com"), logIn(t, f, p)
			l, _, err := f.Login(t.Context(), p.Email)
			must(t, err)
			s, hits := f.WithFault(t, "TransactWriteItems", LostAnswer, 1)
			u := account.EmailUndo{ID: token.NewID(), AccountID: p.ID, Email: p.Email, ExpiresAt: now.Add(account.EmailUndoLife)}
			must(t, s.CompleteEmailChange(t.Context(), c, p, l, u, session.Digest, mail(message.EmailChanged, "x@example.com"), seen("email_changed"), now))
			if hits.Load() != 1 {
				t.Error("no answer was lost")
			}
		})
	})
}
