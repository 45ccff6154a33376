package document

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"
	"time"
)

func deflate(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

// pdf is a file with these objects. Its offsets are wrong, as in what an attacker makes: readers search for objects then.
func pdf(objects ...string) []byte {
	return []byte("%PDF-1.7\n" + strings.Join(objects, "\n") + "\ntrailer <</Root 1 0 R>>\n%%EOF\n")
}

func packed(dict, body string) string {
	return fmt.Sprintf("7 0 obj\n<</Type/ObjStm/N 1/First 4 %s>>stream\n%s\nendstream endobj", dict, body)
}

func TestWaysToHideAScript(t *testing.T) {
	const script = "1 0 <</S/JavaScript/JS(app.alert\\(1\\))>>"
	for _, c := range []struct {
		name   string
		data   []byte
		reason Reason
	}{
		{"in the open", pdf("1 0 obj<</OpenAction" + script + ">>endobj"), ActiveContent},
		{"with an escaped name", pdf("1 0 obj<</S/J#61v#61Script /JS(x)>>endobj"), ActiveContent},
		{"with each character escaped", pdf("1 0 obj<</S/#4A#61#76#61#53#63#72#69#70#74>>endobj"), ActiveContent},
		{"in a comment that the offsets point into", pdf("% 1 0 obj<</S/JavaScript>>endobj"), ActiveContent},
		{"in a string that the offsets point into", pdf("2 0 obj(1 0 obj<</S/JavaScript>>endobj)endobj"), ActiveContent},
		{"in a stream that the offsets point into", pdf("2 0 obj<</Length 40>>stream\n1 0 obj<</S/JavaScript>>endobj\nendstream endobj"), ActiveContent},
		{"packed", pdf(packed("/Filter/FlateDecode", deflate(script))), ActiveContent},
		{"packed, filter in a list", pdf(packed("/Filter[/FlateDecode]", deflate(script))), ActiveContent},
		{"packed, with an escaped name", pdf(packed("/Filter /FlateDecode ", deflate("1 0 <</S/Java#53cript>>"))), ActiveContent},
		{"packed, with a wrong checksum", pdf(packed("/Filter/FlateDecode", deflate(script)[:len(deflate(script))-4]+"abcd")), ActiveContent},
		{"packed, cut off", pdf(packed("/Filter/FlateDecode", deflate(strings.Repeat(script, 3))[:30])), ActiveContent},
		{"packed, without a type", pdf("7 0 obj<</N 1/First 4/Filter/FlateDecode>>stream\r\n" + deflate(script) + "endstream endobj"), ActiveContent},
		{"packed, after a keyword in a string", pdf("7 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/X(5 0 obj endobj stream\n)>>stream\n" + deflate(script) + "endstream"), ActiveContent},
		{"packed, after a keyword in a comment", pdf("7 0 obj %obj <<\n<</Type/ObjStm/First 4%stream\n/Filter/FlateDecode>> %\nstream\n" + deflate(script) + "endstream"), ActiveContent},
		{"packed, in another stream", pdf("2 0 obj<</Length 9>>stream\n" + packed("/Filter/FlateDecode", deflate(script)) + "\nendstream endobj"), ActiveContent},
		{"not packed at all", pdf(packed("", "1 0 <</AA<</O 5 0 R>>>>")), ActiveContent},
		{"a script without its action", pdf("1 0 obj<</JS 5 0 R>>endobj"), ActiveContent},

		{"packed twice", pdf(packed("/Filter[/FlateDecode/FlateDecode]", deflate(deflate(script)))), Corrupt},
		{"packed as text", pdf(packed("/Filter/ASCIIHexDecode", fmt.Sprintf("%x>", script))), Corrupt},
		{"packed with a filter that is somewhere else", pdf(packed("/Filter 9 0 R/X/FlateDecode", "8 0 <</X 1>>")), Corrupt},
		{"packed with two filters", pdf(packed("/Filter/FlateDecode/Filter/LZWDecode", deflate(script))), Corrupt},
		{"packed with a predictor", pdf(packed("/Filter/FlateDecode/DecodeParms<</Predictor 12>>", deflate(script))), Corrupt},
		{"packed, but not", pdf(packed("/Filter/FlateDecode", "1 0 <</X 1>>")), Corrupt},
		{"in a dictionary without an end", pdf("7 0 obj<</Type/ObjStm/First 4/X(", deflate(script)), Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := inspect(t, c.data, pdfType); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
		})
	}
}

func TestHarmlessPDFsPass(t *testing.T) {
	for _, c := range []struct{ name, object string }{
		{"a link", "1 0 obj<</S/URI/URI(https://example.com/launch)>>endobj"},
		{"a page that opens at a place", "1 0 obj<</OpenAction[3 0 R /XYZ null null 0]>>endobj"},
		{"bookmarks", "1 0 obj<</Type/Outlines/First 5 0 R/Last 6 0 R>>endobj 2 0 obj<</Length 3>>stream\nq Q\nendstream endobj"},
		{"a title about scripts", "1 0 obj<</Title(JavaScript, Launch and Encrypt)>>endobj"},
		{"words that begin like it", "1 0 obj<</JavaScriptNot/x/LaunchPad/y/EncryptMetadata true/AAA(x)/JSON(x)>>endobj"},
		{"a glyph with a short name", "1 0 obj<</Differences[1/AA/JS/EF]/Font<</EF+Arial 3 0 R>>>>endobj"},
		{"packed pixels with a short name", "1 0 obj<</Length 9>>stream\nxx/JS(x/AA<</EF<<\nendstream endobj"},
		{"a form without scripts", "1 0 obj<</AcroForm<</Fields[4 0 R]/DA(/Helv 0 Tf 0 g)/SigFlags 3>>>>endobj"},
		{"a form that resets itself", "1 0 obj<</A<</S/ResetForm>>>>endobj"},
		{"objects packed without anything active", packed("/Filter/FlateDecode", deflate("1 0 <</S/URI/URI(https://example.com)>>"))},
		{"a signature", "1 0 obj<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Contents<3082>>>endobj"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := inspect(t, pdf(c.object), pdfType); f.Reason != "" {
				t.Errorf("refused: %s", f.Reason)
			}
		})
	}
}

// Each file would cost minutes or gigabytes if the work were not bounded.
func TestHostileFilesAreCheap(t *testing.T) {
	fill := func(unit string) string { return strings.Repeat(unit, MaxBytes/2/len(unit)) }
	zeros := deflate(strings.Repeat("\x00", 70<<20))
	for _, c := range []struct {
		name   string
		data   []byte
		reason Reason
	}{
		{"a bomb", pdf(packed("/Filter/FlateDecode", zeros)), Corrupt},
		{"many bombs", pdf(strings.Repeat(packed("/Filter/FlateDecode", zeros), 80)), Corrupt},
		{"many object streams without an end", pdf(fill("obj<</First 1>>stream\n")), ""},
		{"many packed streams", pdf(fill("obj<</First 1/Filter/Fl>>stream\n\x78\x9c\x03\x00")), Corrupt},
		{"dictionaries that do not end", pdf(fill("obj<<")), Corrupt},
		{"strings that do not end", pdf(fill("obj<<(")), Corrupt},
		{"comments that do not end", pdf(fill("obj%")), Corrupt},
		{"streams that do not end", pdf(fill("obj<<>>stream ")), ""},
		{"slashes", pdf(fill("/")), ""},
		{"escapes", pdf(fill("/#41#42#43")), ""},
		{"ends of archives", pdf(fill("PK\x05\x06\x00\x00\x00\x00")), Polyglot},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := time.Now()
			if f := inspect(t, c.data, pdfType); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
			if took := time.Since(begin); took > 20*time.Second { // generous: with the race detector on a busy machine
				t.Errorf("took %v", took)
			}
		})
	}
}
