package main

import (
	"context"
	"errors"

	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// questionLife is how long a question of ours may be answered.
const questionLife = 30 * time.Minute

// ask asks the holder whether a client of others may have what it asks for.
func (b *browser) ask(c *httpapi.Call, a *arrival) httpapi.Reply {
	v := a.visit
	p := &page{language: languageOf(c, v.Locales), status: 200, name: "consent", leadsTo: a.redirect}
	p.add(`<p class="lede">`, p.word("consent.lede", "client", v.Client.Name, "email", v.Profile.Email.String()), `</p><ul class="bullets">`)
	for _, scope := range v.Scopes {
		p.add(`<li>`, p.word("consent.scope."+scope), `</li>`)
	}
	p.add(`</ul><p class="hint">`, p.word("consent.later"), `</p>`)
	request := b.carried(c, a, oidc.StepConsent)
	p.form("/oauth2/consent", url.Values{"authorize": {request}, "question": {b.question(c, v, a.query)}},
		[3]string{"answer", "allow", p.word("consent.allow")}, [3]string{"answer", "deny", p.word("consent.deny")})
	p.add(`<p><a href="/login?`, url.Values{"authorize": {b.carried(c, a, oidc.StepLogin)}}.Encode(), `">`, p.word("consent.other"), `</a></p>`)
	return p.reply()
}

// question is proof that we asked this: of whom, about which request, and what they had allowed before.
func (b *browser) question(c *httpapi.Call, v oidc.Visit, query url.Values) string {
	return b.keys.Issue(token.Agreement, oidc.SID(v.Session.Digest), oidc.Digest(withoutOurs(query)), strconv.Itoa(v.App.Version), strconv.FormatInt(c.Now.Unix(), 10)).Reveal()
}

// consent takes the answer to a question of ours. What was asked of somebody else, about another request, too long ago, or was answered before
// allows nothing: the request is looked at anew, and what is not allowed is asked again.
func (b *browser) consent(ctx context.Context, c *httpapi.Call, _, form url.Values) (httpapi.Reply, error) {
	query, err := url.ParseQuery(form.Get("authorize"))
	if err != nil || !c.OwnForm() {
		return b.refused(c, "form"), nil
	}
	a := &arrival{query: query, asked: query}
	if reply, done := b.place(ctx, c, a); done {
		return reply, nil
	}
	if !b.asked(c, a, form.Get("question")) {
		return b.again(c, a), nil
	}
	step, err := b.next(c, a, true)
	switch {
	case err != nil:
		return b.redirectError(c, a, err), nil
	case step != "":
		return b.again(c, a), nil
	case form.Get("answer") != "allow":
		return b.redirectError(c, a, oidc.Refuse(oidc.AccessDenied, "The holder did not allow it.")), nil
	}
	switch err := b.allow(ctx, c, a); {
	case errors.Is(err, oidc.ErrAppChanged): // answered twice at once, or taken back meanwhile
		return b.again(c, a), nil
	case err != nil:
		return b.redirectError(c, a, err), nil
	}
	return b.issue(ctx, c, a), nil
}

// asked reports that a question of ours was about this request, to this session, and that nothing was allowed or taken back since.
func (b *browser) asked(c *httpapi.Call, a *arrival, question string) bool {
	parts, err := b.keys.Open(token.Agreement, question, 4)
	if err != nil || parts[0] != oidc.SID(a.visit.Session.Digest) || parts[1] != oidc.Digest(withoutOurs(a.query)) || parts[2] != strconv.Itoa(a.visit.App.Version) {
		return false
	}
	at, err := strconv.ParseInt(parts[3], 10, 64)
	return err == nil && c.Now.Sub(time.Unix(at, 0)) <= questionLife
}

// allow notes what the holder allows the client from now on. It returns oidc.ErrAppChanged.
func (b *browser) allow(ctx context.Context, c *httpapi.Call, a *arrival) error {
	v := &a.visit
	app := v.App
	app.Client = v.Client.ID
	for _, scope := range oidc.Scopes() {
		if slices.Contains(v.Scopes, scope) && !slices.Contains(app.Scopes, scope) {
			app.Scopes = append(app.Scopes, scope)
		}
	}
	agreed := account.Consent{
		Document: "app", Version: v.Client.Name + " (" + string(v.Client.ID) + "): " + strings.Join(v.Scopes, " "), Locale: languageOf(c, v.Locales), AcceptedAt: c.Now, IP: c.IP, UserAgent: c.UserAgent,
	}
	now, err := b.store.AllowApp(ctx, v.Profile.ID, app, agreed, c.Seen("app_allowed"))
	if err == nil {
		v.App = now
	}
	return err
}
