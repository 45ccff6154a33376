package email

import (
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"phonon.in/central/shared/message"
	"phonon.in/central/shared/workday"
)

// The look is two HTML files, the words are one JSON file per language: a new language is a new file. html/template stays out,
// because it looks methods up by name, and then the linker keeps every method of the AWS SDK: signup grew from 10.0 to 16.2 MiB.
//
//go:embed templates
var files embed.FS

// fallback is the language of people whose own has no file.
const fallback = "en"

// font has no double quotes, because it stands in attributes.
const font = "'Helvetica Neue',Helvetica,Arial,'Noto Sans','Noto Sans Devanagari','Nirmala UI',sans-serif"

type templates struct {
	page, paragraph string
	languages       map[string]language
}

type language struct {
	Layout struct {
		Copy, Footer, Hours, Minutes string
		Day                          string   // how {weekday}, {n}, {month} and {year} make a day
		Weekdays, Months             []string // from Sunday, from January
	}
	Mails map[message.Kind]words
}

// words are one mail. In its paragraphs {life} stands for how long the link works, {reference} for the case that it is about, and {day} and
// {time} for its date in Indian time, {until} for the day until which something is kept, {device} and {network} for where
// somebody logged in from. A paragraph with a place that this mail has nothing for is left out.
type words struct {
	Subject, Preview, Title, Button string
	Before, After                   []string // paragraphs before and after the button
}

var load = sync.OnceValues(func() (t templates, err error) {
	t.languages = map[string]language{}
	entries, err := files.ReadDir("templates")
	for _, entry := range entries {
		text, err := files.ReadFile("templates/" + entry.Name())
		if err != nil {
			return t, err
		}
		switch name := strings.TrimSuffix(entry.Name(), path.Ext(entry.Name())); name {
		case "page":
			t.page = string(text)
		case "paragraph":
			t.paragraph = string(text)
		default:
			var l language
			if err := json.Unmarshal(text, &l); err != nil {
				return t, fmt.Errorf("email: %s: %w", entry.Name(), err)
			}
			t.languages[name] = l
		}
	}
	return t, err
})

// rendered is a mail as it goes out.
type rendered struct{ subject, text, html string }

func render(m message.Mail) (rendered, error) {
	t, err := load()
	if err != nil {
		return rendered{}, err
	}
	name := m.Locale
	if _, known := t.languages[name]; !known {
		name = fallback
	}
	l := t.languages[name]
	kind := m.Kind
	if kind == message.Decoy {
		kind = message.ResetPassword // the decoy takes exactly the work of the mail that it stands for
	}
	w, known := l.Mails[kind]
	if !known {
		return rendered{}, fmt.Errorf("email: no words for %q in %q", kind, name)
	}
	values := map[string]string{"{life}": l.span(m.Life), "{reference}": m.Reference, "{day}": l.day(m.Date), "{time}": clock(m.Date), "{until}": l.day(m.Until), "{device}": m.Device, "{network}": m.Network}
	w.Before, w.After = said(w.Before, values), said(w.After, values)
	link := m.Link.Reveal()
	page, err := t.html(name, l, w, link)
	return rendered{subject: w.Subject, text: plain(l, w, link), html: page}, err
}

// span says a time: whole hours where there are two or more, or minutes. A mail is on its way for a while, so five minutes
// do not count.
func (l language) span(d time.Duration) string {
	if hours := int((d + 5*time.Minute) / time.Hour); hours >= 2 {
		return strings.ReplaceAll(l.Layout.Hours, "{n}", strconv.Itoa(hours))
	}
	minutes := int((d + time.Minute - 1) / time.Minute)
	return strings.ReplaceAll(l.Layout.Minutes, "{n}", strconv.Itoa(minutes))
}

// day says a date as it is in India.
func (l language) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(workday.India)
	return strings.NewReplacer(
		"{weekday}", l.Layout.Weekdays[t.Weekday()], "{n}", strconv.Itoa(t.Day()), "{month}", l.Layout.Months[t.Month()-1], "{year}", strconv.Itoa(t.Year()),
	).Replace(l.Layout.Day)
}

func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(workday.India).Format("15:04")
}

// said is the paragraphs with their places filled, without those that have nothing to say.
func said(paragraphs []string, values map[string]string) []string {
	filled := []string{} // the paragraphs are shared by all mails of the kind
	for _, p := range paragraphs {
		complete := true
		for place, value := range values {
			complete = complete && (value != "" || !strings.Contains(p, place))
			p = strings.ReplaceAll(p, place, value)
		}
		if complete {
			filled = append(filled, p)
		}
	}
	return filled
}

func plain(l language, w words, link string) string {
	parts := append([]string{w.Title}, w.Before...)
	parts = append(parts, w.Button+":\n"+link)
	parts = append(parts, w.After...)
	return strings.Join(append(parts, "-- \n"+l.Layout.Footer), "\n\n") + "\n"
}

func (t templates) html(name string, l language, w words, link string) (string, error) {
	before, err := t.paragraphs(w.Before)
	if err != nil {
		return "", err
	}
	after, err := t.paragraphs(w.After)
	if err != nil {
		return "", err
	}
	esc := html.EscapeString
	return fill(t.page, map[string]string{
		"lang": name, "font": font, "subject": esc(w.Subject), "preview": esc(w.Preview), "title": esc(w.Title),
		"before": before, "link": esc(link), "button": esc(w.Button), "copy": esc(l.Layout.Copy), "after": after, "footer": esc(l.Layout.Footer),
	})
}

func (t templates) paragraphs(list []string) (string, error) {
	var b strings.Builder
	for _, text := range list {
		p, err := fill(t.paragraph, map[string]string{"font": font, "text": html.EscapeString(text)})
		if err != nil {
			return "", err
		}
		b.WriteString(p)
	}
	return b.String(), nil
}

// fill puts ready HTML into the places {name} of a template, each name in lower-case letters. It looks at the template once, so
// a value with braces stays as it is. A place without a value is an error; braces around anything else are CSS.
func fill(template string, values map[string]string) (string, error) {
	var b strings.Builder
	for {
		start := strings.IndexByte(template, '{')
		if start < 0 {
			b.WriteString(template)
			return b.String(), nil
		}
		b.WriteString(template[:start])
		template = template[start:]
		length := strings.IndexFunc(template[1:], func(r rune) bool { return r < 'a' || r > 'z' })
		if length < 1 || template[1+length] != '}' {
			b.WriteByte('{')
			template = template[1:]
			continue
		}
		value, known := values[template[1:1+length]]
		if !known {
			return "", fmt.Errorf("email: the template has no value for %s", template[:2+length])
		}
		b.WriteString(value)
		template = template[2+length:]
	}
}
