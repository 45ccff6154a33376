package storetest

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// everyMember is a client with a value in every member that one may have.
func everyMember() oidc.Client {
	return oidc.Client{
		ID: oidc.ClientID(token.NewID()), Name: "Click to call", FirstParty: true, Disabled: true, Native: true, Auth: oidc.PrivateKeyJWT,
		Secrets: []string{strings.Repeat("a", 64), strings.Repeat("b", 64)}, JWKS: []byte(`{"keys":[]}`),
		RedirectURIs: []string{"https://a.example.com/cb", "https://a.example.com/other"}, PostLogoutURIs: []string{"https://a.example.com/"}, BackchannelURI: "https://a.example.com/out",
		InitiateLoginURI: "https://a.example.com/in", Product: "click-to-call", Origins: []string{"https://a.example.com"}, Scopes: []string{"openid", "email"}, Needs: []string{"details", "kyc"}, IDTokenAlg: "RS256",
		AccessToken: oidc.JWT, Audience: "https://api.example.com", PKCE: oidc.PKCEOptional, PAR: true, DPoP: true, FAPI: true, Offline: true, Pairwise: true, ClaimsInIDToken: true,
		DefaultMaxAge: time.Hour, CreatedAt: now, UpdatedAt: now.Add(time.Minute),
	}
}

func TestClients(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		whole := everyMember()
		for i, v := 0, reflect.ValueOf(whole); i < v.NumField(); i++ {
			if name := v.Type().Field(i).Name; name != "Version" && v.Field(i).IsZero() {
				t.Errorf("%s has no value here", name)
			}
		}
		added, err := f.AddClient(t.Context(), whole)
		must(t, err)
		t.Run("a client is read as it was written", func(t *testing.T) {
			read, err := f.Client(t.Context(), whole.ID)
			must(t, err)
			if whole.Version = 1; !reflect.DeepEqual(read, whole) || !reflect.DeepEqual(added, whole) {
				t.Errorf("got %+v, want %+v", read, whole)
			}
			_, err = f.Client(t.Context(), "AAAAAAAAAAAAAAAAAAAAAAAAAA")
			want(t, err, oidc.ErrClientUnknown)
		})
		t.Run("an id is given once", func(t *testing.T) {
			c := oidc.Client{ID: oidc.ClientID(token.NewID()), Name: "b", RedirectURIs: []string{"https://b.example.com"}, CreatedAt: now}
			wantOneWinner(t, atOnce(16, func(int) error { _, err := f.AddClient(t.Context(), c); return err }), oidc.ErrClientExists)
			all, err := f.Clients(t.Context())
			must(t, err)
			if len(all) != 2 || all[0].ID != c.ID || all[1].ID != whole.ID {
				t.Errorf("by name: %+v", all)
			}
		})
		t.Run("of many who change what they read, one does", func(t *testing.T) {
			wantOneWinner(t, atOnce(16, func(int) error {
				c := added
				c.Disabled = false
				_, err := f.ChangeClient(t.Context(), c)
				return err
			}), oidc.ErrClientChanged)
			read, err := f.Client(t.Context(), whole.ID)
			must(t, err)
			if read.Version != 2 || read.Disabled {
				t.Errorf("got %+v", read)
			}
			_, err = f.ChangeClient(t.Context(), added)
			want(t, err, oidc.ErrClientChanged)
		})
		t.Run("what was removed is not changed back into being", func(t *testing.T) {
			wantOneWinner(t, atOnce(16, func(int) error { return f.RemoveClient(t.Context(), whole.ID) }), oidc.ErrClientUnknown)
			c := added
			c.Version = 2
			_, err := f.ChangeClient(t.Context(), c)
			want(t, err, oidc.ErrClientChanged)
			_, err = f.Client(t.Context(), whole.ID)
			want(t, err, oidc.ErrClientUnknown)
		})
	})
}

func agreed(client oidc.ClientID, at time.Time) (account.Consent, account.Activity) {
	return account.Consent{Document: "app#" + string(client), Version: "openid email", Locale: "en", AcceptedAt: at, IP: "192.0.2.1", UserAgent: "test"},
		account.Activity{Kind: "app_allowed", At: at}
}

func TestApps(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		p, other := member(t, f, "holder@example.com"), member(t, f, "other@example.com")
		one, two := oidc.ClientID(token.NewID()), oidc.ClientID(token.NewID())
		allow := func(a oidc.App, at time.Time) (oidc.App, error) {
			consent, seen := agreed(a.Client, at)
			return f.AllowApp(t.Context(), p.ID, a, consent, seen)
		}
		apps := func(id account.ID) []oidc.App {
			all, err := f.Apps(t.Context(), id)
			must(t, err)
			return all
		}
		var first oidc.App
		t.Run("of many consents at once one is written, with its proof", func(t *testing.T) {
			wantOneWinner(t, atOnce(16, func(i int) error {
				a, err := allow(oidc.App{Client: one, Scopes: []string{"openid"}}, now.Add(time.Duration(i)*time.Second))
				if err == nil {
					first = a
				}
				return err
			}), oidc.ErrAppChanged)
			consents, err := f.Consents(t.Context(), p.ID)
			must(t, err)
			proofs := 0
			for _, c := range consents {
				if c.Document == "app#"+string(one) && c.AcceptedAt.Equal(first.Since) && c.Version == "openid email" {
					proofs++
				}
			}
			if all := apps(p.ID); len(all) != 1 || proofs != 1 || first.Version != 1 || !reflect.DeepEqual(all[0], first) {
				t.Errorf("%d proofs, %+v, %+v", proofs, all, first)
			}
			if len(apps(other.ID)) != 0 {
				t.Error("a consent of one account is none of another")
			}
		})
		t.Run("more scopes keep the day on which it began", func(t *testing.T) {
			next := first
			next.Scopes = []string{"openid", "email"}
			got, err := allow(next, now.Add(time.Hour))
			must(t, err)
			if all := apps(p.ID); got.Version != 2 || !reflect.DeepEqual(all[0], got) || !got.Since.Equal(first.Since) {
				t.Errorf("%+v, %+v", got, all)
			}
			_, err = allow(next, now.Add(2*time.Hour))
			want(t, err, oidc.ErrAppChanged)
		})
		t.Run("what is taken back is told once, and nothing else goes", func(t *testing.T) {
			_, err := allow(oidc.App{Client: two, Scopes: []string{"openid"}}, now.Add(3*time.Hour))
			must(t, err)
			for _, client := range []oidc.ClientID{one, two} {
				must(t, f.StartGrant(t.Context(), oidc.Grant{ID: token.NewID(), Account: p.ID, Client: client, Session: "session", CreatedAt: now, CodeExpiresAt: now.Add(time.Minute), ExpiresAt: now.Add(time.Hour)}, oidc.App{}, account.Activity{}, ""))
			}
			m := message.Message{ID: token.NewID(), Kind: message.SessionsEnded, To: p.Email.String(), Locale: "en", CreatedAt: now, NotAfter: now.Add(time.Hour)}
			remove := func(int) error {
				return f.RemoveApp(t.Context(), p, one, account.Activity{Kind: "app_removed", At: now.Add(4 * time.Hour)}, m)
			}
			for _, err := range atOnce(16, remove) {
				if err != nil { // whoever came when all was done
					want(t, err, oidc.ErrClientUnknown)
				}
			}
			want(t, remove(0), oidc.ErrClientUnknown)
			events, err := f.Events(t.Context(), p.ID)
			must(t, err)
			removed := 0
			for _, e := range events {
				if e.Kind == "app_removed" {
					removed++
				}
			}
			if all := apps(p.ID); len(all) != 1 || all[0].Client != two || removed != 1 {
				t.Errorf("%d times, %+v left", removed, all)
			}
			grants, err := f.GrantsOf(t.Context(), p.ID, "")
			must(t, err)
			if len(grants) != 1 || grants[0].Client != two {
				t.Errorf("left: %+v", grants)
			}
			waiting, err := f.Waiting(t.Context())
			must(t, err)
			told := 0
			for _, w := range waiting {
				if w.ID == m.ID {
					told++
				}
			}
			if told != 1 {
				t.Errorf("told %d times", told)
			}
		})
		t.Run("a grant that began while its app was taken away ends when that is repeated", func(t *testing.T) {
			must(t, f.StartGrant(t.Context(), oidc.Grant{ID: token.NewID(), Account: p.ID, Client: one, Session: "session", CreatedAt: now, CodeExpiresAt: now.Add(time.Minute), ExpiresAt: now.Add(time.Hour)}, oidc.App{}, account.Activity{}, ""))
			must(t, f.RemoveApp(t.Context(), p, one, account.Activity{Kind: "app_removed", At: now.Add(5 * time.Hour)}))
			grants, err := f.GrantsOf(t.Context(), p.ID, "")
			must(t, err)
			if len(grants) != 1 || grants[0].Client != two {
				t.Errorf("left: %+v", grants)
			}
		})
		t.Run("an app that was taken away meanwhile starts no grant", func(t *testing.T) {
			g := oidc.Grant{ID: token.NewID(), Account: p.ID, Client: two, Session: "session", CreatedAt: now, CodeExpiresAt: now.Add(time.Minute), ExpiresAt: now.Add(time.Hour)}
			read := apps(p.ID)[0]
			must(t, f.StartGrant(t.Context(), g, read, account.Activity{}, ""))
			must(t, f.RemoveApp(t.Context(), p, two, account.Activity{Kind: "app_removed", At: now.Add(6 * time.Hour)}))
			g.ID = token.NewID()
			if err := f.StartGrant(t.Context(), g, read, account.Activity{}, ""); !errors.Is(err, oidc.ErrAppChanged) {
				t.Errorf("got %v", err)
			}
			if grants, err := f.GrantsOf(t.Context(), p.ID, ""); err != nil || len(grants) != 0 {
				t.Errorf("left: %+v, %v", grants, err)
			}
		})
		t.Run("an erased account has allowed nobody", func(t *testing.T) {
			_, err := f.EraseCases(t.Context(), p.ID)
			must(t, err)
			if all := apps(p.ID); len(all) != 0 {
				t.Errorf("%+v", all)
			}
		})
	})
}
