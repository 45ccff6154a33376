package document

import (
	"bytes"
	"crypto/sha1"
	"encoding/asn1"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/smallstep/pkcs7"
)

// Origin is what a PDF says of how it came to be. Nothing of it proves anything: a reviewer looks twice at what it makes doubtful.
type Origin struct {
	Program   string    // that made it, as the file itself says; at most maxOrigin characters, empty where it says nothing
	Signature Signature // the newest one, by which the others are judged too
	Signer    string    // whom the certificate of that signature names; who issued it is not looked at
	Extended  bool      // something was added behind that signature
}

// Signature is what a digital signature is worth (ISO 32000-1, 12.8): whether it fits the bytes that it is over, by the certificate in it.
type Signature string

const (
	Unsigned        Signature = ""
	SignatureIntact Signature = "intact"
	SignatureBroken Signature = "broken"
	SignatureUnread Signature = "unread" // of a kind that is not looked into
)

const maxOrigin = 100 // characters

// origin reads it from the objects of a file that is not encrypted.
func (s *pdfScan) origin(data []byte) Origin {
	o := Origin{Program: s.program()}
	newest := 0
	for _, object := range s.objects {
		v, _ := s.parse(object)
		d, is := dictOf(v)
		if !is || !d.has("ByteRange") || d.is("Type", "DocTimeStamp") {
			continue
		}
		if end, signature, signer := s.signature(data, d); signature != Unsigned && end >= newest {
			newest, o.Signature, o.Signer = end, signature, signer
			o.Extended = end > 0 && len(bytes.Trim(data[end:], "\x00\x1a \t\r\n\f")) > 0
		}
	}
	return o
}

// program is the producer, and before it the creator where that is another, of the newest trailer that names any.
func (s *pdfScan) program() string {
	var said []string
	newest := -1
	for _, t := range s.trailers {
		for _, v := range t.all("Info") {
			info, is := dictOf(s.last(v))
			if !is || t.place < newest {
				continue
			}
			newest, said = t.place, nil
			for _, key := range []string{"Creator", "Producer"} {
				for _, v := range info.all(key) {
					raw, _ := s.last(v).(text)
					if name := printable(plainText(raw)); name != "" && !strings.Contains(strings.Join(said, " "), name) {
						said = append(said, name)
					}
				}
			}
		}
	}
	return cut(strings.Join(said, ", "))
}

// signature checks one; end is where what it is over ends.
func (s *pdfScan) signature(data []byte, d dict) (end int, is Signature, signer string) {
	ranges := s.elements(d.all("ByteRange")[0])
	at := make([]int, 4)
	if len(ranges) != len(at) {
		return 0, SignatureUnread, ""
	}
	for i, v := range ranges {
		n, whole := s.last(v).(number)
		if !whole || n < 0 || int(n) > len(data) {
			return 0, SignatureBroken, ""
		}
		at[i] = int(n)
	}
	end = at[2] + at[3]
	if at[0] != 0 || at[1] > at[2] || end > len(data) {
		return 0, SignatureBroken, ""
	}
	var sealed asn1.RawValue
	for _, v := range d.all("Contents") {
		raw, _ := s.last(v).(text)
		if _, err := asn1.Unmarshal(plainText(raw), &sealed); err != nil { // zeros fill what is reserved for it
			return end, SignatureUnread, ""
		}
	}
	if s.work -= end; s.work < 0 {
		return end, SignatureUnread, ""
	}
	p, err := pkcs7.Parse(sealed.FullBytes)
	if err != nil {
		return end, SignatureUnread, ""
	}
	if len(p.Content) == 0 { // detached, as nearly all are; the others are over a digest of these bytes
		p.Content = append(bytes.Clone(data[:at[1]]), data[at[2]:end]...)
	} else if !d.is("SubFilter", "adbe.pkcs7.sha1") || !isSHA1(p.Content, data[:at[1]], data[at[2]:end]) {
		return end, SignatureBroken, ""
	}
	if c := p.GetOnlySigner(); c != nil {
		signer = cut(printable([]byte(c.Subject.CommonName)))
	}
	if p.Verify() != nil {
		return end, SignatureBroken, signer
	}
	return end, SignatureIntact, signer
}

func isSHA1(digest []byte, parts ...[]byte) bool {
	sum := sha1.New()
	for _, part := range parts {
		sum.Write(part)
	}
	return bytes.Equal(sum.Sum(nil), digest)
}

// printable is a text of a PDF (7.9.2) without what cannot be seen.
func printable(raw []byte) string {
	said := string(raw)
	switch {
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		units := make([]uint16, (len(raw)-2)/2)
		for i := range units {
			units[i] = uint16(raw[2+2*i])<<8 | uint16(raw[3+2*i])
		}
		said = string(utf16.Decode(units))
	case !utf8.Valid(raw):
		latin := make([]rune, len(raw))
		for i, c := range raw {
			latin[i] = rune(c)
		}
		said = string(latin)
	}
	said = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			return r
		}
		return ' '
	}, strings.TrimPrefix(said, "\ufeff"))
	return strings.Join(strings.Fields(said), " ")
}

func cut(s string) string {
	if r := []rune(s); len(r) > maxOrigin {
		return string(r[:maxOrigin-1]) + "…"
	}
	return s
}
