package main

import (
	"context"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

// signatoryCookie is what the device that opened a link proves itself by.
const signatoryCookie = "__Host-signatory"

// opened finds the link that the device of a call has opened, and makes the call one on the account of the link. Whatever is wrong, the answer is
// the same.
func (h *handler) opened(ctx context.Context, c *httpapi.Call) (kyc.SignatoryLink, error) {
	id, device, err := token.ParseSession(c.Cookie(signatoryCookie))
	if err != nil {
		return kyc.SignatoryLink{}, kyc.ErrSignatoryLinkOver.Because(err)
	}
	link, profile, err := h.store.SignatoryLink(ctx, account.ID(id))
	switch {
	case err != nil:
		return kyc.SignatoryLink{}, err
	case link.Device != device || profile.Status != account.Active:
		return kyc.SignatoryLink{}, kyc.ErrSignatoryLinkOver
	}
	c.Profile = profile
	return link, nil
}

type tokenRequest struct {
	Token string `json:"token"`
}

type signatoryView struct {
	For          string            `json:"for"`
	ExpiresAt    time.Time         `json:"expiresAt"`
	Requirements []requirementView `json:"requirements"`
	Parts        []partView        `json:"parts"`
}

// openSignatoryLink binds a link to the device that opens it first; that one may open it again.
func (h *handler) openSignatoryLink(ctx context.Context, c *httpapi.Call, in tokenRequest) (signatoryView, error) {
	parts, err := h.keys.Open(token.SignatoryLink, in.Token, 2)
	if err != nil {
		return signatoryView{}, account.ErrLinkInvalid.Because(err)
	}
	if _, err := c.Take(ctx, limit.VerifyIP.By(c.Network)); err != nil {
		return signatoryView{}, err
	}
	link, profile, err := h.store.SignatoryLink(ctx, account.ID(parts[0]))
	switch {
	case err != nil:
		return signatoryView{}, err
	case link.ID != parts[1] || profile.Status != account.Active:
		return signatoryView{}, kyc.ErrSignatoryLinkOver
	}
	if again, err := h.opened(ctx, c); err == nil && again.ID == link.ID {
		return h.signatoryAsked(ctx, c, httpapi.None{})
	}
	c.Profile = profile
	found, err := h.store.Case(ctx, profile.ID)
	if err != nil {
		return signatoryView{}, err
	}
	secret, device := token.NewSession(string(profile.ID))
	link, record, err := link.Open(found, device, c.Now)
	if err != nil {
		return signatoryView{}, err
	}
	if err := h.store.OpenSignatoryLink(ctx, found, link, record, c.Seen("signatory_link_opened")); err != nil {
		return signatoryView{}, err
	}
	c.SetCookie(signatoryCookie, secret.Reveal(), link.ExpiresAt.Sub(c.Now))
	return viewOfAsked(found, link, profile, c.Now), nil
}

// signatoryAsked is all that the bearer of a link sees of the case and its account.
func (h *handler) signatoryAsked(ctx context.Context, c *httpapi.Call, _ httpapi.None) (signatoryView, error) {
	link, err := h.opened(ctx, c)
	if err != nil {
		return signatoryView{}, err
	}
	found, err := h.store.Case(ctx, c.Profile.ID)
	switch {
	case err != nil:
		return signatoryView{}, err
	case !link.Opens(found, c.Now):
		return signatoryView{}, kyc.ErrSignatoryLinkOver
	}
	return viewOfAsked(found, link, c.Profile, c.Now), nil
}

func viewOfAsked(found kyc.Case, link kyc.SignatoryLink, p account.Profile, now time.Time) signatoryView {
	asked := link.Asked(found, p, now)
	v := signatoryView{For: asked.For, ExpiresAt: link.ExpiresAt, Requirements: []requirementView{}, Parts: []partView{}}
	for _, s := range asked.Requirements {
		v.Requirements = append(v.Requirements, viewOfStanding(found, s))
	}
	for _, p := range asked.Parts {
		part := viewOfPart(p)
		if part.Flag != nil {
			part.Flag.Answer = nil // it is the holder's
		}
		v.Parts = append(v.Parts, part)
	}
	return v
}

func (h *handler) addSignatoryDocument(ctx context.Context, c *httpapi.Call, in documentRequest) (documentAnswer, error) {
	link, err := h.opened(ctx, c)
	if err != nil {
		return documentAnswer{}, err
	}
	return h.allow(ctx, c, in, link.NewDocument)
}

func (h *handler) completeSignatoryDocument(ctx context.Context, c *httpapi.Call, _ httpapi.None) (documentView, error) {
	link, err := h.opened(ctx, c)
	if err != nil {
		return documentView{}, err
	}
	return h.complete(ctx, c, func(found kyc.Case, id string) (kyc.Document, error) { return link.Document(found, id, c.Now) })
}

func (h *handler) removeSignatoryDocument(ctx context.Context, c *httpapi.Call, _ httpapi.None) (httpapi.None, error) {
	link, err := h.opened(ctx, c)
	if err != nil {
		return httpapi.None{}, err
	}
	return httpapi.None{}, h.remove(ctx, c, link.Removable)
}

type linkView struct {
	URL       string     `json:"url"`
	CreatedAt time.Time  `json:"createdAt"`
	OpenedAt  *time.Time `json:"openedAt"`
	ExpiresAt time.Time  `json:"expiresAt"`
}

type linkAnswer struct {
	Link *linkView `json:"link"` // null where none works
}

// viewOfLink has the token behind '#': browsers do not send it to any server.
func (h *handler) viewOfLink(l kyc.SignatoryLink) linkView {
	tok := h.keys.Issue(token.SignatoryLink, string(l.AccountID), l.ID)
	return linkView{h.pages + "/papers#" + tok.Reveal(), l.CreatedAt, timeOrNull(l.OpenedAt), l.ExpiresAt}
}

func (h *handler) signatoryLink(ctx context.Context, c *httpapi.Call, _ httpapi.None) (linkAnswer, error) {
	link, _, err := h.store.SignatoryLink(ctx, c.Profile.ID)
	if err != nil {
		return linkAnswer{}, err
	}
	found, err := h.store.Case(ctx, c.Profile.ID)
	if err != nil || !link.Opens(found, c.Now) {
		return linkAnswer{}, err
	}
	return linkAnswer{new(h.viewOfLink(link))}, nil
}

// makeSignatoryLink makes a link that takes the place of any other.
func (h *handler) makeSignatoryLink(ctx context.Context, c *httpapi.Call, _ httpapi.None) (linkView, error) {
	if err := c.SteppedUp(); err != nil {
		return linkView{}, err
	}
	if err := h.mayWrite(ctx, c); err != nil {
		return linkView{}, err
	}
	found, err := h.store.Case(ctx, c.Profile.ID)
	if err != nil {
		return linkView{}, err
	}
	link, record, err := found.NewSignatoryLink(c.Now)
	if err != nil {
		return linkView{}, err
	}
	err = h.store.StartSignatoryLink(ctx, found, link, record, c.Seen("signatory_link_made"))
	return h.viewOfLink(link), err
}

func (h *handler) endSignatoryLink(ctx context.Context, c *httpapi.Call, _ httpapi.None) (httpapi.None, error) {
	if err := c.SteppedUp(); err != nil {
		return httpapi.None{}, err
	}
	if err := h.mayWrite(ctx, c); err != nil {
		return httpapi.None{}, err
	}
	return httpapi.None{}, h.store.EndSignatoryLink(ctx, c.Profile.ID, c.Now)
}
