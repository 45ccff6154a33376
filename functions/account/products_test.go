package main

import (
	"fmt"
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

func TestATileOpensWhenTheAccountHasWhatItsProductNeeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	add := func(product string, change func(*oidc.Client)) {
		c := oidc.Client{ID: oidc.ClientID(token.NewID()), Name: product, FirstParty: true, Product: product, InitiateLoginURI: "https://" + product + ".example.com/login", RedirectURIs: []string{"https://x.example.com"}, Scopes: []string{"openid"}, CreatedAt: w.at}
		change(&c)
		_, err := w.AddClient(t.Context(), c)
		must(t, err)
	}
	add("a-free", func(*oidc.Client) {})
	add("b-details", func(c *oidc.Client) { c.Needs = []string{"details"} })
	add("c-kyc", func(c *oidc.Client) { c.Needs = []string{"details", "kyc"} })
	add("d-off", func(c *oidc.Client) { c.Disabled = true })
	add("e-other", func(c *oidc.Client) { c.FirstParty = false })
	add("f-untiled", func(c *oidc.Client) { c.Product = "" })
	p := w.person()
	seen := fmt.Sprint(w.want("200", p.bearer, "GET", "/v1/products", nil)["products"])
	lacks := "details"
	if !p.Details.IsZero() {
		lacks = ""
	}
	want := "[map[address:https://a-free.example.com/login code:a-free missing:[] name:a-free] map[address:https://b-details.example.com/login code:b-details missing:[" + lacks + "] name:b-details] "
	if lacks != "" {
		lacks += " "
	}
	want += "map[address:https://c-kyc.example.com/login code:c-kyc missing:[" + lacks + "kyc] name:c-kyc]]"
	if seen != want {
		t.Errorf("got  %s\nwant %s", seen, want)
	}
	w.want("401 unauthenticated", "", "GET", "/v1/products", nil)
}

func TestWhatAnAccountLacksIsSaidByItsProfile(t *testing.T) {
	needs := []string{oidc.NeedDetails, oidc.NeedKYC}
	for want, p := range map[string]account.Profile{
		"[details kyc]": {},
		"[kyc]":         {Details: account.Details{FirstName: "Asha"}, KYC: "submitted"},
		"[]":            {Details: account.Details{FirstName: "Asha"}, Verified: account.Verification{CaseNo: 1}, KYC: "needs_info"},
	} {
		if got := fmt.Sprint(missing(p, needs)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if len(missing(account.Profile{}, nil)) != 0 {
		t.Error("a product without needs is closed")
	}
}
