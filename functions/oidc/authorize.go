package main

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// Parameters of ours that a request carries while a person is on the way: proof that we sent it to the log-in, and that its holder has had enough.
const (
	paramSince  = "central_since"
	paramCancel = "central_cancel"
)

// sinceLife is how long a person may take to log in. The password of a bookmark that is older is asked for once more.
const sinceLife = time.Hour

const pushedPrefix = "urn:ietf:params:oauth:request_uri:"

// arrival is a request as it has come, before and after it is known whose it is.
type arrival struct {
	query    url.Values // as it came, with our own parameters
	asked    url.Values // what the client asks for: the query, or what it has pushed
	pushed   string     // id of the pushed request; "" for none
	jkt      string     // of the pushed request
	redirect string     // where errors go; "" while that is not sure
	state    string
	visit    oidc.Visit
}

// authorize is where a client sends a browser to get a code. Whatever is to happen before that happens on pages that carry the request as it came, and
// lead back here, where it is looked at anew from nothing: no request waits on our side, and each tab has its own.
func (b *browser) authorize(ctx context.Context, c *httpapi.Call, query, _ url.Values) (httpapi.Reply, error) {
	return b.answer(ctx, c, query, false)
}

// authorizePosted takes a request by POST (OpenID Connect Core 1.0, section 3.1.2.1). Another site's POST comes without the session's cookie, so
// the browser has to come again.
func (b *browser) authorizePosted(_ context.Context, c *httpapi.Call, _, form url.Values) (httpapi.Reply, error) {
	if len(form.Encode()) > oidc.MaxRequest {
		return b.refused(c, "too_long"), nil
	}
	return httpapi.RedirectTo("/oauth2/authorize?" + form.Encode()), nil
}

// answer decides about one request. consented is the holder's answer to the question about this very request.
func (b *browser) answer(ctx context.Context, c *httpapi.Call, query url.Values, consented bool) (httpapi.Reply, error) {
	a := &arrival{query: query, asked: query}
	if reply, done := b.place(ctx, c, a); done {
		return reply, nil
	}
	step, err := b.next(c, a, consented)
	if err != nil {
		return b.redirectError(c, a, err), nil
	}
	switch step {
	case "":
		return b.issue(ctx, c, a), nil
	case oidc.StepConsent:
		return b.ask(c, a), nil
	}
	return b.lead(c, a, step), nil
}

// place reads whose request this is and where its answer goes. While that is not sure the answer is a page, never a redirect.
func (b *browser) place(ctx context.Context, c *httpapi.Call, a *arrival) (httpapi.Reply, bool) {
	client := a.query.Get("client_id")
	if len(a.query.Encode()) > oidc.MaxRequest {
		return b.refused(c, "too_long"), true
	}
	if len(a.query["client_id"]) != 1 || !token.IsID(client) {
		return b.refused(c, "client"), true
	}
	id, digest, ok := c.CurrentSession()
	if !ok || framed(c) {
		id, digest = "", ""
	}
	var work errgroup.Group
	work.Go(func() error { _, err := c.Take(ctx, limit.AuthorizeIP.By(c.Network)); return err })
	work.Go(func() (err error) {
		a.visit.Authorization, err = b.store.Authorization(ctx, id, digest, oidc.ClientID(client))
		return err
	})
	if err := work.Wait(); err != nil {
		return b.failed(c, err), true
	}
	if a.visit.Client.ID == "" || a.visit.Client.Disabled {
		return b.refused(c, "client"), true
	}
	if uri := a.query.Get("request_uri"); len(a.query["request_uri"]) == 1 && strings.HasPrefix(uri, pushedPrefix) {
		if reply, done := b.open(ctx, c, a, strings.TrimPrefix(uri, pushedPrefix)); done {
			return reply, true
		}
	}
	var err error
	if a.redirect, a.state, err = oidc.Place(a.asked, a.visit.Client); err != nil {
		return b.refused(c, "redirect"), true
	}
	return httpapi.Reply{}, false
}

// open reads a request that its client has pushed. What the address says beside it does not count.
func (b *browser) open(ctx context.Context, c *httpapi.Call, a *arrival, id string) (httpapi.Reply, bool) {
	p, err := b.store.Pushed(ctx, id, a.visit.Client.ID, c.Now)
	if errors.Is(err, oidc.ErrRequestUsed) {
		return b.expired(c, a.visit.Client), true
	}
	asked, unreadable := url.ParseQuery(p.Query)
	if err = errors.Join(err, unreadable); err != nil {
		return b.failed(c, err), true
	}
	asked.Set("client_id", string(p.Client))
	a.asked, a.pushed, a.jkt = asked, p.ID, p.JKT
	return httpapi.Reply{}, false
}

// next reads the request and says what its holder has to do before it is granted.
func (b *browser) next(c *httpapi.Call, a *arrival, consented bool) (oidc.Step, error) {
	asked := withoutOurs(a.asked)
	r, err := oidc.Read(asked, a.visit.Client)
	switch {
	case err != nil:
		return "", err
	case a.pushed == "" && (a.visit.Client.PAR || a.visit.Client.FAPI):
		return "", oidc.Refuse(oidc.InvalidRequest, "This client must push its requests.")
	case a.query.Has(paramCancel):
		return "", oidc.Refuse(oidc.AccessDenied, "The holder did not want to go on.")
	}
	if r.JKT == "" {
		r.JKT = a.jkt
	}
	a.visit.Request, a.visit.Consented = r, consented
	a.visit.LoggedInFor = b.sentToLogin(c, a)
	if a.visit.Hinted, err = b.hinted(c, a); err != nil {
		return "", err
	}
	return a.visit.Next(c.Now)
}

// hinted reports that a hint, where there is one, is about who is logged in.
func (b *browser) hinted(c *httpapi.Call, a *arrival) (bool, error) {
	if a.visit.IDTokenHint == "" || a.visit.Session.Digest == "" {
		return true, nil
	}
	hint, err := b.hint(a.visit.IDTokenHint, c.Now)
	if err != nil || hint.Client != a.visit.Client.ID {
		return false, oidc.Refuse(oidc.InvalidRequest, "The id_token_hint is none of ours for this client.").Because(err)
	}
	return hint.Subject == oidc.Subject(a.visit.Client, a.visit.Profile.ID), nil
}

func withoutOurs(v url.Values) url.Values {
	asked := url.Values{}
	for name, values := range v {
		if name != paramSince && name != paramCancel {
			asked[name] = values
		}
	}
	return asked
}

// sentToLogin is when we sent this very request to the log-in; zero where we did not, or too long ago.
func (b *browser) sentToLogin(c *httpapi.Call, a *arrival) time.Time {
	parts, err := b.keys.Open(token.SentToLogin, a.query.Get(paramSince), 2)
	if err != nil || parts[1] != oidc.Digest(withoutOurs(a.query)) {
		return time.Time{}
	}
	millis, err := strconv.ParseInt(parts[0], 10, 64)
	at := time.UnixMilli(millis).UTC()
	if err != nil || c.Now.Sub(at) > sinceLife {
		return time.Time{}
	}
	return at
}

// carried is the request as the pages carry it.
func (b *browser) carried(c *httpapi.Call, a *arrival, step oidc.Step) string {
	q := withoutOurs(a.query)
	since := a.query.Get(paramSince)
	if step == oidc.StepLogin {
		since = b.keys.Issue(token.SentToLogin, strconv.FormatInt(c.Now.UnixMilli(), 10), oidc.Digest(q)).Reveal()
	}
	if since != "" {
		q.Set(paramSince, since)
	}
	return q.Encode()
}

// pages are where each step is done.
var pages = map[oidc.Step]string{
	oidc.StepLogin: "/login", oidc.StepTerms: "/terms-accept", oidc.StepDetails: "/account-details", oidc.StepKYC: "/settings/kyc",
}

// lead sends the holder to the page of a step, with the request as one value.
func (b *browser) lead(c *httpapi.Call, a *arrival, step oidc.Step) httpapi.Reply {
	page := pages[step]
	if step == oidc.StepLogin && a.visit.Asks(oidc.PromptCreate) {
		page = "/signup"
	}
	q := url.Values{"authorize": {b.carried(c, a, step)}}
	if c.Cookie(languageCookie) == "" {
		if tag, ok := spoken(a.visit.Locales); ok {
			q.Set("lang", tag)
		}
	}
	return httpapi.RedirectTo(page + "?" + q.Encode())
}

// issue writes the grant and leads back to the client with its code.
func (b *browser) issue(ctx context.Context, c *httpapi.Call, a *arrival) httpapi.Reply {
	v := a.visit
	g := oidc.Grant{
		ID: token.NewID(), Account: v.Profile.ID, Client: v.Client.ID, Session: v.Session.Digest, Scopes: v.Scopes, Nonce: v.Nonce,
		Redirect: a.redirect, Challenge: v.Challenge, ACR: v.Proved(), AMR: v.Methods(), JKT: v.JKT, AuthTime: v.Session.ProvenAt, CreatedAt: c.Now,
		CodeExpiresAt: c.Now.Add(oidc.CodeLife), CredentialVersion: v.Profile.CredentialVersion, ExpiresAt: v.Session.ExpiresAt,
	}
	if slices.Contains(v.Scopes, oidc.ScopeOffline) {
		g.Session, g.ExpiresAt = oidc.OfflineSession, c.Now.Add(oidc.OfflineIdle)
	}
	c.Session, c.Profile = v.Session, v.Profile
	var work errgroup.Group
	var seen account.Activity
	if !v.Asks(oidc.PromptNone) { // a product that only looks whether somebody is still there has nothing to tell
		seen = c.Seen("product_opened")
	}
	work.Go(func() error { return b.store.StartGrant(ctx, g, v.App, seen, a.pushed) })
	if v.Session.NeedsTouch(c.Now) {
		work.Go(func() error {
			_ = b.store.TouchSession(ctx, v.Session, c.Now) // a note that the next request can make as well
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		if errors.Is(err, oidc.ErrRequestUsed) {
			return b.expired(c, v.Client)
		}
		if errors.Is(err, oidc.ErrAppChanged) {
			return b.again(c, a)
		}
		return b.redirectError(c, a, err)
	}
	return b.redirectTo(a, url.Values{"code": {b.code(g)}})
}

// again has the request looked at anew: what the holder allows was changed meanwhile.
func (b *browser) again(c *httpapi.Call, a *arrival) httpapi.Reply {
	return httpapi.RedirectTo("/oauth2/authorize?" + b.carried(c, a, oidc.StepConsent))
}

// redirectTo leads back to the client. Every answer names who gives it (RFC 9207).
func (b *browser) redirectTo(a *arrival, answer url.Values) httpapi.Reply {
	if a.state != "" {
		answer.Set("state", a.state)
	}
	answer.Set("iss", b.issuer)
	return httpapi.RedirectTo(oidc.Answer(a.redirect, answer))
}

// redirectError tells the client why there is no code. What is no error of its own goes to the log.
func (b *browser) redirectError(c *httpapi.Call, a *arrival, err error) httpapi.Reply {
	var e *oidc.Error
	if !errors.As(err, &e) {
		c.Refused(err)
		e = oidc.Refuse(oidc.ServerError, "Something went wrong on our side. It is noted.")
		if f, is := errors.AsType[*fault.Error](err); is && (f.Kind == fault.Unavailable || f.Kind == fault.TooMany) {
			e = oidc.Refuse(oidc.TemporarilyUnavailable, "Something we depend on does not answer. Nothing was lost.")
		}
	}
	return b.redirectTo(a, url.Values{"error": {string(e.Code)}, "error_description": {e.Description}})
}

// framed reports a request for what is shown inside another page. Nobody is logged in there: what is refused must not depend on which cookies a
// browser sends from inside a frame.
func framed(c *httpapi.Call) bool {
	return slices.Contains([]string{"iframe", "frame", "embed", "object", "fencedframe"}, c.Header("Sec-Fetch-Dest"))
}
