package e2e

import "testing"

func TestAProofIsRenewedByThePassword(t *testing.T) {
	t.Parallel()
	newPerson(t).want(newPerson(t).call("POST", "/v1/step-up", m{"password": goodPassword}), 401, "unauthenticated")
	p := member(t)
	p.want(p.call("POST", "/v1/step-up", m{}), 422, "proof_required")
	p.want(p.call("POST", "/v1/step-up", m{"password": "Not this one 1!"}), 403, "password_wrong")
	p.want(p.call("POST", "/v1/step-up", m{"password": goodPassword}), 204)
}
