package web

import (
	"fmt"
	"html/template"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// page is one page: pages/<Name>.html, shown at Path, brought to life by static/js/<Script>.js.
type page struct {
	Path, Name string
	Layout     string   // split: the way to an account; app: with the name menu; settings: app, with the side navigation; desk: app, wide; plain
	Step       int      // of the journey, from 1; 0 where there is none
	Script     string   // "" for a page without any of its own
	Words      []string // prefixes of the messages that the scripts show
	Nav        string   // the entry of the side navigation
}

// steps of the journey, as the rail shows them.
var steps = []string{"signup", "verify", "details", "kyc"}

// pages are all there are. A page without a leading slash has no address of its own.
var pages = []page{
	{Path: "/", Name: "home", Layout: "app", Script: "home", Words: words("home.js.", "kycStatus.")},
	{Path: "/signup", Name: "signup", Layout: "split", Step: 1, Script: "entry/signup", Words: words("captcha.", "email.js.", "password.", "signup.js.")},
	{Path: "/check-inbox", Name: "inbox", Layout: "split", Step: 2, Script: "entry/inbox", Words: words("email.js.", "inbox.js.")},
	{Path: "/verify", Name: "verify", Layout: "split", Step: 2, Script: "entry/verify", Words: words("email.js.", "password.", "verify.js.")},
	{Path: "/login", Name: "login", Layout: "split", Script: "entry/login", Words: words("captcha.", "email.js.", "inbox.js.", "password.", "login.js.")},
	{Path: "/login/code", Name: "login-code", Layout: "split"},
	{Path: "/forgot-password", Name: "forgot", Layout: "split", Script: "entry/forgot", Words: words("captcha.", "email.js.", "forgot.js.")},
	{Path: "/reset-password", Name: "reset", Layout: "split", Script: "entry/reset", Words: words("password.", "reset.js.")},
	{Path: "/account-details", Name: "details", Layout: "app", Step: 3, Script: "settings/details", Words: words("details.js.", "phone.js.", "sector.")},
	{Path: "/settings", Name: "profile", Layout: "settings", Nav: "profile", Script: "settings/details", Words: words("details.js.", "phone.js.", "sector.")},
	{Path: "/settings/kyc", Name: "kyc", Layout: "settings", Nav: "kyc", Script: "kyc/kyc", Words: append(kycWords(), "kyc.next.")},
	{Path: "/settings/kyc/edit", Name: "kyc-edit", Layout: "settings", Nav: "kyc", Script: "kyc/edit", Words: append(kycWords(), "kyc.choose", "sample.", "upload.")},
	{Path: "/settings/password", Name: "password", Layout: "settings", Nav: "password", Script: "settings/change-password", Words: words("password.")},
	{Path: "/settings/sessions", Name: "sessions", Layout: "settings", Nav: "sessions", Script: "settings/sessions", Words: words("sessions.js.")},
	{Path: "/account", Name: "account", Layout: "settings", Nav: "account", Script: "owner/owner", Words: words("account.js.", "email.js.")},
	{Path: "/confirm-email", Name: "confirm-email", Layout: "split", Script: "links/confirm-email", Words: words("verify.js.link")},
	{Path: "/undo-email", Name: "undo-email", Layout: "split", Script: "links/undo-email", Words: words("verify.js.link")},
	{Path: "/not-me", Name: "not-me", Layout: "split", Script: "links/not-me", Words: words("verify.js.link")},
	{Path: "/terms-accept", Name: "terms-accept", Layout: "split", Script: "entry/terms-accept", Words: words("terms-accept.js.")},
	{Path: "/reopen", Name: "reopen", Layout: "split", Script: "entry/reopen", Words: words("reopen.js.")},
	{Path: "/security", Name: "security", Layout: "settings", Nav: "security", Script: "settings/security", Words: words("security.js.")},
	{Path: "/security/stop", Name: "stop", Layout: "split", Script: "links/stop", Words: words("stop.js.")},
	{Path: "/papers", Name: "signatory", Layout: "plain", Script: "kyc/signatory", Words: append(kycWords(), "signatory.js.", "upload.")},
	{Path: "/review", Name: "review", Layout: "desk", Script: "desk/desk", Words: deskWords()},
	{Path: "/review/case", Name: "review-case", Layout: "desk", Script: "desk/case", Words: deskWords()},
	{Path: "/terms", Name: "terms", Layout: "plain"},
	{Path: "/privacy", Name: "privacy", Layout: "plain"},
	{Path: "/kyc-notice", Name: "kyc-notice", Layout: "plain"},
	{Path: "404", Name: "404", Layout: "plain"},
	{Path: "500", Name: "500", Layout: "plain"},         // shown by the service worker
	{Path: "offline", Name: "offline", Layout: "plain"}, // shown by the service worker
}

// Said are the texts that a form without scripts may lead to.
func (v view) Said() []string {
	if v.Name == "login-code" {
		return []string{"wrong-code", "wait", "unavailable"}
	}
	return []string{"wrong", "unverified", "wait", "scripts", "disabled", "again", "foreign", "unavailable"}
}

func words(prefixes ...string) []string {
	return append([]string{"js.", "error.", "limit"}, prefixes...)
}

func kycWords() []string {
	return words("kyc.js.", "kycStatus.", "state.", "document.", "field.", "fieldHelp.", "requirement.", "requirementHelp.", "entityType.", "choice.", "check.", "warning.", "reason.")
}

func deskWords() []string {
	return words("404.heading", "desk.", "check.", "kycStatus.", "document.", "field.", "requirement.", "entityType.", "password.")
}

var importOf = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^(?:import|export) .*?from "(\.[./a-z-]+)\.js";$`)
})

// imports lists a module and all that it imports, so that the page asks for them at once and not one after the other.
func imports(script string) ([]string, error) {
	all := []string{"shell"}
	if script != "" {
		all = []string{script, "shell"}
	}
	for i := 0; i < len(all); i++ {
		text, err := sources.ReadFile("static/js/" + all[i] + ".js")
		if err != nil {
			return nil, err
		}
		for _, m := range importOf().FindAllStringSubmatch(string(text), -1) {
			if module := path.Join(path.Dir(all[i]), m[1]); !slices.Contains(all, module) {
				all = append(all, module)
			}
		}
	}
	return all, nil
}

// icon is a drawing of partials/icons: the paths of a 24 by 24 picture.
func icon(name string, classes ...string) (template.HTML, error) {
	paths, ok := icons()[name]
	if !ok {
		return "", fmt.Errorf("there is no icon %q", name)
	}
	class := strings.Join(append([]string{"icon"}, classes...), " ")
	return template.HTML(`<svg class="` + class + `" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + paths + `</svg>`), nil
}

// icons are the symbols of partials/icons.svg.
var icons = sync.OnceValue(func() map[string]string {
	text, err := sources.ReadFile(path.Join("partials", "icons.svg"))
	if err != nil {
		panic(err) // it is embedded
	}
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`<symbol id="([a-z]+)">(.*?)</symbol>`).FindAllStringSubmatch(string(text), -1) {
		out[m[1]] = m[2]
	}
	return out
})
