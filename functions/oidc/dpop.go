package main

import (
	"errors"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/jose"
	"phonon.in/central/shared/oidc"
)

var errProof = oidc.Refuse(oidc.InvalidDPoPProof, "The DPoP proof is missing, or is not for this request now.")

// proofOf reads the DPoP proof of a request, for the endpoint of this name and with the access token that comes along; found is false where there is
// none. A header that is there must be one proof (RFC 9449, section 4.3): an empty one before it is no way around it.
func (h *handler) proofOf(c *httpapi.Call, verb, accessToken string) (proof jose.Proof, found bool, err error) {
	values := c.Headers("DPoP")
	if len(values) == 0 {
		return jose.Proof{}, false, nil
	}
	if len(values) > 1 {
		return jose.Proof{}, true, errProof.Because(errors.New("more than one proof"))
	}
	proof, err = jose.VerifyProof(values[0], c.Method(), h.issuer+"/oauth2/"+verb, accessToken, oidc.ProofAlgorithms(), c.Now)
	if err != nil {
		return jose.Proof{}, true, errProof.Because(err)
	}
	return proof, true, nil
}

// spent is what a proof uses up.
func spent(p jose.Proof) oidc.Spent { return oidc.Spent{Who: p.JKT, JTI: p.JTI, Until: p.Until} }

// boundTo is the key that the tokens of a request are bound to; "" for none. bound is the key that they have to be of, anyKey that any will do but
// there must be one.
func (h *handler) boundTo(c *httpapi.Call, p *party, bound string, anyKey bool) (jkt string, err error) {
	proof, found, err := h.proofOf(c, "token", "")
	switch {
	case err != nil:
		return "", err
	case !found && (bound != "" || anyKey || p.client.DPoP):
		return "", errProof
	case !found:
		return "", nil
	case bound != "" && proof.JKT != bound:
		return "", errProof.Because(errors.New("another key"))
	}
	p.proof = []oidc.Spent{spent(proof)}
	return proof.JKT, nil
}
