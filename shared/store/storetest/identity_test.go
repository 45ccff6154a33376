package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/token"
)

func challengeOf(t *testing.T, f Fixture, id account.ID, number string) account.Challenge {
	t.Helper()
	c := account.Challenge{
		ID: token.NewID(), AccountID: id, Number: phone.FromStored(number, phone.Mobile), Channel: phone.SMS, CreatedAt: now, ExpiresAt: now.Add(time.Minute),
	}
	must(t, f.StartChallenge(t.Context(), c, mail(message.PhoneCodeSMS, number)))
	return c
}

var phones atomic.Int32

// newPhone is a number that no other account has.
func newPhone() string { return fmt.Sprintf("+9198765%05d", phones.Add(1)) }

// proven is a member with a proven phone.
func proven(t *testing.T, f Fixture, to string) account.Profile {
	t.Helper()
	p := member(t, f, to)
	must(t, f.VerifyPhone(t.Context(), challengeOf(t, f, p.ID, newPhone()), p, seen("phone_verified"), nil, now))
	p, err := f.Profile(t.Context(), p.ID)
	must(t, err)
	return p
}

func TestDetails(t *testing.T) {
	d := account.Details{Type: account.Company, FirstName: "Asha", LastName: "Rao", CompanyName: "Rao Traders", Sector: "other"}
	onEachEngine(t, func(t *testing.T, f Fixture) {
		t.Run("they need a proven phone", func(t *testing.T) {
			_, err := f.SaveDetails(t.Context(), member(t, f, "phoneless@example.com"), d, false, now)
			want(t, err, account.ErrPhoneNotVerified)
			_, err = f.SaveDetails(t.Context(), newProfile(address(t, "nobody@example.com")), d, false, now)
			want(t, err, account.ErrNotFound)
		})
		t.Run("what is saved is what is read", func(t *testing.T) {
			p := proven(t, f, "saves@example.com")
			saved, err := f.SaveDetails(t.Context(), p, d, true, now)
			must(t, err)
			read, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			if read != saved || saved.Details != d || saved.Version != p.Version+1 {
				t.Errorf("read %+v, saved %+v", read, saved)
			}
		})
		t.Run("who asked for it is told that somebody else was faster; who did not is saved last", func(t *testing.T) {
			p := proven(t, f, "stale@example.com")
			_, err := f.SaveDetails(t.Context(), p, d, true, now)
			must(t, err)
			other := d
			other.FirstName, other.LastName = "Usha", ""
			_, err = f.SaveDetails(t.Context(), p, other, true, now)
			want(t, err, account.ErrVersion)
			saved, err := f.SaveDetails(t.Context(), p, other, false, now)
			must(t, err)
			if saved.Details != other {
				t.Errorf("%+v", saved.Details)
			}
		})
		t.Run("of 16 at once, all are saved and the last one stays; of 16 that asked for it, one is", func(t *testing.T) {
			p := proven(t, f, "atonce@example.com")
			for _, err := range atOnce(16, func(int) error { _, err := f.SaveDetails(t.Context(), p, d, false, now); return err }) {
				must(t, err)
			}
			p, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			names := []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P"}
			wantOneWinner(t, atOnce(16, func(i int) error {
				mine := d
				mine.FirstName = names[i]
				_, err := f.SaveDetails(t.Context(), p, mine, true, now)
				return err
			}), account.ErrVersion)
		})
		t.Run("an answer lost after the commit is no conflict", func(t *testing.T) {
			p := proven(t, f, "lost@example.com")
			s, hits := f.WithFault(t, "UpdateItem", LostAnswer, 1)
			saved, err := s.SaveDetails(t.Context(), p, d, true, now)
			must(t, err)
			if hits.Load() != 1 || saved.Details != d || saved.Version != p.Version+1 {
				t.Errorf("%+v", saved)
			}
		})
	})
}

// setKYC puts an account into a state of its newest case.
func (f Fixture) setKYC(t *testing.T, id account.ID, state string) {
	t.Helper()
	_, err := f.DB.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &f.Users, Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "account#" + string(id)}, "sk": &types.AttributeValueMemberS{Value: "profile"},
		},
		UpdateExpression:          new("SET kyc = :state"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":state": &types.AttributeValueMemberS{Value: state}},
	})
	must(t, err)
}

// Whatever a request has read before, the write itself holds while the identity is free, and only then.
func TestTheIdentityStandsStill(t *testing.T) {
	d := account.Details{Type: account.Company, FirstName: "Asha", LastName: "Rao", CompanyName: "Rao Traders", Sector: "other"}
	onEachEngine(t, func(t *testing.T, f Fixture) {
		for state, locked := range map[string]bool{
			"not_started": false, "draft": false, "withdrawn": false, "needs_info": false, "rejected": false, "expired": false,
			"submitted": true, "under_review": true, "approved": true, "expiring": true, "suspended": true,
		} {
			t.Run(state, func(t *testing.T) {
				p := proven(t, f, state+"@example.com")
				_, err := f.SaveDetails(t.Context(), p, d, false, now)
				must(t, err)
				number := challengeOf(t, f, p.ID, newPhone())
				read, err := f.Profile(t.Context(), p.ID)
				must(t, err)
				f.setKYC(t, p.ID, state)
				for what, change := range map[string]func(*account.Details){
					"type": func(d *account.Details) { d.Type = account.Individual }, "first name": func(d *account.Details) { d.FirstName = "Usha" },
					"last name": func(d *account.Details) { d.LastName = "" }, "company": func(d *account.Details) { d.CompanyName = "Other" },
				} {
					other := d
					change(&other)
					if _, err := f.SaveDetails(t.Context(), read, other, false, now); locked {
						want(t, err, account.ErrIdentityLocked)
					} else if err != nil {
						t.Errorf("another %s: %v", what, err)
					}
				}
				err = f.VerifyPhone(t.Context(), number, read, seen("phone_verified"), nil, now)
				if locked {
					want(t, err, account.ErrIdentityLocked)
				} else {
					must(t, err)
				}
				sector := d
				sector.Sector = "education"
				saved, err := f.SaveDetails(t.Context(), read, sector, false, now)
				must(t, err)
				if saved.Details != sector || (saved.Phone.Number == read.Phone.Number) != locked {
					t.Errorf("%+v", saved)
				}
				_, err = f.SaveLocale(t.Context(), p.ID, "hi", now)
				must(t, err)
			})
		}
	})
}
