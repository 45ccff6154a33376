package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/token"
)

var evening = time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC) // the 26th in India

// desk is the store: one account with one case.
type desk struct {
	profile account.Profile
	found   kyc.Case
	err     error
	taken   []limit.Use
	bearer  string
	digest  string
}

func (d *desk) OpenSession(_ context.Context, id account.ID, digest string) (account.Session, account.Profile, error) {
	if id != d.profile.ID || digest != d.digest {
		return account.Session{}, account.Profile{}, account.ErrSessionUnknown
	}
	return account.Session{Digest: digest, AccountID: id, CreatedAt: evening, LastSeenAt: evening, ExpiresAt: evening.Add(time.Hour)}, d.profile, nil
}

func (d *desk) TouchSession(context.Context, account.Session, time.Time) error { return nil }

func (d *desk) Take(_ context.Context, now time.Time, uses ...limit.Use) ([]int, error) {
	d.taken = append(d.taken, uses...)
	if len(d.taken) > uses[0].Rule.Max {
		return nil, uses[0].Exceeded(now, now.Add(time.Minute))
	}
	return []int{len(d.taken)}, nil
}

func (d *desk) Release(context.Context, time.Time, ...limit.Use) error { return nil }

func (d *desk) Case(context.Context, account.ID) (kyc.Case, error) { return d.found, d.err }

func (d *desk) OneCase(_ context.Context, _ account.ID, no int) (kyc.Case, error) {
	if no != d.found.No {
		return kyc.Case{}, kyc.ErrCaseUnknown
	}
	return d.found, d.err
}

func newDesk() *desk {
	id := account.ID(token.NewID())
	bearer, digest := token.NewSession(string(id))
	return &desk{
		bearer: bearer.Reveal(), digest: digest,
		profile: account.Profile{ID: id, Status: account.Active, Details: account.Details{Type: account.Company, FirstName: "Asha", LastName: "Rao", CompanyName: "Rao Traders"}},
		found:   kyc.NewCase(id),
	}
}

func (d *desk) get(path string) *httptest.ResponseRecorder {
	h := &handler{store: d}
	api := h.routes(httpapi.Config{PublicURL: "https://central.test", Now: func() time.Time { return evening }, Sessions: d, Limits: d})
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Authorization", "Bearer "+d.bearer)
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

// read gets a paper and reads what it says, with one blank between words.
func (d *desk) read(t *testing.T, path string) string {
	t.Helper()
	w := d.get(path)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment; filename=") {
		t.Fatalf("%d, %v, %.300s", w.Code, w.Header(), w.Body)
	}
	return textOf(t, w.Body.Bytes())
}

func textOf(t *testing.T, file []byte) string {
	t.Helper()
	r, err := pdf.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for n := range r.NumPage() {
		text, err := r.Page(n + 1).GetPlainText(nil)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(text + "\n")
	}
	return strings.Join(strings.Fields(all.String()), " ")
}

var known = map[string]string{
	"legalName": "Rao & Sons Traders Private Limited", "pan": "ZZZCZ9999Z", "cin": "U72900GJ2010PTC000001", "addressLine1": "12 Ashram Road", "city": "Ahmedabad", "state": "Gujarat", "pinCode": "380009",
	"signatoryName": "Meera Shah", "signatoryDesignation": "Director", "signatoryPan": "ZZZPZ9999Z",
}

func TestALetterIsFilledWithWhatTheCaseSays(t *testing.T) {
	d := newDesk()
	d.found.Fields = known
	for name, says := range map[string][]string{
		"board_resolution":     {"Board resolution", "Rao & Sons Traders Private Limited, CIN U72900GJ2010PTC000001", "12 Ashram Road, Ahmedabad, Gujarat 380009", "Meera Shah, Director, PAN ZZZPZ9999Z", "26 November 2026", "Signature and seal"},
		"authorisation_letter": {"Letter of authorisation", "Rao & Sons Traders Private Limited, PAN ZZZCZ9999Z", "authorise Meera Shah, Director", "26 November 2026"},
		"gst_declaration":      {"not being registered for GST", "PAN ZZZCZ9999Z, at 12 Ashram Road", "Central Goods and Services Tax Act, 2017", "another reason: " + blank},
		"partner_list":         {"List of partners", "Rao & Sons Traders Private Limited", "Share, %", "Do not write an Aadhaar number"},
		"trustee_list":         {"List of trustees, settlors and beneficiaries", "Trustee, settlor or beneficiary"},
	} {
		text := d.read(t, "/v1/kyc/papers/"+name)
		for _, want := range says {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", name, want, text)
			}
		}
		if strings.ContainsAny(text, "{}") || strings.Contains(text, "Asha") {
			t.Errorf("%s says %s", name, text)
		}
	}
}

func TestWhatTheCaseDoesNotSayTheAccountDoesAndTheRestIsLeftToWrite(t *testing.T) {
	d := newDesk()
	if text := d.read(t, "/v1/kyc/papers/authorisation_letter"); !strings.Contains(text, "We, Rao Traders, PAN "+blank+", at "+blank+", authorise Asha Rao, "+blank+", PAN "+blank) {
		t.Error(text)
	}
	d.profile.Details.CompanyName = ""
	if text := d.read(t, "/v1/kyc/papers/gst_declaration"); !strings.Contains(text, "We, Asha Rao, PAN") {
		t.Error(text)
	}
	d.found.Fields = map[string]string{"city": "Ahmedabad", "pinCode": "380009"} // no address yet
	if text := d.read(t, "/v1/kyc/papers/gst_declaration"); strings.Contains(text, "Ahmedabad") {
		t.Error(text)
	}
}

// Of a script that is shaped the outlines are drawn, and the text lies under them to be found.
func TestANameInAnyScriptOfIndiaIsDrawnInItsOwnForm(t *testing.T) {
	for _, c := range []struct {
		script, name string
		glyphs       int // fewer than runes: letters have joined
	}{
		{"Devanagari", "क्षितिज", 5}, {"Bengali", "শ্রী", 2}, {"Gurmukhi", "ਸ੍ਰੀ", 3}, {"Gujarati", "શ્રી", 2}, {"Odia", "ଶ୍ରୀ", 3},
		{"Tamil", "ஸ்ரீ", 1}, {"Telugu", "శ్రీ", 2}, {"Kannada", "ಶ್ರೀ", 3}, {"Malayalam", "ക്ഷേ", 2}, {"Urdu", "سلام", 3},
	} {
		t.Run(c.script, func(t *testing.T) {
			s := newSheet("x", margin)
			s.out.SetCompression(false)
			made, wide := s.set(textSize, c.name)
			if len(made) != 1 || len(made[0].glyphs) != c.glyphs || wide <= 0 {
				t.Fatalf("%d pieces, %d glyphs, %.1f mm wide", len(made), len(made[0].glyphs), wide)
			}
			for _, g := range made[0].glyphs {
				if g.GlyphID == 0 {
					t.Error("a letter is not in the font")
				}
			}
			s.write(textSize, "For "+c.name+" Ltd")
			file, err := s.pdf()
			if err != nil {
				t.Fatal(err)
			}
			under := "3 Tr\n"
			if at := bytes.Index(file, []byte(under)); at < 0 || !bytes.Contains(file[at:], []byte(inFile(c.name))) || !bytes.Contains(file[at:], []byte(" c\n")) {
				t.Errorf("nothing is drawn, or it cannot be found:\n%.2000q", file)
			}
		})
	}
}

// inFile is text as the PDF has it: UTF-16, and some signs escaped.
func inFile(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		for _, c := range []byte{byte(unit >> 8), byte(unit)} {
			switch c {
			case '(', ')', '\\':
				b.WriteByte('\\')
			case '\r':
				b.WriteByte('\\')
				c = 'r'
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

func TestLongTextTakesLinesAndPagesWithinTheMargins(t *testing.T) {
	s := newSheet("x", margin)
	width := pageWidth - 2*margin
	for _, text := range []string{strings.Repeat("Rao ", 300), strings.Repeat("W", 400), strings.Repeat("क्षि", 200), strings.Repeat("سلام ", 9)} {
		lines := s.lines(textSize, text, width)
		if len(lines) < 2 && !isRightToLeft(text) {
			t.Errorf("%.20s is one line", text)
		}
		for _, l := range lines {
			wide := float64(len(l)-1) * s.width(textSize, " ")
			for _, word := range l {
				for _, p := range word {
					if wide += p.width * textSize * mmPerPoint; p.font == plain {
						wide += s.width(textSize, p.text)
					}
				}
			}
			if wide > width+0.01 {
				t.Errorf("%.20s: a line is %.1f mm wide", text, wide)
			}
		}
	}
	s.write(textSize, strings.Repeat("Rao ", 3000))
	if s.out.PageNo() < 2 || s.y > pageHeight-margin+0.01 {
		t.Errorf("page %d, down to %.1f mm", s.out.PageNo(), s.y)
	}
}

func TestPapersThatAreNone(t *testing.T) {
	d := newDesk()
	for _, name := range []string{"memorandum", "..%2Fletters%2Fboard_resolution", "board_resolution.txt", "%00"} {
		if w := d.get("/v1/kyc/papers/" + name); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "_unknown") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if len(d.taken) > 0 {
		t.Error("what is not made is counted")
	}
	d.err = errors.New("no table")
	if w := d.get("/v1/kyc/papers/gst_declaration"); w.Code != http.StatusInternalServerError || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestMakingPapersHasALimit(t *testing.T) {
	d := newDesk()
	for range limit.PaperAccount.Max {
		d.read(t, "/v1/kyc/papers/partner_list")
	}
	if w := d.get("/v1/kyc/papers/partner_list"); w.Code != http.StatusTooManyRequests {
		t.Errorf("%d %.200s", w.Code, w.Body)
	}
}

func TestTheSamePaperIsTheSameBytes(t *testing.T) {
	d := newDesk()
	one, two := d.get("/v1/kyc/papers/partner_list"), d.get("/v1/kyc/papers/partner_list")
	if one.Code != http.StatusOK || !bytes.Equal(one.Body.Bytes(), two.Body.Bytes()) {
		t.Error("it differs")
	}
	if made := regexp.MustCompile(`/CreationDate \(D:(\d{4})`).FindSubmatch(one.Body.Bytes()); made == nil || string(made[1]) != "1970" {
		t.Errorf("made in %s", made)
	}
}
