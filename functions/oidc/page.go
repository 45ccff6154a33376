package main

import (
	"embed"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/oidc"
)

const languageCookie = "__Host-language"

//go:embed texts/*.json
var files embed.FS

// languages are those that the pages speak; the first is spoken to whoever asks for none of them.
var languages = []string{"en", "hi"}

// texts are by language, then by key. Most routes show no page.
var texts = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, tag := range languages {
		text, err := files.ReadFile("texts/" + tag + ".json")
		if err != nil {
			panic(err) // it is embedded
		}
		words := map[string]string{}
		if err := json.Unmarshal(text, &words); err != nil {
			panic(err)
		}
		all[tag] = words
	}
	return all
})

// spoken is the first of the tags that the pages speak.
func spoken(tags []string) (string, bool) {
	for _, tag := range tags {
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if slices.Contains(languages, base) {
			return base, true
		}
	}
	return languages[0], false
}

// languageOf is the person's choice, or else what the client asks for, or else the browser, or else English.
func languageOf(c *httpapi.Call, wished []string) string {
	var accepted []string
	for _, entry := range strings.Split(c.Header("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(entry, ";")
		accepted = append(accepted, strings.TrimSpace(tag))
	}
	tag, _ := spoken(append(append([]string{c.Cookie(languageCookie)}, wished...), accepted...))
	return tag
}

// page is a page without a script: what people see of the protocol. Its parts are HTML; words and marked make them of texts.
type page struct {
	language string
	status   int
	name     string // of its texts: <name>.title, and what else it shows
	parts    []string
	leadsTo  string // where a form of it may lead on beside ourselves: a redirect URI, or ""
}

// word is a text with its places, {name}, filled in. What is filled in is anybody's, and so escaped.
func (p *page) word(key string, namesAndValues ...string) string {
	text := html.EscapeString(texts()[p.language][key])
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		text = strings.ReplaceAll(text, "{"+namesAndValues[i]+"}", html.EscapeString(namesAndValues[i+1]))
	}
	return text
}

func (p *page) add(parts ...string) { p.parts = append(p.parts, parts...) }

// form is one that posts hidden values to a path of ours by the buttons: name, value and text of each, the first one the likely one.
func (p *page) form(path string, hidden url.Values, buttons ...[3]string) {
	p.add(`<form class="form" data-ready method="post" action="`, path, `">`)
	for _, name := range slices.Sorted(keysOf(hidden)) {
		p.add(`<input type="hidden" name="`, name, `" value="`, html.EscapeString(hidden.Get(name)), `">`)
	}
	class := "primary"
	for _, b := range buttons {
		p.add(`<button class="btn btn--`, class, ` btn--block" type="submit" name="`, b[0], `" value="`, b[1], `">`, b[2], `</button>`)
		class = "secondary"
	}
	p.add(`</form>`)
}

func keysOf(v url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range v {
			if !yield(name) {
				return
			}
		}
	}
}

// link leads somewhere by a press. The address is one of ours, or one that an operator has registered.
func (p *page) link(address, text string) {
	p.add(`<p class="actions"><a class="btn btn--primary" href="`, html.EscapeString(address), `">`, text, `</a></p>`)
}

// reply is the page as an answer. Nothing runs in it and nobody frames it; its forms say where they come from, so that other sites' are told apart.
func (p *page) reply() httpapi.Reply {
	title := p.word(p.name + ".title")
	text := `<!DOCTYPE html><html lang="` + p.language + `"><head><meta charset="utf-8">` +
		`<meta name="viewport" content="width=device-width, initial-scale=1"><title>` + title + ` – Central</title><meta name="color-scheme" content="light dark">` +
		`<link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="/_/oidc/app.css"></head><body data-page="` + p.name + `">` +
		`<header class="topbar"><a class="brand" href="/">Central</a></header><div class="page"><main class="split__form" id="main"><h1>` + title + `</h1>` +
		strings.Join(p.parts, "") + `</main></div></body></html>`
	policy := "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
	if source := sourceOf(p.leadsTo); source != "" {
		policy += " " + source
	}
	return httpapi.Reply{Status: p.status, Body: []byte(text), Header: http.Header{
		"Content-Type": {"text/html; charset=utf-8"}, "Content-Language": {p.language}, "Content-Security-Policy": {policy}, "Referrer-Policy": {"same-origin"},
	}}
}

// sourceOf is the source of a Content Security Policy for an address: browsers hold what follows a form to it, too.
func sourceOf(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme == "":
		return ""
	case u.Host == "":
		return u.Scheme + ":"
	}
	return u.Scheme + "://" + u.Host
}

// refused says on a page why a request leads nowhere.
func (b *browser) refused(c *httpapi.Call, why string) httpapi.Reply {
	p := &page{language: languageOf(c, nil), status: http.StatusBadRequest, name: "refused"}
	p.add(`<p class="lede">`, p.word("refused."+why), `</p>`)
	return p.reply()
}

// failed says on a page that something of ours does not answer, or that there were too many requests.
func (b *browser) failed(c *httpapi.Call, err error) httpapi.Reply {
	if e, is := errors.AsType[*oidc.Error](err); is && e.Code == oidc.InvalidRequest {
		return b.refused(c, "client")
	}
	f := c.Refused(err)
	p := &page{language: languageOf(c, nil), status: http.StatusInternalServerError, name: "failed"}
	why := "internal"
	switch f.Kind {
	case fault.TooMany:
		p.status, why = http.StatusTooManyRequests, "limit"
	case fault.Unavailable:
		p.status, why = http.StatusServiceUnavailable, "unavailable"
	}
	p.add(`<p class="lede">`, p.word("failed."+why), `</p>`)
	reply := p.reply()
	if p.status != http.StatusInternalServerError {
		reply.Header.Set("Retry-After", strconv.Itoa(max(1, int(f.RetryAfter.Seconds()+0.999))))
	}
	return reply
}

// expired leads back to where a log-in begins at the client, whose request is of no use any more.
func (b *browser) expired(c *httpapi.Call, client oidc.Client) httpapi.Reply {
	p := &page{language: languageOf(c, nil), status: http.StatusBadRequest, name: "expired"}
	p.add(`<p class="lede">`, p.word("expired.lede", "client", client.Name), `</p>`)
	if client.InitiateLoginURI != "" {
		p.link(client.InitiateLoginURI, p.word("expired.again", "client", client.Name))
	}
	return p.reply()
}
