package main

import (
	"net/http"

	"phonon.in/central/shared/httpapi"
)

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.Public("GET /.well-known/openid-configuration", httpapi.Form(h.discovery))
	api.Public("GET /.well-known/oauth-authorization-server", httpapi.Form(h.discovery))
	return api
}
