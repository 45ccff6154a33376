package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/ocsf"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

type accounts interface {
	Login(ctx context.Context, email account.Email) (account.Login, bool, error)
	SaveDetails(ctx context.Context, p account.Profile, d account.Details, onlyAsRead bool, now time.Time) (account.Profile, error)
	SaveLocale(ctx context.Context, id account.ID, locale string, now time.Time) (account.Profile, error)
	ChangePassword(ctx context.Context, p account.Profile, keep string, hash token.Secret, m message.Message, seen account.Activity, now time.Time) error
	SweepSessions(ctx context.Context, id account.ID, keep string) error
	StartEmailChange(ctx context.Context, c account.EmailChange, mails []message.Message, seen account.Activity) error
	EmailChange(ctx context.Context, id account.ID) (account.EmailChange, bool, error)
	CompleteEmailChange(ctx context.Context, c account.EmailChange, p account.Profile, l account.Login, u account.EmailUndo, keep string, m message.Message, seen account.Activity, now time.Time) error
	EmailUndo(ctx context.Context, id account.ID) (account.EmailUndo, account.Profile, error)
	Profile(ctx context.Context, id account.ID) (account.Profile, error)
	AcceptTerms(ctx context.Context, p account.Profile, c account.Consent, seen account.Activity, now time.Time) (account.Profile, error)
	Activity(ctx context.Context, id account.ID, after string, most int, now time.Time) ([]account.Activity, string, error)
	Consents(ctx context.Context, id account.ID) ([]account.Consent, error)
	Apps(ctx context.Context, id account.ID) ([]oidc.App, error)
	Client(ctx context.Context, id oidc.ClientID) (oidc.Client, error)
	Clients(ctx context.Context) ([]oidc.Client, error)
	RemoveApp(ctx context.Context, p account.Profile, client oidc.ClientID, seen account.Activity, messages ...message.Message) error
	Cases(ctx context.Context, id account.ID) ([]kyc.Case, error)
	CloseAccount(ctx context.Context, p account.Profile, eraseAt time.Time, m message.Message, seen account.Activity, now time.Time) error
	ReopenAccount(ctx context.Context, p account.Profile, m message.Message, seen account.Activity, now time.Time) error
	Factors(ctx context.Context, id account.ID) (account.FactorSet, error)
	UndoEmailChange(ctx context.Context, u account.EmailUndo, p account.Profile, read account.FactorSet, r account.Reset, m message.Message, seen account.Activity, now time.Time) error
}

type deliverer interface {
	Now(ctx context.Context, m message.Message)
}

type handler struct {
	store  accounts
	keys   token.Keyring
	outbox deliverer

	terms     string        // version that is in force
	retention time.Duration // how long what identified a holder outlives the account
}

func (h *handler) routes(c httpapi.Config) http.Handler {
	api := httpapi.New(c)
	api.BeforeTerms("GET /v1/account", httpapi.JSON(http.StatusOK, h.read))
	api.Private("PUT /v1/account/details", httpapi.JSON(http.StatusOK, h.saveDetails))
	api.BeforeTerms("PUT /v1/account/locale", httpapi.JSON(http.StatusOK, h.saveLocale))
	api.Private("PUT /v1/account/password", httpapi.Event(ocsf.NewPassword, httpapi.JSON(http.StatusNoContent, h.changePassword)))
	api.Private("GET /v1/account/email", httpapi.JSON(http.StatusOK, h.email))
	api.Private("POST /v1/account/email", httpapi.Event(ocsf.Changed, httpapi.JSON(http.StatusAccepted, h.askEmail)))
	api.Private("POST /v1/account/email/confirm", httpapi.Event(ocsf.Changed, httpapi.JSON(http.StatusOK, h.confirmEmail)))
	api.Public("POST /v1/account/email/undo", httpapi.Event(ocsf.Changed, httpapi.JSON(http.StatusOK, h.undoEmail)))
	api.BeforeTerms("POST /v1/terms/accept", httpapi.JSON(http.StatusOK, h.acceptTerms))
	api.BeforeTerms("GET /v1/account/activity", httpapi.JSON(http.StatusOK, h.activity))
	api.BeforeTerms("GET /v1/account/consents", httpapi.JSON(http.StatusOK, h.consents))
	api.Private("GET /v1/products", httpapi.JSON(http.StatusOK, h.products))
	api.BeforeTerms("GET /v1/apps", httpapi.JSON(http.StatusOK, h.apps))
	api.BeforeTerms("DELETE /v1/apps/{id}", httpapi.Event(ocsf.Changed, httpapi.JSON(http.StatusNoContent, h.removeApp)))
	api.BeforeTerms("GET /v1/account/close", httpapi.JSON(http.StatusOK, h.planClosing))
	api.BeforeTerms("POST /v1/account/close", httpapi.Event(ocsf.Changed, httpapi.JSON(http.StatusOK, h.closeAccount)))
	api.Public("POST /v1/account/reopen", httpapi.Event(ocsf.Changed, httpapi.JSON(http.StatusNoContent, h.reopen)))
	api.Public("GET /v1/sectors", httpapi.Same(sectors))
	api.Public("GET /v1/health", httpapi.JSON(http.StatusOK, health))
	return api
}

func (h *handler) read(_ context.Context, c *httpapi.Call, _ httpapi.None) (account.View, error) {
	return view(c, c.Profile), nil
}

func view(c *httpapi.Call, p account.Profile) account.View {
	c.SetHeader("ETag", etag(p.Version))
	return account.ViewOf(p)
}

func etag(version int) string { return `"` + strconv.Itoa(version) + `"` }

type detailsRequest struct {
	Type        string  `json:"type"`
	FirstName   string  `json:"firstName"`
	LastName    *string `json:"lastName"`
	CompanyName *string `json:"companyName"`
	Sector      string  `json:"sector"`
}

// saveDetails replaces the details. If-Match is for those who want to be sure that nobody else changed them; without it the
// account is still not changed by half, and of two at once the later one stays.
func (h *handler) saveDetails(ctx context.Context, c *httpapi.Call, in detailsRequest) (account.View, error) {
	d, err := account.ParseDetails(in.Type, in.FirstName, orEmpty(in.LastName), orEmpty(in.CompanyName), in.Sector)
	switch {
	case err != nil:
		return account.View{}, err
	case !c.IfMatch(etag(c.Profile.Version)):
		return account.View{}, account.ErrVersion
	case c.Profile.Phone.Number.IsZero():
		return account.View{}, account.ErrPhoneNotVerified
	case c.Profile.IdentityLocked() && !c.Profile.Details.SameIdentity(d):
		return account.View{}, account.ErrIdentityLocked
	}
	if _, err := c.Take(ctx, limit.WriteAccount.By(string(c.Profile.ID))); err != nil {
		return account.View{}, err
	}
	saved, err := h.store.SaveDetails(ctx, c.Profile, d, c.Conditional(), c.Now)
	if err != nil {
		return account.View{}, err
	}
	return view(c, saved), nil
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

type localeRequest struct {
	Locale string `json:"locale"`
}

// saveLocale sets the language of mails and messages from now on.
func (h *handler) saveLocale(ctx context.Context, c *httpapi.Call, in localeRequest) (account.View, error) {
	locale, err := account.ParseLocale(in.Locale)
	if err != nil {
		return account.View{}, err
	}
	if locale == c.Profile.Locale {
		return view(c, c.Profile), nil
	}
	if _, err := c.Take(ctx, limit.WriteAccount.By(string(c.Profile.ID))); err != nil {
		return account.View{}, err
	}
	saved, err := h.store.SaveLocale(ctx, c.Profile.ID, locale, c.Now)
	if err != nil {
		return account.View{}, err
	}
	return view(c, saved), nil
}

type sectorView struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type sectorsAnswer struct {
	Sectors []sectorView `json:"sectors"`
}

func sectors() (answer sectorsAnswer) {
	for _, s := range account.Sectors() {
		answer.Sectors = append(answer.Sectors, sectorView{s.Code, s.Name})
	}
	return answer
}

type healthAnswer struct {
	Status string `json:"status"`
}

func health(context.Context, *httpapi.Call, httpapi.None) (healthAnswer, error) {
	return healthAnswer{"ok"}, nil
}
