package web

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Source is the language that has every message; others fall back to it, message by message.
const Source = "en"

// Language is one that the pages speak.
type Language struct{ Tag, Name string }

// catalogue has the messages of one language.
type catalogue struct {
	Language
	own, source map[string]string
	support     string // what {support} stands for in every message
}

// readCatalogues reads messages/<tag>.json: one flat object for each language.
// Support is the address that people write to, or "".
func readCatalogues(support string) (all []catalogue, err error) {
	files, err := fs.ReadDir(sources, "messages")
	if err != nil {
		return nil, err
	}
	read := map[string]map[string]string{}
	for _, f := range files {
		text, err := fs.ReadFile(sources, path.Join("messages", f.Name()))
		if err != nil {
			return nil, err
		}
		messages := map[string]string{}
		if err := json.Unmarshal(text, &messages); err != nil {
			return nil, fmt.Errorf("web: messages/%s: %w", f.Name(), err)
		}
		read[strings.TrimSuffix(f.Name(), ".json")] = messages
	}
	for tag, own := range read {
		c := catalogue{Language{tag, own["language.name"]}, own, read[Source], support}
		if support == "" {
			if c.support, err = c.text("support.nobody"); err != nil {
				return nil, err
			}
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b catalogue) int { return strings.Compare(a.Tag, b.Tag) })
	return all, nil
}

// text is a message, with {name} replaced by the value after the name. A key that not even the source has is an error: the pages
// are made when the function starts, so no test run and no deployment survives it.
func (c catalogue) text(key string, namesAndValues ...string) (string, error) {
	s, ok := c.own[key]
	if !ok {
		s, ok = c.source[key]
	}
	if !ok {
		return "", fmt.Errorf("web: there is no message %q", key)
	}
	s = strings.ReplaceAll(s, "{support}", c.support)
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		s = strings.ReplaceAll(s, "{"+namesAndValues[i]+"}", namesAndValues[i+1])
	}
	return s, nil
}

// linked is a message whose [parts in brackets] become links to hrefs, in their order.
func (c catalogue) linked(key string, hrefs ...string) (template.HTML, error) {
	return c.withLinks(key, `<a href="%s">%s</a>`, hrefs)
}

// linkedTab is linked with links that open in a tab of their own, beside a form that is being filled in.
func (c catalogue) linkedTab(key string, hrefs ...string) (template.HTML, error) {
	newTab, err := c.text("site.newTab")
	if err != nil {
		return "", err
	}
	return c.withLinks(key, `<a href="%s" target="_blank" rel="noopener">%s<span class="vh"> `+html.EscapeString(newTab)+`</span></a>`, hrefs)
}

// withLinks writes each link by a format that takes its address and its label.
func (c catalogue) withLinks(key, format string, hrefs []string) (template.HTML, error) {
	s, err := c.text(key)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, href := range hrefs {
		before, rest, ok := strings.Cut(s, "[")
		label, after, closed := strings.Cut(rest, "]")
		if !ok || !closed {
			return "", fmt.Errorf("web: message %q of %s has fewer links than the page", key, c.Tag)
		}
		b.WriteString(html.EscapeString(before))
		fmt.Fprintf(&b, format, html.EscapeString(href), html.EscapeString(label))
		s = after
	}
	b.WriteString(html.EscapeString(s))
	return template.HTML(b.String()), nil
}

// chosen has the messages that begin with one of the prefixes, for the page's scripts. A prefix without a message is an error,
// but for errors and the names of data: English is what the API itself says.
func (c catalogue) chosen(prefixes []string) (map[string]string, error) {
	out := map[string]string{}
	for _, prefix := range prefixes {
		found := false
		for _, messages := range []map[string]string{c.source, c.own} {
			for key, text := range messages {
				if strings.HasPrefix(key, prefix) {
					out[key], found = strings.ReplaceAll(text, "{support}", c.support), true
				}
			}
		}
		if !found && !fromAPI(prefix) {
			return nil, fmt.Errorf("web: no message begins with %q", prefix)
		}
	}
	return out, nil
}

// fromAPI reports whether the API itself says these in English, so that only other languages have them here.
func fromAPI(key string) bool {
	for _, prefix := range []string{"error.", "limit", "sector.", "document.", "field.", "fieldHelp.", "requirement.", "requirementHelp.", "entityType.", "choice.", "check.", "warning.", "reason."} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
