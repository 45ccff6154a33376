package main

import (
	"net/url"
	"slices"
	"strings"

	"phonon.in/central/web"
)

// spellings are the addresses that people type and that older guides name, in lower case, with the page that they mean.
var spellings = map[string]string{
	"/signin": "/login", "/sign-in": "/login", "/sign_in": "/login", "/log-in": "/login", "/log_in": "/login", "/logon": "/login", "/log-on": "/login",
	"/logout": "/login", "/signout": "/login", "/auth": "/login", "/users/sign_in": "/login", "/account/login": "/login",
	"/register": "/signup", "/registration": "/signup", "/sign-up": "/signup", "/sign_up": "/signup", "/join": "/signup", "/create-account": "/signup",
	"/createaccount": "/signup", "/new": "/signup", "/get-started": "/signup",
	"/home": "/", "/index": "/", "/index.html": "/", "/dashboard": "/", "/central": "/",
	"/forgot": "/forgot-password", "/forgotpassword": "/forgot-password", "/forgot_password": "/forgot-password",
	"/resetpassword": "/reset-password", "/reset_password": "/reset-password", "/reset": "/reset-password",
	"/verify-email": "/verify", "/verifyemail": "/verify", "/inbox": "/check-inbox", "/checkinbox": "/check-inbox",
	"/accountdetails": "/account-details", "/account_details": "/account-details", "/details": "/account-details",
	"/account": "/settings", "/profile": "/settings", "/setting": "/settings", "/settings/profile": "/settings",
	"/kyc": "/settings/kyc", "/kyc/edit": "/settings/kyc/edit", "/password": "/settings/password", "/sessions": "/settings/sessions",
	"/terms-and-conditions": "/terms", "/termsandconditions": "/terms", "/terms-of-service": "/terms", "/tos": "/terms",
	"/privacy-policy": "/privacy", "/privacypolicy": "/privacy", "/privacy-notice": "/privacy",
}

// mailed are the pages that mailed links lead to, whose token stands after a '#'.
var mailed = []string{"/verify", "/reset-password", "/papers", "/security/stop"}

// lead says where a path without a page of its own means to go: another spelling, a slash too many, or a mailed link whose '#' a mail
// gateway has escaped, so that the token came as a part of the path. Browsers keep what follows a '#' over a redirect.
func (s *server) lead(path string) (to url.URL, found bool) {
	for range 3 { // a gateway may have escaped what others had escaped
		if page, token, escaped := strings.Cut(path, "#"); escaped {
			to, found = s.lead(strings.TrimRight(page, "/") + "/")
			to.Fragment = strings.Trim(token, "/")
			return to, found && slices.Contains(mailed, to.Path)
		}
		decoded, err := url.PathUnescape(path)
		if err != nil || decoded == path {
			break
		}
		path = decoded
	}
	tidy := strings.ToLower(strings.TrimRight(path, "/"))
	if page, known := spellings[tidy]; known {
		return url.URL{Path: page}, true
	}
	_, known := s.site.Page(tidy, web.Source)
	return url.URL{Path: tidy}, known && strings.HasPrefix(tidy, "/") && tidy != path
}
