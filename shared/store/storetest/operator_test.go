package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/phone"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

func deed(kind string) store.Deed {
	return store.Deed{Kind: kind, By: "arn:aws:iam::000000000000:user/ops", Reason: "asked for by letter", At: now}
}

// holder is a member with a proven number, a session and a case with a document.
func holder(t *testing.T, f Fixture, to, number string) account.Profile {
	t.Helper()
	p := member(t, f, to)
	c := account.Challenge{
		ID: token.NewID(), AccountID: p.ID, Number: phone.FromStored(number, phone.Mobile), Channel: phone.SMS, CreatedAt: now,
		ExpiresAt: now.Add(account.ChallengeLife),
	}
	must(t, f.StartChallenge(t.Context(), c, mail(message.PhoneCodeSMS, number)))
	must(t, f.VerifyPhone(t.Context(), c, p, seen("phone_verified"), nil, now))
	must(t, f.StartSession(t.Context(), account.Session{
		Digest: token.NewID(), AccountID: p.ID, CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(account.SessionLife), CredentialVersion: 1,
	}, seen("logged_in")))
	begin(t, f, p)
	upload(t, f, p.ID, "entity_pan", "epan")
	p, err := f.Profile(t.Context(), p.ID)
	must(t, err)
	return p
}

func TestWhatAnOperatorSees(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := holder(t, f, "seen@example.com", "+919876500001")
		t.Run("a status is set once for one reading, and the log says by whom and why", func(t *testing.T) {
			wantOneWinner(t, atOnce(16, func(int) error {
				_, err := f.SetStatus(t.Context(), p, account.Disabled, deed("account_disabled"))
				return err
			}), account.ErrVersion)
			got, err := f.Profile(t.Context(), p.ID)
			must(t, err)
			if got.Status != account.Disabled || got.Version != p.Version+1 {
				t.Errorf("got %s, version %d", got.Status, got.Version)
			}
			again, err := f.SetStatus(t.Context(), got, account.Active, deed("account_enabled"))
			must(t, err)
			if read, err := f.Profile(t.Context(), p.ID); err != nil || read != again {
				t.Errorf("it says %+v, and is %+v (%v)", again, read, err)
			}
			events, err := f.Events(t.Context(), p.ID)
			must(t, err)
			var kinds []string
			for _, e := range events {
				kinds = append(kinds, e.Kind)
				if strings.HasPrefix(e.Kind, "account_") && e.Kind != "account_created" && (e.By == "" || e.Reason != "asked for by letter") {
					t.Errorf("got %+v", e)
				}
			}
			slices.Sort(kinds)
			if got := strings.Join(kinds, " "); got != "account_created account_disabled account_enabled logged_in phone_verified" {
				t.Errorf("the log has %s", got)
			}
		})
		t.Run("consents and all cases come back", func(t *testing.T) {
			consents, err := f.Consents(t.Context(), p.ID)
			must(t, err)
			if len(consents) != 1 || consents[0].Version != "1" || !consents[0].AcceptedAt.Equal(now) {
				t.Errorf("got %+v", consents)
			}
			cases, err := f.Cases(t.Context(), p.ID)
			must(t, err)
			if len(cases) != 1 || cases[0].No != 1 || cases[0].Status != kyc.Draft || len(cases[0].Documents) != 1 {
				t.Errorf("got %+v", cases)
			}
		})
	})
}

func TestDeadMessages(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		m := mail(message.VerifyEmail, "dead@example.com")
		must(t, f.QueueMessage(t.Context(), m))
		waiting, err := f.Waiting(t.Context())
		must(t, err)
		if len(waiting) != 1 || waiting[0].ID != m.ID || waiting[0].DueAt.IsZero() || waiting[0].Reason != "" {
			t.Fatalf("waiting: %+v", waiting)
		}
		must(t, f.MessageDead(t.Context(), m, "refused by the carrier", now))
		dead, err := f.Dead(t.Context())
		must(t, err)
		if len(dead) != 1 || dead[0].ID != m.ID || dead[0].Reason != "refused by the carrier" {
			t.Fatalf("dead: %+v", dead)
		}
		want(t, f.RetryMessage(t.Context(), dead[0], m.NotAfter), store.ErrMessageUseless)
		wantOneWinner(t, atOnce(16, func(int) error { return f.RetryMessage(t.Context(), dead[0], now) }), store.ErrMessageUnknown)
		claimed := 0
		for shard := range store.OutboxShards {
			due, err := f.ClaimMessages(t.Context(), now, shard, time.Minute, 10)
			must(t, err)
			for _, got := range due {
				claimed++
				if got.ID != m.ID || got.Attempts != 1 || !got.NotAfter.Equal(m.NotAfter) {
					t.Errorf("got %+v", got)
				}
			}
		}
		if dead, err = f.Dead(t.Context()); err != nil || len(dead) != 0 || claimed != 1 {
			t.Errorf("%d are due, %d still dead (%v)", claimed, len(dead), err)
		}
	})
}

func TestAMessageThatCameBackIsAmongTheDeadAndIsNotSentAgain(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		m := mail(message.VerifyEmail, "nobody@example.com")
		m.Refs, m.NotAfter = nil, m.CreatedAt
		for range 2 { // a notice may come twice
			must(t, f.MessageReturned(t.Context(), m, "bounced: Permanent, General", now))
		}
		dead, err := f.Dead(t.Context())
		must(t, err)
		if len(dead) != 1 || dead[0].ID != m.ID || dead[0].To != m.To || dead[0].Reason != "bounced: Permanent, General" {
			t.Fatalf("dead: %+v", dead)
		}
		want(t, f.RetryMessage(t.Context(), dead[0], now), store.ErrMessageUseless)
	})
}

func erase(t *testing.T, f Fixture, p account.Profile) {
	t.Helper()
	_, err := f.EraseTokens(t.Context(), p)
	must(t, err)
	_, err = f.EraseCases(t.Context(), p.ID)
	must(t, err)
	must(t, f.EraseProfile(t.Context(), p, deed("account_erased")))
}

func TestErasing(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		const shared, own = "+919876500002", "+919876500003"
		gone, stays := holder(t, f, "gone@example.com", shared), holder(t, f, "stays@example.com", shared)
		alone := holder(t, f, "alone@example.com", own)
		for i := range 30 { // more than one batch
			must(t, f.QueueMessage(t.Context(), mail(message.Kind(fmt.Sprintf("kind-%d", i)), "gone@example.com")))
		}
		must(t, f.MessageDead(t.Context(), mail(message.VerifyEmail, "gone@example.com"), "refused", now))
		erase(t, f, gone)
		erase(t, f, alone)
		t.Run("nothing says any more who it was", func(t *testing.T) {
			for _, i := range f.Items(t) {
				text := fmt.Sprint(plain(i))
				for _, trace := range []string{"gone@example.com", "alone@example.com", own, gone.Email.Digest(), alone.Email.Digest()} {
					if strings.Contains(text, trace) {
						t.Errorf("%s is still in %s", trace, text)
					}
				}
			}
		})
		t.Run("the account is an empty shell", func(t *testing.T) {
			p, err := f.Profile(t.Context(), gone.ID)
			must(t, err)
			if !store.Erased(p) || p.Status != account.Disabled || !p.Details.IsZero() || !p.Phone.Number.IsZero() || p.KYC != "not_started" {
				t.Errorf("got %+v", p)
			}
			cases, err := f.Cases(t.Context(), gone.ID)
			if must(t, err); len(cases) != 0 {
				t.Errorf("it has %d cases", len(cases))
			}
		})
		t.Run("the address can be used again, and others keep the number", func(t *testing.T) {
			member(t, f, "gone@example.com")
			p, err := f.Profile(t.Context(), stays.ID)
			if must(t, err); p.Phone.Number.E164() != shared || store.Erased(p) {
				t.Errorf("got %+v", p)
			}
			sessions, err := f.Sessions(t.Context(), p, now)
			if must(t, err); len(sessions) != 1 {
				t.Errorf("%d sessions", len(sessions))
			}
		})
		t.Run("consents end when the log of activity does", func(t *testing.T) {
			for _, i := range f.Items(t) {
				item := plain(i)
				if item["pk"] == "account#"+string(gone.ID) && strings.HasPrefix(item["sk"], "consent#") && item["expiresAt"] != fmt.Sprint(now.Add(400*24*time.Hour).Unix()) {
					t.Errorf("a consent has %v", item)
				}
			}
		})
		t.Run("every part may be repeated, and an account that changed meanwhile is left alone", func(t *testing.T) {
			want(t, f.EraseProfile(t.Context(), gone, deed("account_erased")), account.ErrVersion)
			p, err := f.Profile(t.Context(), gone.ID)
			must(t, err)
			erase(t, f, p)
		})
	})
}

// plain is an item's strings and numbers.
func plain(i map[string]types.AttributeValue) map[string]string {
	out := map[string]string{}
	for name, v := range i {
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			out[name] = v.Value
		case *types.AttributeValueMemberN:
			out[name] = v.Value
		}
	}
	return out
}

func TestAccountsAreFoundByWhatAnOperatorKnows(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p := holder(t, f, "looked-for@example.com", "+919876500077")
		member(t, f, "other@example.com")
		for _, c := range []struct {
			name string
			q    store.Search
			want int
		}{
			{"all", store.Search{}, 2},
			{"the beginning of an address", store.Search{Email: "looked-"}, 1},
			{"not its middle", store.Search{Email: "for@"}, 0},
			{"the beginning of a number", store.Search{Phones: []string{"+44", "+9198765000"}}, 1},
			{"the beginning of an id", store.Search{ID: string(p.ID)[:20]}, 1},
			{"everything together", store.Search{ID: string(p.ID), Email: "looked-for@example.com", Phones: []string{"+91"}}, 1},
			{"what does not fit together", store.Search{Email: "other", Phones: []string{"+91"}}, 0},
		} {
			t.Run(c.name, func(t *testing.T) {
				var found []account.Profile
				must(t, f.ScanAccounts(t.Context(), c.q, "", func(page []account.Profile, read int) bool {
					if found = append(found, page...); read < len(page) {
						t.Errorf("%d accounts of %d items", len(page), read)
					}
					return true
				}))
				if len(found) != c.want || c.want == 1 && found[0] != p {
					t.Errorf("found %+v", found)
				}
			})
		}
		if ids, err := f.AccountsWithPhone(t.Context(), "+919876500077"); err != nil || !slices.Equal(ids, []account.ID{p.ID}) {
			t.Errorf("%v %v", ids, err)
		}
		if ids, err := f.AccountsWithPhone(t.Context(), "+919876500078"); err != nil || len(ids) != 0 {
			t.Errorf("%v %v", ids, err)
		}
		if n, err := f.ItemCount(t.Context()); err != nil || n < 2 {
			t.Errorf("%d items, %v", n, err)
		}
	})
}
