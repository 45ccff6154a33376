package main

import (
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

func TestAnAppIsListedUntilItsAccessIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, other := w.person(), w.person()
	client, err := w.AddClient(t.Context(), oidc.Client{ID: oidc.ClientID(token.NewID()), Name: "Ledger", RedirectURIs: []string{"https://ledger.example/cb"}, CreatedAt: w.at})
	must(t, err)
	consent := account.Consent{Document: "app", Version: "Ledger: openid email", Locale: "en", AcceptedAt: w.at}
	_, err = w.AllowApp(t.Context(), p.ID, oidc.App{Client: client.ID, Scopes: []string{"openid", "email"}}, consent, account.Activity{Kind: "app_allowed", At: w.at})
	must(t, err)
	apps := func(p *person) []any { return w.want("200", p.bearer, "GET", "/v1/apps", nil)["apps"].([]any) }
	if all := apps(p); len(all) != 1 || all[0].(is)["name"] != "Ledger" || all[0].(is)["lastUsed"] != nil || len(all[0].(is)["scopes"].([]any)) != 2 {
		t.Fatalf("%v", all)
	}
	w.passes(time.Second)
	path := "/v1/apps/" + string(client.ID)
	w.want("404 not_found", other.bearer, "DELETE", path, nil)
	w.want("404 not_found", p.bearer, "DELETE", "/v1/apps/x", nil)
	w.want("401 unauthenticated", "", "DELETE", path, nil)
	w.want("204", p.bearer, "DELETE", path, nil)
	w.want("404 not_found", p.bearer, "DELETE", path, nil)
	if all := apps(p); len(all) != 0 {
		t.Errorf("%v", all)
	}
	waiting, err := w.Waiting(t.Context())
	must(t, err)
	told := 0
	for _, q := range waiting {
		if id, to, sid := q.Message.Ended(); id == p.ID && to == client.ID && sid == "" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the app is told %d times", told)
	}
}
