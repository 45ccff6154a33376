package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi/contract"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/oidc"
)

const exportPath = "/v1/account/export"

func TestAnExportHasEverythingOfOneHolderAndOfNobodyElse(t *testing.T) {
	w := newWorld(t)
	w.api = contract.Check(t, w.api)
	p, other := w.holder(t), w.holder(t)
	for _, h := range []*holder{p, other} {
		_, err := w.SaveLocale(t.Context(), h.id, "en", now)
		must(t, err)
	}
	p.want(t, "200", "PUT", "/v1/kyc", m{"entityType": "individual", "fields": m{"pan": "ZZZPZ9999Z"}})
	id := p.given(t, "entity_pan", "epan", "%PDF-1.7")
	_, err := w.AllowApp(t.Context(), p.id, oidc.App{Client: "CLIENT", Scopes: []string{"openid", "email"}, Since: now}, account.Consent{Document: "app", AcceptedAt: now}, account.Activity{Kind: "app_allowed", At: now})
	must(t, err)
	all := p.want(t, "200", "POST", exportPath, nil).body
	if all["account"].(m)["id"] != string(p.id) || len(all["consents"].([]any)) != 2 || len(all["activity"].([]any)) < 2 || all["activityComplete"] != true || len(all["cases"].([]any)) != 1 {
		t.Errorf("%v", all)
	}
	if apps := all["apps"].([]any); len(apps) != 1 || apps[0].(m)["client"] != "CLIENT" || len(apps[0].(m)["scopes"].([]any)) != 2 || apps[0].(m)["lastUsed"] != nil {
		t.Errorf("apps: %v", apps)
	}
	exported := all["cases"].([]any)[0].(m)
	if exported["fields"].(m)["pan"] != "ZZZPZ9999Z" || len(exported["documents"].([]any)) != 1 {
		t.Fatalf("%v", exported)
	}
	d := exported["documents"].([]any)[0].(m)
	kept, err := p.Document(t.Context(), p.id, 1, id)
	must(t, err)
	at, err := url.Parse(d["url"].(string))
	must(t, err)
	if !strings.HasSuffix(at.Path, kyc.VaultKey(p.id, 1, id)) || at.Query().Get("versionId") != kept.VersionID || at.Query().Get("X-Amz-Expires") != "900" {
		t.Errorf("the file is at %s", at)
	}
	if raw := other.want(t, "200", "POST", exportPath, nil).raw; strings.Contains(raw, string(p.id)) || strings.Contains(raw, "ZZZPZ9999Z") {
		t.Errorf("another's export: %s", raw)
	}
	if raw := p.want(t, "200", "POST", exportPath, nil).raw; !strings.Contains(raw, "account_exported") {
		t.Error("the export before is not in the activity")
	}
	if strings.Contains(p.want(t, "200", "POST", exportPath, nil).raw, "assword") {
		t.Error("it says something of a password")
	}
}

func TestAnExportWantsAFreshProofAndIsNotMadeWithoutEnd(t *testing.T) {
	w := newWorld(t)
	p := w.holder(t)
	must(t, w.Prove(t.Context(), sessionOf(t, p), account.ByPassword, now.Add(-account.StepUpLife-time.Second)))
	p.want(t, "403 step_up_required", "POST", exportPath, nil)
	must(t, w.Prove(t.Context(), sessionOf(t, p), account.ByPassword, now))
	for range 10 {
		p.want(t, "200", "POST", exportPath, nil)
	}
	p.want(t, "429 too_many_requests", "POST", exportPath, nil)
	p.bearer = ""
	p.want(t, "401 unauthenticated", "POST", exportPath, nil)
}
