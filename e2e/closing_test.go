package e2e

import "strings"

// closesAndIsErased closes the account, takes it back, closes it for good, and lets its time come. The case was approved: what identified its
// holder is kept where nobody reads, until that time has come, too.
func (p *person) closesAndIsErased(form map[string]any) {
	t := p.t
	t.Helper()
	p.login()
	p.want(p.call("POST", "/v1/account/close", nil), 200)
	p.want(p.call("GET", "/v1/account", nil), 401)
	p.bearer = ""
	back := p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}), 403, "account_closing").text("reopen")
	p.want(p.call("POST", "/v1/account/reopen", m{"token": back}), 204)
	p.login()
	id := p.want(p.call("GET", "/v1/account", nil), 200).text("id")
	p.want(p.call("POST", "/v1/account/close", nil), 200)
	p.bearer = ""
	tick(t, 8)
	p.want(p.call("POST", "/v1/login", m{"email": p.email, "password": goodPassword}), 401, "credentials_wrong")
	for _, folder := range []string{"incoming/", "vault/", "pages/"} {
		if left, err := p.bucket(form).Versions(t.Context(), folder+id+"/"); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
	kept := func() (n int) {
		return len(itemsOf(t, "users", func(i item) bool { return i["pk"] == "restricted#"+id }))
	}
	if kept() == 0 {
		t.Error("what identified the holder is gone")
	}
	for _, i := range itemsOf(t, "users", func(i item) bool { return i["pk"] == "account#"+id }) {
		if sk, _ := i["sk"].(string); strings.HasPrefix(sk, "kyc#") {
			t.Errorf("a product still finds %s", sk)
		}
	}
	tick(t, 8+1828)
	if n := kept(); n > 0 {
		t.Errorf("%d items are kept for ever", n)
	}
}
