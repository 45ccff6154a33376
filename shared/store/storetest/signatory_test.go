package storetest

import (
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/token"
)

func linkRecord(kind string) kyc.Record {
	return kyc.Record{ID: token.NewID(), Kind: kind, At: now, Actor: kyc.Actor{Kind: kyc.BySignatory}}
}

// linked is a case with a link for its signatory.
func linked(t *testing.T, f Fixture, address string) (kyc.Case, kyc.SignatoryLink) {
	t.Helper()
	p := member(t, f, address)
	c := kyc.Case{AccountID: p.ID, No: 1, Status: kyc.Draft}
	l := kyc.SignatoryLink{ID: token.NewID(), AccountID: p.ID, CaseNo: 1, CreatedAt: now, ExpiresAt: now.Add(kyc.SignatoryLinkLife)}
	must(t, f.StartSignatoryLink(t.Context(), c, l, linkRecord(kyc.RecordSignatoryLink), seen("signatory_link_made")))
	return c, l
}

func opened(l kyc.SignatoryLink, device string) kyc.SignatoryLink {
	l.Device, l.OpenedAt = device, now
	return l
}

func TestSignatoryLinks(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		open := func(c kyc.Case, l kyc.SignatoryLink) error {
			return f.OpenSignatoryLink(t.Context(), c, l, linkRecord(kyc.RecordSignatoryOpened), seen("signatory_link_opened"))
		}
		t.Run("of 16 devices one opens it, and that one is read", func(t *testing.T) {
			c, l := linked(t, f, "linked@example.com")
			winner := ""
			wantOneWinner(t, atOnce(16, func(int) error {
				device := token.NewID()
				err := open(c, opened(l, device))
				if err == nil {
					winner = device
				}
				return err
			}), kyc.ErrSignatoryLinkTaken)
			read, p, err := f.SignatoryLink(t.Context(), l.AccountID)
			must(t, err)
			if read != opened(l, winner) || p.ID != l.AccountID {
				t.Errorf("%+v, want %+v", read, opened(l, winner))
			}
		})
		t.Run("one that was replaced, ended or is too old opens no more", func(t *testing.T) {
			c, l := linked(t, f, "relinked@example.com")
			next := l
			next.ID = token.NewID()
			must(t, f.StartSignatoryLink(t.Context(), c, next, linkRecord(kyc.RecordSignatoryLink), seen("signatory_link_made")))
			want(t, open(c, opened(l, "a")), kyc.ErrSignatoryLinkOver)
			late := opened(next, "a")
			late.OpenedAt = next.ExpiresAt
			want(t, open(c, late), kyc.ErrSignatoryLinkOver)
			must(t, f.EndSignatoryLink(t.Context(), l.AccountID, now))
			want(t, open(c, opened(next, "a")), kyc.ErrSignatoryLinkOver)
			must(t, f.EndSignatoryLink(t.Context(), l.AccountID, now.Add(time.Second))) // ended already
		})
		t.Run("where there is none it is zero", func(t *testing.T) {
			for _, id := range []account.ID{member(t, f, "unlinked@example.com").ID, "nobody"} {
				if l, _, err := f.SignatoryLink(t.Context(), id); err != nil || l != (kyc.SignatoryLink{}) {
					t.Errorf("%+v, %v", l, err)
				}
				must(t, f.EndSignatoryLink(t.Context(), id, now))
			}
		})
	})
}
