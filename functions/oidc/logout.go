package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/oidc"
	"phonon.in/central/shared/token"
)

// farewell is a request to log out (OpenID Connect RP-Initiated Logout 1.0), with what is known of it.
type farewell struct {
	query  url.Values
	hint   oidc.Hint // zero where there is none that we have signed
	visit  oidc.Visit
	back   string // where to go afterwards, with state; "" for a page of ours
	isSure bool   // the hint is of this very session: nobody has to be asked
}

// logout ends the session of the browser at once where the client shows an ID token of it, and asks otherwise.
func (b *browser) logout(ctx context.Context, c *httpapi.Call, query, _ url.Values) (httpapi.Reply, error) {
	f, reply, done := b.farewell(ctx, c, query)
	switch {
	case done:
		return reply, nil
	case f.visit.Session.Digest == "": // nobody is logged in
		return b.left(c, f), nil
	case f.isSure:
		return b.end(ctx, c, f), nil
	}
	return b.askToLeave(c, f), nil
}

// logoutPosted takes a request by POST. Another site's comes without the session's cookie, so the browser has to come again.
func (b *browser) logoutPosted(_ context.Context, c *httpapi.Call, _, form url.Values) (httpapi.Reply, error) {
	if len(form.Encode()) > 2*oidc.MaxRequest {
		return b.refused(c, "too_long"), nil
	}
	return httpapi.RedirectTo("/oauth2/logout?" + form.Encode()), nil
}

// logoutConfirmed takes the answer to the question of ours.
func (b *browser) logoutConfirmed(ctx context.Context, c *httpapi.Call, _, form url.Values) (httpapi.Reply, error) {
	query, err := url.ParseQuery(form.Get("request"))
	if err != nil || !c.OwnForm() {
		return b.refused(c, "form"), nil
	}
	f, reply, done := b.farewell(ctx, c, query)
	switch {
	case done:
		return reply, nil
	case f.visit.Session.Digest == "":
		return b.left(c, f), nil
	case !b.askedToLeave(c, f, form.Get("question")):
		return b.askToLeave(c, f), nil
	case form.Get("answer") != "leave":
		return httpapi.RedirectTo("/"), nil
	}
	return b.end(ctx, c, f), nil
}

// farewell reads a request. An address to go to that is not registered is never gone to, and ends nothing.
func (b *browser) farewell(ctx context.Context, c *httpapi.Call, query url.Values) (f farewell, reply httpapi.Reply, done bool) {
	f.query = query
	for _, values := range query {
		if len(values) > 1 {
			return f, b.refused(c, "logout"), true
		}
	}
	client := oidc.ClientID(query.Get("client_id"))
	if hint, err := b.hint(query.Get("id_token_hint"), c.Now); err == nil {
		if client != "" && client != hint.Client {
			return f, b.refused(c, "logout"), true
		}
		f.hint, client = hint, hint.Client
	}
	id, digest, _ := c.CurrentSession()
	if client != "" || id != "" {
		found, err := b.store.Authorization(ctx, id, digest, client)
		if err != nil {
			return f, b.failed(c, err), true
		}
		f.visit.Authorization = found
	}
	if v := &f.visit; v.Session.Digest == "" || !v.Session.Open(v.Profile, c.Now) {
		v.Session.Digest = ""
	}
	if to := query.Get("post_logout_redirect_uri"); to != "" {
		if !f.visit.Client.RedirectsAfterLogout(to) {
			return f, b.refused(c, "logout"), true
		}
		f.back = to
		if state := query.Get("state"); state != "" {
			f.back = oidc.Answer(to, url.Values{"state": {state}})
		}
	}
	f.isSure = b.isOf(f)
	return f, httpapi.Reply{}, false
}

// isOf reports that the hint is an ID token of the session of this browser. Where the client gets no sid, the account has to do.
func (b *browser) isOf(f farewell) bool {
	return f.hint.Client != "" && f.hint.Subject == oidc.Subject(f.visit.Client, f.visit.Profile.ID) &&
		(f.hint.SID == "" || f.hint.SID == oidc.SID(f.visit.Session.Digest))
}

// end ends the session, and tells the clients that were logged in by it. Where the session could not be ended, nothing is said to have been.
func (b *browser) end(ctx context.Context, c *httpapi.Call, f farewell) httpapi.Reply {
	c.Session, c.Profile = f.visit.Session, f.visit.Profile
	if err := b.over(ctx, c); err != nil {
		return b.failed(c, err)
	}
	return b.left(c, f)
}

// logoutHere is the log-out of Central's own pages, and of programs. It is here so that the products hear of it at once.
func (b *browser) logoutHere(ctx context.Context, c *httpapi.Call, _ httpapi.None) (httpapi.None, error) {
	return httpapi.None{}, b.over(ctx, c)
}

// over ends the session of the call, and has the browser forget it and what tabs keep; the cookies of the language and of the device stay.
func (b *browser) over(ctx context.Context, c *httpapi.Call) error {
	told, err := b.store.EndSession(ctx, c.Profile.ID, c.Session.Digest, c.Now)
	if err != nil {
		return err
	}
	c.SetCookie(httpapi.SessionCookie, "", -1)
	c.SetHeader("Clear-Site-Data", `"storage"`)
	tell(ctx, b.outbox, told)
	return nil
}

// tell delivers side by side, so that one client that does not answer keeps no other from hearing of it.
func tell(ctx context.Context, to deliverer, messages []message.Message) {
	var work sync.WaitGroup
	for _, m := range messages {
		work.Go(func() { to.Now(ctx, m) })
	}
	work.Wait()
}

// left leads on once nobody is logged in any more.
func (b *browser) left(c *httpapi.Call, f farewell) httpapi.Reply {
	if f.back != "" {
		return httpapi.RedirectTo(f.back)
	}
	p := &page{language: b.languageOf(c, f), status: http.StatusOK, name: "left"}
	p.add(`<p class="lede">`, p.word("left.lede"), `</p>`)
	p.link("/login", p.word("left.login"))
	return p.reply()
}

func (b *browser) languageOf(c *httpapi.Call, f farewell) string {
	return languageOf(c, []string{f.query.Get("ui_locales")})
}

// askToLeave asks whether it is the holder who wants to log out.
func (b *browser) askToLeave(c *httpapi.Call, f farewell) httpapi.Reply {
	p := &page{language: b.languageOf(c, f), status: http.StatusOK, name: "leave", leadsTo: f.back}
	p.add(`<p class="lede">`, p.word("leave.lede", "email", f.visit.Profile.Email.String()), `</p>`)
	question := b.keys.Issue(token.Agreement, oidc.SID(f.visit.Session.Digest), oidc.Digest(f.query), "leave", strconv.FormatInt(c.Now.Unix(), 10))
	p.form("/oauth2/logout/confirm", url.Values{"request": {f.query.Encode()}, "question": {question.Reveal()}},
		[3]string{"answer", "leave", p.word("leave.yes")}, [3]string{"answer", "stay", p.word("leave.no")})
	return p.reply()
}

// askedToLeave reports that we asked this very session about this very request.
func (b *browser) askedToLeave(c *httpapi.Call, f farewell, question string) bool {
	parts, err := b.keys.Open(token.Agreement, question, 4)
	if err != nil || parts[0] != oidc.SID(f.visit.Session.Digest) || parts[1] != oidc.Digest(f.query) || parts[2] != "leave" {
		return false
	}
	at, err := strconv.ParseInt(parts[3], 10, 64)
	return err == nil && c.Now.Sub(time.Unix(at, 0)) <= questionLife
}
