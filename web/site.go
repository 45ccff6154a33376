package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

// File is one answer: a page in one language, or a static file.
type File struct {
	Type string // Content-Type
	Body []byte
	Gzip []byte // nil where it would not be smaller
	ETag string // with its quotes
}

// Site has every page and every static file. Each is made, and packed, when somebody first asks for it, and kept.
type Site struct {
	// Base is the path before the static files, "/_/<hash of all that the site is made of>/": what lies below it never changes.
	Base      string
	Languages []Language
	pages     map[string]map[string]func() File // by path or name, then by language
	static    map[string]func() File            // by path below Base
}

// Page is the page of a path, such as "/signup", or of a name, such as "404".
func (s *Site) Page(path, language string) (File, bool) {
	made, there := s.pages[path][language]
	if !there {
		return File{}, false
	}
	return made(), true
}

// Static is a file by its path below Base. Pages without an address of their own are among them, in each language: "500.en.html".
func (s *Site) Static(name string) (File, bool) {
	if page, isPage := strings.CutSuffix(name, ".html"); isPage {
		page, language, _ := strings.Cut(page, ".")
		return s.Page(page, language)
	}
	made, there := s.static[name]
	if !there {
		return File{}, false
	}
	return made(), true
}

// Build reads the site. termsVersion is the version that a sign-up accepts, noticeVersion that of the KYC notice; the texts are web/legal/<name>.<language>.html. support is the
// address that people write to; empty where the operator names none. grievance is who hears complaints, as "Name <address>", or empty.
// calls says whether anybody makes calls: without, no page offers one.
func Build(termsVersion, noticeVersion, support, grievance string, calls bool) (*Site, error) {
	s := &Site{pages: map[string]map[string]func() File{}, static: map[string]func() File{}}
	if err := s.read(fmt.Sprint(termsVersion, "\x00", support, "\x00", grievance, "\x00", calls)); err != nil {
		return nil, err
	}
	languages, err := readCatalogues(support)
	if err != nil {
		return nil, err
	}
	for _, c := range languages {
		s.Languages = append(s.Languages, c.Language)
	}
	products, err := readProducts()
	if err != nil {
		return nil, err
	}
	partials, err := template.New("base.html").Funcs(functions(catalogue{})).Option("missingkey=error").ParseFS(sources, "partials/*.html")
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		s.pages[p.Path] = map[string]func() File{}
		for _, c := range languages {
			v := view{page: p, Base: s.Base, Language: c.Tag, TermsVersion: termsVersion, NoticeVersion: noticeVersion, Support: support, Grievance: contactOf(grievance), Calls: calls, Languages: s.Languages, Products: products}
			s.pages[p.Path][c.Tag] = sync.OnceValue(func() File { return s.make(partials, v, c) })
		}
	}
	return s, nil
}

// types is complete on purpose: what the host's own table says must not matter.
var types = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

// others are scripts of others, as they came. Their folder has their version in its name, so that a start need not read them to tell one from another.
const others = "static/pdfjs-"

// read reads the static files, and names them after everything that a page may be made of.
func (s *Site) read(settings string) error {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\x00", settings)
	err := fs.WalkDir(sources, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasPrefix(name, others) {
			fmt.Fprintf(hash, "%s\x00", name)
			s.static[strings.TrimPrefix(name, "static/")] = sync.OnceValue(func() File {
				body, _ := fs.ReadFile(sources, name) // it is embedded
				return newFile(types[path.Ext(name)], body)
			})
			return nil
		}
		body, err := fs.ReadFile(sources, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(hash, "%s\x00%d\x00%s", name, len(body), body)
		below, isStatic := strings.CutPrefix(name, "static/")
		if !isStatic {
			return nil
		}
		kind, known := types[path.Ext(name)]
		if !known {
			return fmt.Errorf("web: %s: what type is this?", name)
		}
		s.static[below] = sync.OnceValue(func() File {
			if path.Ext(name) == ".js" {
				body = withoutComments(body)
			}
			return newFile(kind, body)
		})
		return nil
	})
	s.static["app.css"] = sync.OnceValue(stylesheet)
	s.Base = "/_/" + hex.EncodeToString(hash.Sum(nil))[:12] + "/"
	return err
}

// styles are the files of styles/ in the order of the stylesheet: among rules of one layer that weigh the same, the later one counts.
var styles = []string{"base", "layout", "forms", "controls", "navigation", "pages", "account", "kyc", "utilities"}

// stylesheet is the one that every page asks for.
func stylesheet() File {
	var all []byte
	for _, name := range styles {
		text, _ := fs.ReadFile(sources, "styles/"+name+".css") // it is embedded
		all = append(all, text...)
	}
	return newFile(types[".css"], all)
}

// commentLines are lines that hold nothing but a comment, alone or as a block.
var commentLines = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]*(?://[^\n]*|/\*(?:[^*]|\*+[^*/])*\*+/)[ \t]*\n`)
})

// withoutComments leaves out what only those who read the source need: a quarter of what a phone would load.
func withoutComments(script []byte) []byte { return commentLines().ReplaceAll(script, nil) }

func newFile(kind string, body []byte) File {
	sum := sha256.Sum256(body)
	f := File{Type: kind, Body: body, ETag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	if kind == types[".woff2"] { // packed already
		return f
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // neither a level that exists nor a buffer in memory fails
	_, _ = w.Write(body)
	_ = w.Close()
	if b.Len() < len(body) {
		f.Gzip = b.Bytes()
	}
	return f
}

// view is what a template sees.
type view struct {
	page
	Base, Language, Title, TermsVersion string
	Support                             string // an address, or ""
	Grievance                           contact
	NoticeVersion                       string
	Calls                               bool
	Languages                           []Language
	Modules                             []string // the page's module and all that it imports
	WordsJSON                           map[string]string
	Legal                               template.HTML
	Products                            []product
}

// contact is somebody to write to; zero where nobody is named.
type contact struct{ Name, Email string }

// contactOf reads "Name <address>".
func contactOf(text string) contact {
	name, rest, _ := strings.Cut(text, "<")
	return contact{strings.TrimSpace(name), strings.TrimSuffix(rest, ">")}
}

// product is one of those that an account opens. Needs are what a person does before: "details", "kyc".
type product struct {
	Code, Icon string
	Needs      []string
}

// Before is the index of the present step.
func (v view) Before() int { return v.Step - 1 }

// Number is how people count the i-th step.
func (v view) Number(i int) int { return i + 1 }

// Rules are the parts of the password rule that the checklist shows; the scripts check the same ones.
func (v view) Rules() []string { return []string{"length", "upper", "lower", "digit", "special"} }

// NoRules stands where a password is not a new one.
func (v view) NoRules() []string { return nil }

// make panics when it cannot: that is a defect of what is embedded, and the tests make every page.
func (s *Site) make(partials *template.Template, v view, c catalogue) File {
	body, err := s.render(partials, v, c)
	if err != nil {
		panic(fmt.Errorf("web: page %s in %s: %w", v.Path, c.Tag, err))
	}
	return newFile("text/html; charset=utf-8", body)
}

func (s *Site) render(partials *template.Template, v view, c catalogue) ([]byte, error) {
	p := v.page
	var err error
	if v.Title, err = c.text(p.Name + ".title"); err != nil {
		return nil, err
	}
	if v.WordsJSON, err = c.chosen(p.Words); err != nil {
		return nil, err
	}
	if v.Modules, err = imports(p.Script); err != nil {
		return nil, err
	}
	if v.Legal, err = legal(p.Name, c.Tag); err != nil {
		return nil, err
	}
	t, err := partials.Clone()
	if err != nil {
		return nil, err
	}
	if t, err = t.Funcs(functions(c)).ParseFS(sources, "pages/"+p.Name+".html"); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, v)
	return b.Bytes(), err
}

func functions(c catalogue) template.FuncMap {
	return template.FuncMap{"t": c.text, "linked": c.linked, "linkedTab": c.linkedTab, "icon": icon, "args": args, "join": func(list []string) string { return strings.Join(list, " ") }, "steps": func() []string { return steps }}
}

func readProducts() (all []product, err error) {
	list, err := fs.ReadFile(sources, "products.json")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(list, &all); err != nil {
		return nil, fmt.Errorf("web: products.json: %w", err)
	}
	return all, nil
}

// legal is the text of a page that is a file an operator replaces; "" for other pages. It is not escaped: it is the operator's own.
func legal(name, language string) (template.HTML, error) {
	if name == "kyc-notice" {
		name = "kyc"
	} else if name != "terms" && name != "privacy" {
		return "", nil
	}
	text, err := fs.ReadFile(sources, "legal/"+name+"."+language+".html")
	if err != nil {
		text, err = fs.ReadFile(sources, "legal/"+name+"."+Source+".html")
	}
	return template.HTML(text), err
}

// args makes the argument of a partial: names and values in turn.
func args(namesAndValues ...any) (map[string]any, error) {
	m := map[string]any{"Type": "text", "Hint": "", "Extra": template.HTMLAttr(""), "Optional": false, "Value": ""}
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		name, ok := namesAndValues[i].(string)
		if !ok {
			return nil, fmt.Errorf("args: %v is no name", namesAndValues[i])
		}
		value := namesAndValues[i+1]
		if text, is := value.(string); is && name == "Extra" {
			value = template.HTMLAttr(text) // written in a template of ours, never by a person
		}
		m[name] = value
	}
	return m, nil
}
