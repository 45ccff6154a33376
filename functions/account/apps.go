package main

import (
	"context"
	"errors"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

type appView struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"` // "" for one that is gone meanwhile
	Scopes   []string   `json:"scopes"`
	Since    time.Time  `json:"since"`
	LastUsed *time.Time `json:"lastUsed"`
}

type appsAnswer struct {
	Apps []appView `json:"apps"`
}

// apps lists what the holder has allowed others to have. Our own products are no such apps: nobody was asked.
func (h *handler) apps(ctx context.Context, c *httpapi.Call, _ httpapi.None) (appsAnswer, error) {
	all, err := h.store.Apps(ctx, c.Profile.ID)
	if err != nil {
		return appsAnswer{}, err
	}
	answer := appsAnswer{Apps: []appView{}}
	for _, a := range all {
		client, err := h.store.Client(ctx, a.Client)
		if err != nil && !errors.Is(err, oidc.ErrClientUnknown) {
			return appsAnswer{}, err
		}
		view := appView{ID: string(a.Client), Name: client.Name, Scopes: a.Scopes, Since: a.Since}
		if !a.LastUsed.IsZero() {
			view.LastUsed = &a.LastUsed
		}
		answer.Apps = append(answer.Apps, view)
	}
	return answer, nil
}

// removeApp takes back what an app was allowed. Its tokens are worth nothing from then on, and it is told that its sessions are over.
func (h *handler) removeApp(ctx context.Context, c *httpapi.Call, _ httpapi.None) (httpapi.None, error) {
	id := c.Path("id")
	if !token.IsID(id) {
		return httpapi.None{}, account.ErrNotFound
	}
	told := message.AboutEnded(c.Profile.ID, oidc.ClientID(id), "", c.Now)
	told.Due = c.Now // for who may sign it
	err := h.store.RemoveApp(ctx, c.Profile, oidc.ClientID(id), c.Seen("app_removed"), told)
	if errors.Is(err, oidc.ErrClientUnknown) {
		return httpapi.None{}, account.ErrNotFound
	}
	return httpapi.None{}, err
}
