package main

import (
	"context"
	"net/url"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
)

// finishForm is finishLogin for a browser without scripts: a code of the app, or a recovery code, in one field. A passkey needs a script.
func (h *handler) finishForm(ctx context.Context, c *httpapi.Call, _, form url.Values) (httpapi.Reply, error) {
	carried, given := form.Get("authorize"), finishRequest{Transport: httpapi.ByCookie}
	if !c.OwnForm() {
		return httpapi.ToPage("/login", carried, "said-foreign"), nil
	}
	if given.Code = form.Get("code"); isRecovery(given.Code) {
		given.Code, given.RecoveryCode = "", given.Code
	}
	_, err := h.finishLogin(ctx, c, given)
	if err == nil {
		return httpapi.ToProduct(carried, "/"), nil
	}
	switch f := c.Refused(err); {
	case f.Code == account.ErrLoginExpired.Code:
		return httpapi.ToPage("/login", carried, "said-again"), nil
	case f.Kind == fault.TooMany:
		return httpapi.ToPage("/login/code", carried, "said-wait"), nil
	case f.Kind == fault.Unavailable:
		return httpapi.ToPage("/login/code", carried, "said-unavailable"), nil
	case f.Kind == fault.Invalid:
		return httpapi.ToPage("/login/code", carried, "said-wrong-code"), nil
	case f.Code == account.ErrDisabled.Code:
		return httpapi.ToPage("/login", carried, "said-disabled"), nil
	}
	return httpapi.ToPage("/login", carried, "said-scripts"), nil
}

// isRecovery tells a recovery code from that of an app, as the page does with scripts: by its length.
func isRecovery(typed string) bool {
	_, err := parseRecovery(typed)
	return err == nil
}
