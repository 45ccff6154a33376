package email

import (
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"sync"
	"time"

	"phonon.in/central/shared/message"
)

// One file per language: adding a language is adding a file. The layout is code, so that every mail looks the same, and html/template
// stays out of the binary: its reflection would keep the linker from dropping most of the AWS SDK.
//
//go:embed words/*.json
var files embed.FS

type language struct {
	Layout struct{ Dir, Copy, Footer string } `json:"layout"`
	Mails  map[message.Kind]words             `json:"mails"`
}

// words are one mail. {life} stands for how long the link works.
type words struct {
	Subject, Preview, Title, Button string
	Before, After                   []string
}

// fallback is the language of people whose own has no file.
const fallback = "en"

var languages = sync.OnceValues(func() (map[string]language, error) {
	entries, err := files.ReadDir("words")
	if err != nil {
		return nil, err
	}
	all := map[string]language{}
	for _, entry := range entries {
		text, err := files.ReadFile("words/" + entry.Name())
		if err != nil {
			return nil, err
		}
		var l language
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, fmt.Errorf("email: %s: %w", entry.Name(), err)
		}
		all[strings.TrimSuffix(entry.Name(), ".json")] = l
	}
	return all, nil
})

// rendered is a mail as it goes out.
type rendered struct{ subject, text, html string }

func render(m message.Mail) (rendered, error) {
	all, err := languages()
	if err != nil {
		return rendered{}, err
	}
	name := m.Locale
	l, known := all[name]
	if !known {
		name, l = fallback, all[fallback]
	}
	kind := m.Kind
	if kind == message.Decoy {
		kind = message.ResetPassword // the decoy takes exactly the work of the mail that it stands for
	}
	w, known := l.Mails[kind]
	if !known {
		return rendered{}, fmt.Errorf("email: no words for %q in %q", kind, name)
	}
	life := lifeIn(name, m.Life)
	after := make([]string, len(w.After)) // w is shared by all mails of its kind
	for i, p := range w.After {
		after[i] = strings.ReplaceAll(p, "{life}", life)
	}
	w.After = after
	return rendered{subject: w.Subject, text: plain(l, w, m.Link.Reveal()), html: page(name, l, w, m.Link.Reveal())}, nil
}

func lifeIn(language string, life time.Duration) string {
	hours, minutes := int(life.Hours()), int(life.Minutes())
	switch {
	case language == "hi" && hours >= 1:
		return fmt.Sprintf("%d घंटे", hours)
	case language == "hi":
		return fmt.Sprintf("%d मिनट", minutes)
	case hours >= 1:
		return fmt.Sprintf("%d hours", hours)
	}
	return fmt.Sprintf("%d minutes", minutes)
}

func plain(l language, w words, link string) string {
	parts := append([]string{w.Title}, w.Before...)
	parts = append(parts, w.Button+":\n"+link)
	parts = append(parts, w.After...)
	return strings.Join(append(parts, "--\n"+l.Layout.Footer), "\n\n") + "\n"
}

const (
	pageHead = `<!doctype html>
<html lang="%s" dir="%s">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s</title>
</head>
<body style="margin:0;padding:0;background:#f6f3ec">
<div style="display:none;max-height:0;overflow:hidden">%s</div>
<table role="presentation" width="100%%" cellpadding="0" cellspacing="0" border="0" style="background:#f6f3ec">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background:#ffffff;border-radius:12px">
<tr><td style="padding:28px 28px 0;font:700 18px/24px Arial,Helvetica,sans-serif;color:#14532d">Central</td></tr>
<tr><td style="padding:16px 28px 0;font:700 24px/31px Arial,Helvetica,sans-serif;color:#1c1917">%s</td></tr>
`
	pageParagraph = `<tr><td style="padding:14px 28px 0;font:16px/25px Arial,Helvetica,sans-serif;color:#292524">%s</td></tr>
`
	pageButton = `<tr><td style="padding:22px 28px 0"><table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td style="border-radius:8px;background:#14532d">
<a href="%[1]s" style="display:inline-block;padding:14px 26px;font:700 16px/20px Arial,Helvetica,sans-serif;color:#ffffff;text-decoration:none">%[2]s</a>
</td></tr></table></td></tr>
<tr><td style="padding:18px 28px 0;font:14px/21px Arial,Helvetica,sans-serif;color:#57534e">%[3]s<br><a href="%[1]s" style="color:#14532d;word-break:break-all">%[1]s</a></td></tr>
`
	pageFoot = `<tr><td style="padding:24px 28px 28px;font:13px/20px Arial,Helvetica,sans-serif;color:#57534e">%s</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
)

func page(name string, l language, w words, link string) string {
	var b strings.Builder
	esc := html.EscapeString
	fmt.Fprintf(&b, pageHead, name, l.Layout.Dir, esc(w.Subject), esc(w.Preview), esc(w.Title))
	for _, p := range w.Before {
		fmt.Fprintf(&b, pageParagraph, esc(p))
	}
	fmt.Fprintf(&b, pageButton, esc(link), esc(w.Button), esc(l.Layout.Copy))
	for _, p := range w.After {
		fmt.Fprintf(&b, pageParagraph, esc(p))
	}
	fmt.Fprintf(&b, pageFoot, esc(l.Layout.Footer))
	return b.String()
}
