package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func site(t testing.TB) *Site {
	t.Helper()
	s, err := Build("2026-11-01", "4c1f0a9d2b7e", "help@example.com", "Asha Rao <grievance@example.com>", true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryPageIsMadeInEveryLanguageAndUnpacksToItself(t *testing.T) {
	s := site(t)
	if len(s.Languages) == 0 || len(pages) < 14 {
		t.Fatalf("%d languages, %d pages", len(s.Languages), len(pages))
	}
	for _, p := range pages {
		for _, l := range s.Languages {
			f, ok := s.Page(p.Path, l.Tag)
			if !ok || !bytes.Contains(f.Body, []byte(`<html lang="`+l.Tag+`">`)) {
				t.Errorf("%s is not there in %s", p.Path, l.Tag)
				continue
			}
			r, err := gzip.NewReader(bytes.NewReader(f.Gzip))
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(r); err != nil || !bytes.Equal(text, f.Body) {
				t.Errorf("%s in %s unpacks to something else: %v", p.Path, l.Tag, err)
			}
		}
	}
}

// central doctor looks for these marks.
func TestTheKYCNoticeMarksWhatItsOperatorHasLeftOpen(t *testing.T) {
	nobody, err := Build("2026-11-01", "4c1f0a9d2b7e", "help@example.com", "", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range nobody.Languages {
		named, _ := site(t).Page("/kyc-notice", l.Tag)
		open, _ := nobody.Page("/kyc-notice", l.Tag)
		if bytes.Contains(named.Body, []byte("data-nobody")) || !bytes.Contains(open.Body, []byte("data-nobody")) || !bytes.Contains(named.Body, []byte("data-sample")) {
			t.Errorf("in %s: %s", l.Tag, open.Body)
		}
	}
}

var (
	address = regexp.MustCompile(`(?:href|src)="([^"]+)"`)
	strange = regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|ZgotmplZ|<no value>|<script>`)
)

func TestPagesKeepTheContentSecurityPolicyAndLinkOnlyToWhatIsThere(t *testing.T) {
	s := site(t)
	for _, p := range pages {
		f, _ := s.Page(p.Path, Source)
		if found := strange.Find(f.Body); found != nil {
			t.Errorf("%s has %q", p.Path, found)
		}
		for _, m := range address.FindAllSubmatch(f.Body, -1) {
			to := string(m[1])
			if to == "mailto:help@example.com" || to == "mailto:grievance@example.com" {
				continue
			}
			if name, isStatic := strings.CutPrefix(to, s.Base); isStatic {
				if _, ok := s.Static(name); !ok {
					t.Errorf("%s wants %s, which is not there", p.Path, to)
				}
				continue
			}
			path, _, _ := strings.Cut(to, "?")
			path, _, _ = strings.Cut(path, "#")
			if _, ok := s.Page(path, Source); !ok && path != "" {
				t.Errorf("%s leads to %s, which is not there", p.Path, to)
			}
		}
	}
}

func TestThePageAsksForEveryModuleAtOnce(t *testing.T) {
	s := site(t)
	f, _ := s.Page("/signup", Source)
	for _, module := range []string{"entry/signup", "shell", "api", "entry/captcha", "form", "password", "words"} {
		if !bytes.Contains(f.Body, []byte(`<link rel="modulepreload" href="`+s.Base+`js/`+module+`.js">`)) {
			t.Errorf("sign-up does not preload %s", module)
		}
	}
}

// scriptsBelow is what a room of static/js may know of the others; all may know what lies in none.
var scriptsBelow = map[string][]string{"kyc": {"upload"}, "desk": {"kyc"}}

var named = regexp.MustCompile(`(?:from |import\()"(\.[./a-z-]+\.js)"`)

func TestARoomOfScriptsKnowsOnlyWhatIsBelow(t *testing.T) {
	room := func(file string) string { // "" for what lies in none
		name, _, inside := strings.Cut(strings.TrimPrefix(file, "static/js/"), "/")
		if !inside {
			return ""
		}
		return name
	}
	rooms := map[string]bool{}
	err := fs.WalkDir(sources, "static/js", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(sources, file)
		from := room(file)
		rooms[from] = true
		for _, m := range named.FindAllSubmatch(text, -1) {
			other := path.Join(path.Dir(file), string(m[1]))
			if _, missing := fs.Stat(sources, other); missing != nil {
				t.Errorf("%s imports %s, which is not there", file, other)
			}
			if to := room(other); to != "" && to != from && !slices.Contains(scriptsBelow[from], to) {
				t.Errorf("%s imports %s: what two rooms need lies in none", file, other)
			}
		}
		return err
	})
	if err != nil || len(rooms) < 8 {
		t.Errorf("%v, the rooms are %v", err, rooms)
	}
}

var spoken = regexp.MustCompile(`\b(?:t|countdown)\([^"` + "`" + `\n]*"([a-z]\w*\.[\w.-]+)"|"([a-z]+\.js\.[a-z]+)"`)

// What a script says must come with every page that loads it.
func TestEveryMessageOfAScriptComesWithItsPages(t *testing.T) {
	s := site(t)
	checked := 0
	for _, p := range pages {
		if p.Script == "" {
			continue
		}
		modules, err := imports(p.Script)
		if err != nil {
			t.Fatal(err)
		}
		for _, module := range modules {
			f, _ := s.Static("js/" + module + ".js")
			for _, m := range spoken.FindAllSubmatch(f.Body, -1) {
				key := string(m[1]) + string(m[2])
				checked++
				if fromAPI(key) {
					continue
				}
				if !slices.ContainsFunc(p.Words, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
					t.Errorf("%s loads %s, which says %q, and does not bring it", p.Path, module, key)
				}
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d messages were found in the scripts", checked)
	}
}

var placeholder = regexp.MustCompile(`\{\w+\}|[\[\]]`)

func TestALanguageHasTheMessagesOfTheSourceWithTheirPlaceholders(t *testing.T) {
	files, err := fs.ReadDir(sources, "messages")
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) map[string]string {
		text, err := fs.ReadFile(sources, "messages/"+name)
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	source := read(Source + ".json")
	for _, f := range files {
		own := read(f.Name())
		for key, text := range source {
			if own[key] == "" {
				t.Errorf("%s lacks %s", f.Name(), key)
			}
			want, got := placeholder.FindAllString(text, -1), placeholder.FindAllString(own[key], -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("%s: %s has %v, want %v", f.Name(), key, got, want)
			}
		}
		for key := range own {
			if source[key] == "" && !fromAPI(key) {
				t.Errorf("%s has %s, which nobody says", f.Name(), key)
			}
		}
	}
}

// What people with a slow network wait for before they can sign up: see docs/performance.md.
func TestSignUpWeighsLittle(t *testing.T) {
	s := site(t)
	f, _ := s.Page("/signup", Source)
	total, script := len(f.Gzip), 0
	modules, err := imports("entry/signup")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range append(modules, "entry/captcha-worker") {
		file, _ := s.Static("js/" + m + ".js")
		script += len(file.Gzip)
	}
	for _, name := range []string{"app.css", "favicon.svg", "fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"} {
		file, _ := s.Static(name)
		if file.Gzip != nil {
			total += len(file.Gzip)
		} else {
			total += len(file.Body)
		}
	}
	t.Logf("all %d bytes, script %d bytes", total+script, script)
	if script > 17<<9 || total+script > 60<<10 {
		t.Errorf("all %d bytes, want at most 60 KiB; script %d bytes, want at most 8.5 KiB", total+script, script)
	}
}

func TestTheStylesheetHasEveryFileOfStylesOnceAndTheLayersFirst(t *testing.T) {
	files, err := fs.Glob(sources, "styles/*.css")
	if err != nil {
		t.Fatal(err)
	}
	listed := slices.Clone(styles)
	slices.Sort(listed)
	var there []string
	for _, file := range files {
		there = append(there, strings.TrimSuffix(path.Base(file), ".css"))
	}
	if !slices.Equal(there, listed) {
		t.Errorf("styles/ has %v, the stylesheet is made of %v", there, listed)
	}
	sheet, _ := site(t).Static("app.css")
	if layers, at := bytes.Index(sheet.Body, []byte("\n@layer reset, tokens, base,")), bytes.Index(sheet.Body, []byte("{")); layers < 0 || layers > at {
		t.Error("a rule stands before the order of the layers")
	}
	for _, name := range there {
		text, err := fs.ReadFile(sources, "styles/"+name+".css")
		if err != nil || bytes.Count(sheet.Body, text) != 1 {
			t.Errorf("%s is not in the stylesheet once (%v)", name, err)
		}
	}
}

func TestCommentsAreNotSentAndNothingElseIsLost(t *testing.T) {
	in := "// @ts-check\n/**\n * What it does.\n */\nexport const a = 1; // stays: the line has code\n  /** @type {string} */\n  const b = \"// no comment\";\n  /** @type {any} */ (b).c = 1;\n /* one */\n"
	want := "export const a = 1; // stays: the line has code\n  const b = \"// no comment\";\n  /** @type {any} */ (b).c = 1;\n"
	if got := string(withoutComments([]byte(in))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What the first person waits for after the function has started.
func BenchmarkFirstPage(b *testing.B) {
	for b.Loop() {
		if _, ok := site(b).Page("/signup", Source); !ok {
			b.Fatal("there is no sign-up")
		}
	}
}

func TestWithoutCallsNoPageOffersALandline(t *testing.T) {
	s, err := Build("2026-11-01", "4c1f0a9d2b7e", "", "", false)
	if err != nil {
		t.Fatal(err)
	}
	offered := 0
	for _, p := range pages {
		for _, l := range s.Languages {
			f, there := s.Page(p.Path, l.Tag)
			if !there {
				t.Fatalf("no page %s in %s", p.Path, l.Tag)
			}
			if bytes.Contains(f.Body, []byte(`value="mobile"`)) {
				offered++
			}
			if bytes.Contains(f.Body, []byte(`value="landline"`)) {
				t.Errorf("%s in %s offers a landline", p.Path, l.Tag)
			}
		}
	}
	if offered != 4 { // the details and the profile, in two languages
		t.Errorf("%d pages ask for a number", offered)
	}
}

func TestWhatOthersWroteIsServedAsItCame(t *testing.T) {
	s, seen := site(t), 0
	for name := range s.static {
		if !strings.HasPrefix("static/"+name, others) {
			continue
		}
		seen++
		f, _ := s.Static(name)
		if body, err := sources.ReadFile("static/" + name); err != nil || !bytes.Equal(body, f.Body) || f.Type == "" {
			t.Errorf("%s: %d bytes of %d, %q, %v", name, len(f.Body), len(body), f.Type, err)
		}
	}
	if seen < 5 {
		t.Errorf("only %d files", seen)
	}
}
