package storetest

import (
	"fmt"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

func TestClosing(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		until := now.Add(account.ClosingLife)
		closed := func(to string) account.Profile {
			p := member(t, f, to)
			must(t, f.CloseAccount(t.Context(), p, until, mail(message.AccountClosing, to), seen("account_closed"), now))
			p, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			return p
		}
		t.Run("of 16 that close at once one does, and of 16 that take back one does", func(t *testing.T) {
			p := member(t, f, "closes@example.com")
			wantOneWinner(t, atOnce(16, func(int) error {
				return f.CloseAccount(t.Context(), p, until, mail(message.AccountClosing, "closes@example.com"), seen("account_closed"), now)
			}), account.ErrBusy)
			p, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			if p.Status != account.Closing || !p.EraseAt.Equal(until) || p.CredentialVersion != 2 {
				t.Errorf("%+v", p)
			}
			wantOneWinner(t, atOnce(16, func(int) error {
				return f.ReopenAccount(t.Context(), p, mail(message.AccountReopened, "closes@example.com"), seen("account_reopened"), now)
			}), account.ErrLinkUsed)
			p, err = f.Profile(t.Context(), p.ID)
			must(t, err)
			if closed, _, err := f.Ended(t.Context(), until, 10); p.Status != account.Active || !p.EraseAt.IsZero() || len(closed) > 0 || err != nil {
				t.Errorf("%+v, %v", p, err)
			}
		})
		t.Run("what was erased comes back no more, and erasing and taking back at once do one of the two", func(t *testing.T) {
			p := closed("ends@example.com")
			want(t, f.ReopenAccount(t.Context(), p, mail(message.AccountReopened, "ends@example.com"), seen("account_reopened"), until), account.ErrLinkExpired)
			ended, _, err := f.Ended(t.Context(), until, 10)
			must(t, err)
			if len(ended) != 1 || ended[0] != p.ID {
				t.Errorf("due are %v", ended)
			}
			wantOneWinner(t, atOnce(2, func(i int) error {
				if i == 0 {
					return f.EraseClosed(t.Context(), p, mail(message.AccountErased, "ends@example.com"), until)
				}
				return f.ReopenAccount(t.Context(), p, mail(message.AccountReopened, "ends@example.com"), seen("account_reopened"), until.Add(-time.Second))
			}), account.ErrVersion, account.ErrLinkUsed)
			p, err = f.Profile(t.Context(), p.ID)
			must(t, err)
			if _, found, err := f.Login(t.Context(), address(t, "ends@example.com")); store.Erased(p) == found || err != nil {
				t.Errorf("erased %v, claimed %v, %v", store.Erased(p), found, err)
			}
		})
		t.Run("what is set apart twice is there once, and goes at its time", func(t *testing.T) {
			p := member(t, f, "apart@example.com")
			for range 2 {
				must(t, f.SetApart(t.Context(), p.ID, []int{1}, until))
			}
			_, apart, err := f.Ended(t.Context(), until.Add(-time.Second), 10)
			must(t, err)
			if len(apart) > 0 {
				t.Errorf("early: %v", apart)
			}
			_, apart, err = f.Ended(t.Context(), until, 10)
			must(t, err)
			if len(apart) != 1 || apart[0] != p.ID {
				t.Errorf("due are %v", apart)
			}
			for range 2 {
				must(t, f.EraseApart(t.Context(), p.ID))
			}
			if _, apart, err = f.Ended(t.Context(), until, 10); len(apart) > 0 || err != nil {
				t.Errorf("left: %v, %v", apart, err)
			}
		})
	})
}

func TestWhatTheHolderAccepted(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := member(t, f, "accepts@example.com")
		for i, err := range atOnce(16, func(i int) error {
			at := now.Add(time.Duration(i+1) * time.Millisecond)
			_, err := f.AcceptTerms(t.Context(), p, account.Consent{Document: "terms", Version: "2026-12-01", Locale: "en", AcceptedAt: at}, seen("terms_accepted"), at)
			return err
		}) {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		all, err := f.Consents(t.Context(), p.ID)
		must(t, err)
		if now, err := f.Profile(t.Context(), p.ID); len(all) != 2 || now.TermsVersion != "2026-12-01" || err != nil {
			t.Errorf("%d acceptances, the account has %q, %v", len(all), now.TermsVersion, err)
		}
	})
}

func TestNotices(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := member(t, f, "told@example.com")
		s := account.Session{Digest: token.NewID(), AccountID: p.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour), CredentialVersion: 1}
		n := account.Notice{AccountID: p.ID, Digest: s.Digest, CredentialVersion: 1, ExpiresAt: now.Add(account.NoticeLife)}
		must(t, f.StartStrangeSession(t.Context(), s, n, mail(message.NewDevice, "told@example.com"), seen("logged_in")))
		wantOneWinner(t, atOnce(16, func(int) error {
			r := account.Reset{ID: token.NewID(), AccountID: p.ID, CredentialVersion: 2, CreatedAt: now, ExpiresAt: now.Add(time.Minute)}
			return f.Disown(t.Context(), n, p, r, seen("login_disowned"), now)
		}), account.ErrLinkUsed)
		l, _, err := f.Login(t.Context(), p.Email)
		must(t, err)
		if l.PasswordHash.Reveal() != "" || l.CredentialVersion != 2 {
			t.Errorf("%+v", l)
		}
	})
}

func TestActivityIsPaged(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p, other := member(t, f, "pages@example.com"), member(t, f, "others@example.com")
		for i := range 7 {
			must(t, f.NoteActivity(t.Context(), p.ID, account.Activity{Kind: fmt.Sprint("e", i), At: now.Add(time.Duration(i+1) * time.Second)}))
		}
		must(t, f.NoteActivity(t.Context(), other.ID, account.Activity{Kind: "foreign", At: now.Add(time.Second)}))
		read := ""
		for after, pages := "", 0; pages == 0 || after != "" && pages < 9; pages++ {
			page, next, err := f.Activity(t.Context(), p.ID, after, 3, now)
			must(t, err)
			for _, a := range page {
				read += a.Kind + " "
			}
			after = next
		}
		if read != "e6 e5 e4 e3 e2 e1 e0 account_created " {
			t.Errorf("read %s", read)
		}
		late, _, err := f.Activity(t.Context(), p.ID, "", 3, now.Add(account.RecordsLife+time.Hour))
		if len(late) > 0 || err != nil {
			t.Errorf("after its time: %v, %v", late, err)
		}
	})
}
