package main

import (
	"context"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
)

type productView struct {
	Code    string   `json:"code"`
	Name    string   `json:"name"`
	Address string   `json:"address"` // begins a log-in at the product
	Missing []string `json:"missing"` // what the account still lacks for it; it opens when there is nothing
}

type productsAnswer struct {
	Products []productView `json:"products"`
}

// products lists our own products that log people in with Central, for the tiles of the home page.
func (h *handler) products(ctx context.Context, c *httpapi.Call, _ httpapi.None) (productsAnswer, error) {
	all, err := h.store.Clients(ctx)
	if err != nil {
		return productsAnswer{}, err
	}
	answer := productsAnswer{Products: []productView{}}
	for _, one := range all {
		if one.Product != "" && one.FirstParty && !one.Disabled {
			answer.Products = append(answer.Products, productView{one.Product, one.Name, one.InitiateLoginURI, missing(c.Profile, one.Needs)})
		}
	}
	return answer, nil
}

// missing are the needs that an account does not meet.
func missing(p account.Profile, needs []string) []string {
	lacks := []string{}
	for _, need := range needs {
		if need == oidc.NeedDetails && p.Details.IsZero() || need == oidc.NeedKYC && p.Verified.CaseNo == 0 {
			lacks = append(lacks, need)
		}
	}
	return lacks
}
