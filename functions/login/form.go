package main

import (
	"context"
	"net/url"
	"strings"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
)

// loginForm is login for a browser without scripts: a plain form, and redirects for answers. Where a product has sent the person, they are led back to
// it. A captcha needs a script; so does taking an account back that is being closed.
func (h *handler) loginForm(ctx context.Context, c *httpapi.Call, _, form url.Values) (httpapi.Reply, error) {
	carried := form.Get("authorize")
	switch {
	case !c.OwnForm():
		return httpapi.ToPage("/login", carried, "said-foreign"), nil
	case form.Has("cancel"):
		return httpapi.ToProduct(cancelled(carried), "/login"), nil
	}
	_, err := h.login(ctx, c, loginRequest{
		Email: form.Get("email"), Password: form.Get("password"), Remember: form.Has("remember"), Transport: httpapi.ByCookie,
	})
	if err == nil {
		return httpapi.ToProduct(carried, "/"), nil
	}
	f := c.Refused(err)
	if f.Code == errFactor.Code {
		return httpapi.ToPage("/login/code", carried, ""), nil
	}
	return httpapi.ToPage("/login", carried, said(f)), nil
}

// cancelled is the request of a product, as its person gives it up.
func cancelled(carried string) string {
	if carried == "" {
		return ""
	}
	return carried + "&central_cancel=1"
}

// said is where the page says what became of a log-in.
func said(f *fault.Error) string {
	switch {
	case f.Code == errNotVerified.Code:
		return "said-unverified"
	case f.Code == "account_disabled":
		return "said-disabled"
	case f.Code == "account_closing", asksForCaptcha(f):
		return "said-scripts"
	case f.Kind == fault.TooMany:
		return "said-wait"
	case f.Kind == fault.Unauthenticated, f.Kind == fault.Invalid:
		return "said-wrong"
	}
	return "said-unavailable"
}

func asksForCaptcha(f *fault.Error) bool {
	for _, field := range f.Fields {
		if strings.HasPrefix(field.Code, "captcha_") {
			return true
		}
	}
	return strings.HasPrefix(f.Code, "captcha_")
}
