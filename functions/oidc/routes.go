package main

import "phonon.in/central/shared/httpapi"

func (h *handler) routes(c httpapi.Config) *httpapi.API {
	api := httpapi.New(c)
	api.Public("GET /.well-known/openid-configuration", httpapi.Form(h.discovery))
	api.Public("GET /.well-known/oauth-authorization-server", httpapi.Form(h.discovery))
	api.Public("GET /oauth2/jwks", httpapi.Form(h.jwks))
	api.Foreign("POST /oauth2/token", httpapi.Form(h.token))
	api.Foreign("OPTIONS /oauth2/token", httpapi.Form(h.preflight))
	api.Foreign("GET /oauth2/userinfo", httpapi.Form(h.userInfo))
	api.Foreign("POST /oauth2/userinfo", httpapi.Form(h.userInfo))
	api.Foreign("OPTIONS /oauth2/userinfo", httpapi.Form(h.preflight))
	api.Foreign("POST /oauth2/introspect", httpapi.Form(h.introspect))
	api.Foreign("POST /oauth2/revoke", httpapi.Form(h.revoke))
	api.Foreign("POST /oauth2/par", httpapi.Form(h.push))
	return api
}
