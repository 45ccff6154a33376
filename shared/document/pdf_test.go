package document

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"fmt"
	"strings"
	"syscall"
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

// parts are a document of one page: more entries of its catalog and of its page, its annotations, and objects with numbers up to 99.
type parts struct {
	catalog, page, annots string
	objects               []string
}

// objects are those of the document; the stream of the page is the last.
func (p parts) all() []string {
	return append([]string{
		"101 0 obj<</Type/Catalog/Pages 102 0 R" + p.catalog + ">>endobj",
		"102 0 obj<</Type/Pages/Kids[103 0 R]/Count 1>>endobj",
		"103 0 obj<</Type/Page/Parent 102 0 R/MediaBox[0 0 595 842]/Contents 104 0 R/Annots[" + p.annots + "]" + p.page + ">>endobj",
	}, append(p.objects, "104 0 obj<</Length 14>>stream\n0 0 90 90 re f\nendstream endobj")...)
}

// plain is the file. Its offsets are wrong, as in what an attacker makes: readers search for objects then.
func (p parts) plain() []byte {
	return []byte("%PDF-1.7\n" + strings.Join(p.all(), "\n") + "\ntrailer <</Root 101 0 R>>\n%%EOF\n")
}

// packed is the file with all objects that are no streams in an object stream.
func (p parts) packed() []byte {
	var streams, bodies []string
	var head string
	offset := 0
	for _, o := range p.all() {
		number, body, _ := strings.Cut(o, " 0 obj")
		if strings.Contains(body, "stream") {
			streams = append(streams, o)
			continue
		}
		body = strings.TrimSuffix(body, "endobj") + "\n"
		head += fmt.Sprintf("%s %d ", number, offset)
		bodies = append(bodies, body)
		offset += len(body)
	}
	content := deflate(head + strings.Join(bodies, ""))
	streams = append(streams, fmt.Sprintf("200 0 obj<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj", len(bodies), len(head), len(content), content))
	return []byte("%PDF-1.7\n" + strings.Join(streams, "\n") + "\ntrailer <</Root 101 0 R>>\n%%EOF\n")
}

// pdf is a document with these objects.
func pdf(objects ...string) []byte { return parts{objects: objects}.plain() }

// packed is an object stream of one object.
func packed(dict, body string) string {
	return fmt.Sprintf("7 0 obj\n<</Type/ObjStm/N 1/First 4 %s>>stream\n%s\nendstream endobj", dict, body)
}

func a85(s string) string {
	b := make([]byte, ascii85.MaxEncodedLen(len(s)))
	return string(b[:ascii85.Encode(b, []byte(s))]) + "~>"
}

// upRows is text as the rows of a PNG whose filter is Up.
func upRows(s string, columns int) string {
	var b strings.Builder
	above := make([]byte, columns)
	for len(s) > 0 {
		row := []byte(s[:min(len(s), columns)])
		s = s[len(row):]
		b.WriteByte(2)
		for i, c := range row {
			b.WriteByte(c - above[i])
			above[i] = c
		}
	}
	return b.String()
}

func TestWaysToHideAScript(t *testing.T) {
	const action = "<</S/JavaScript/JS(app.alert\\(1\\))>>"
	const script = "1 0 " + action
	filled := "1 0 " + strings.Repeat(" ", 40) + action
	for _, c := range []struct {
		name    string
		objects []string
		reason  Reason
	}{
		{"in the open", []string{"1 0 obj<</OpenAction" + action + ">>endobj"}, flattened},
		{"with an escaped name", []string{"1 0 obj<</S/J#61v#61Script /JS(x)>>endobj"}, flattened},
		{"with each character escaped", []string{"1 0 obj<</#53/#4A#61#76#61#53#63#72#69#70#74>>endobj"}, flattened},
		{"in a comment that the offsets point into", []string{"% 1 0 obj<</S/JavaScript>>endobj"}, flattened},
		{"in a string that the offsets point into", []string{"2 0 obj(1 0 obj<</S/JavaScript>>endobj)endobj"}, flattened},
		{"in a stream that the offsets point into", []string{"2 0 obj<</Length 40>>stream\n1 0 obj<</S/JavaScript>>endobj\nendstream endobj"}, flattened},
		{"in a trailer", []string{"trailer <</Root 1 0 R/X<</S/JavaScript>>>>"}, flattened},
		{"in lists in lists", []string{"1 0 obj[[[<</S/JavaScript>>]]]endobj"}, flattened},
		{"without an end of the object", []string{"1 0 obj<</S/JavaScript>>"}, flattened},
		{"without blanks", []string{"x1 0obj<</S/JavaScript>>"}, flattened},
		{"in a dictionary without an end", []string{"1 0 obj<</S/JavaScript"}, flattened},
		{"in a dictionary that ends with its object", []string{"1 0 obj<</X(y)/S/JavaScript endobj"}, flattened},
		{"after a value that is missing", []string{"1 0 obj<</X /Y/S/JavaScript>>endobj"}, flattened},
		{"after a key that is no name", []string{"1 0 obj<</X 1 2/S/JavaScript>>endobj"}, flattened},
		{"after the end of a dictionary that is a value", []string{"1 0 obj<</X>>/S/JavaScript>>endobj"}, flattened},
		{"behind white space that only some readers know", []string{"1 0 obj<</S\x80/JavaScript\xff>>endobj"}, flattened},
		{"behind white space that only some readers know, as a key for the others", []string{"1 0 obj<</X \x80/S/JavaScript/Y>>endobj"}, flattened},
		{"deeper than anything honest", []string{"1 0 obj" + strings.Repeat("[", 200) + "<</S/JavaScript>>"}, flattened},
		{"with its kind elsewhere", []string{"1 0 obj<</S 2 0 R/JS(x)>>endobj", "2 0 obj/JavaScript endobj"}, flattened},
		{"with its kind elsewhere, twice", []string{"1 0 obj<</S 2 0 R/JS 5 0 R>>endobj", "2 0 obj 3 0 R endobj", "3 0 obj/JavaScript endobj"}, flattened},
		{"with its kind in one of two objects", []string{"1 0 obj<</S 2 0 R>>endobj", "2 0 obj/JavaScript endobj", "2 0 obj/GoTo endobj"}, flattened},
		{"with its kind behind a comment", []string{"1 0 obj<</S 2 0 R>>endobj", "2 % 3\n0 % 4\nobj/JavaScript endobj"}, flattened},
		{"with two kinds", []string{"1 0 obj<</S/GoTo/S/JavaScript>>endobj"}, flattened},
		{"as an element of the document's structure", []string{"1 0 obj<</A<</Type/StructElem/S/JavaScript>>>>endobj"}, flattened},
		{"the script alone", []string{"1 0 obj<</JS 5 0 R>>endobj", "5 0 obj<</Length 2>>stream\n1;\nendstream endobj"}, flattened},

		{"packed", []string{packed("/Filter/FlateDecode", deflate(script))}, flattened},
		{"packed, filter in a list", []string{packed("/Filter[/FlateDecode]", deflate(script))}, flattened},
		{"packed, with an escaped name", []string{packed("/Filter /FlateDecode ", deflate("1 0 <</S/Java#53cript>>"))}, flattened},
		{"packed, with a wrong checksum", []string{packed("/Filter/FlateDecode", deflate(script)[:len(deflate(script))-4]+"abcd")}, flattened},
		{"packed, cut off", []string{packed("/Filter/FlateDecode", deflate(script + strings.Repeat(" abcdefg", 9))[:50])}, Corrupt},
		{"packed, without a type", []string{"7 0 obj<</N 1/First 4/Filter/FlateDecode>>stream\r\n" + deflate(script) + "endstream endobj"}, flattened},
		{"packed, after a keyword in a string", []string{"7 0 obj<</N 1/First 4/Filter/FlateDecode/X(5 0 obj endobj stream\n)>>stream\n" + deflate(script) + "endstream"}, flattened},
		{"packed, after a keyword in a comment", []string{"7 0 obj %obj <<\n<</First 4%stream\n/N 1/Filter/FlateDecode>> %\nstream\n" + deflate(script) + "endstream"}, flattened},
		{"packed, in another stream", []string{"2 0 obj<</Length 9>>stream\n" + packed("/Filter/FlateDecode", deflate(script)) + "\nendstream endobj"}, flattened},
		{"packed, with an action elsewhere", []string{"1 0 obj<</OpenAction 5 0 R>>endobj", packed("/Filter/FlateDecode", deflate("5 0 <</S/URI/URI(https://example.com)>>"))}, flattened},
		{"not packed at all", []string{packed("", script)}, flattened},
		{"packed twice", []string{packed("/Filter[/FlateDecode/Fl]", deflate(deflate(script)))}, flattened},
		{"packed as digits", []string{packed("/Filter/ASCIIHexDecode", fmt.Sprintf("%x>", script))}, flattened},
		{"packed as text", []string{packed("/Filter[/ASCII85Decode/FlateDecode]", a85(deflate(script)))}, flattened},
		{"packed with a predictor", []string{packed("/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 5>>", deflate(upRows(script, 5)))}, flattened},
		{"packed, before the first object", []string{packed("/Filter/FlateDecode", deflate(fmt.Sprintf("1 %d %s 7", len(action)+1, action)))}, flattened},
		{"packed, behind the last object", []string{packed("/Filter/FlateDecode", deflate("1 0 7 "+action))}, flattened},
		{"packed, in a string that the offsets point into", []string{packed("/Filter/FlateDecode", deflate("1 1 ("+action+")"))}, flattened},

		{"packed with a filter that no writer uses for it", []string{packed("/Filter/LZWDecode", script)}, Corrupt},
		{"packed with a filter that is somewhere else", []string{packed("/Filter 9 0 R/X/FlateDecode", "8 0 <</X 1>>")}, Corrupt},
		{"packed with two filters", []string{packed("/Filter/FlateDecode/Filter/LZWDecode", deflate(script))}, Corrupt},
		{"packed with a predictor that no writer uses for it", []string{packed("/Filter/FlateDecode/DecodeParms<</Predictor 2>>", deflate("8 0 <</X 1>>"))}, Corrupt},
		{"packed, but not", []string{packed("/Filter/FlateDecode", "1 0 <</X 1>>")}, Corrupt},
		{"packed, with a length elsewhere", []string{packed("/Filter/FlateDecode/Length 9 0 R", deflate(script)), fmt.Sprintf("9 0 obj %d endobj", len(deflate(script)))}, flattened},
		{"packed, with a name that the length cuts", []string{packed("/Filter/FlateDecode/Length 60", deflate("1 0 <</JS(1)/S/JavaScriptX>>"+filled)+"xxxxxxxxxxxxxxx")}, Corrupt},
		{"packed, with a length that is somewhere else", []string{packed("/Filter/FlateDecode/Length 3", deflate("1 0 <</X/S/Y/JavaScriptX>>"))}, Corrupt},
		{"not packed, with a length that is somewhere else", []string{packed("/Length 8", "8 0 <</X 1>>")}, Corrupt},
		{"not packed, with two lengths", []string{packed("/Length 21/Length 11", "8 0 <</X 1>>endstream")}, Corrupt},
		{"not packed, with two objects for its length", []string{packed("/Length 9 0 R", "8 0 <</X 1>>"), "9 0 obj 12 endobj", "9 0 obj 12 endobj"}, Corrupt},
		{"not packed, with a length that is not there", []string{packed("/Length 9 0 R", "8 0 <</X 1>>")}, Corrupt},
		{"not packed, behind a line that ends as readers differ about", []string{strings.Replace(packed("", "8 0 <</X 1>>"), "stream\n", "stream\r", 1)}, Corrupt},
		{"packed with parameters that some readers know by another name", []string{packed("/Filter/FlateDecode/DP<</Predictor 12>>", deflate("8 0 <</X 1>>"))}, Corrupt},
		{"packed with a header that is none", []string{packed("/Filter/FlateDecode", "\x78\x9d"+deflate("8 0 <</X 1>>")[2:])}, Corrupt},
		{"packed, with a first offset that is somewhere else", []string{"7 0 obj<</N 1/First 9 0 R/Filter/FlateDecode>>stream\n" + deflate("8 0 <</X 1>>") + "\nendstream endobj"}, Corrupt},
		{"behind an opening that readers differ about", []string{"1 0 obj<</OpenAction 2 0 R>>endobj", "2 0 obj<</S/GoTo/X/S/URI>>endobj"}, Corrupt},
		{"in an opening that readers differ about", []string{"1 0 obj<</OpenAction<</S/GoTo/X/S/URI>>>>endobj"}, Corrupt},
		{"in an object stream whose dictionary is malformed", []string{"7 0 obj<</Type/ObjStm/N 1/First 4/X(", deflate(script)}, Corrupt},
		{"in an object stream with a key that is no name", []string{"7 0 obj<</X endobj /N 1/First 4/Filter/FlateDecode>>stream\n" + deflate("1 0 <</X 1>>") + "\nendstream endobj"}, Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := inspect(t, pdf(c.objects...), pdfType); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
		})
	}
}

// The file has an honest object 7 as well; only the cross-reference decides which one a reader finds.
func TestWhereACrossReferenceLeads(t *testing.T) {
	const opens, honest, other = "1 0 obj<</OpenAction 7 0 R>>endobj", "7 0 obj[103 0 R/Fit]endobj", "117 0 obj<</S/URI/URI(a)>>endobj"
	file := func(extra ...string) []byte { return pdf(append([]string{opens, honest, other}, extra...)...) }
	at := bytes.Index(file(), []byte("117 0 obj"))
	table := func(offset int) string { return fmt.Sprintf("xref\n7 1\n%010d 00000 n \n", offset) }
	entry := func(kind byte, second, third int) string {
		return string([]byte{kind, byte(second >> 8), byte(second), byte(third)})
	}
	stream := func(dict, rows string) string {
		return "300 0 obj<</Type/XRef/W[1 2 1]" + dict + "/Length " + fmt.Sprint(len(rows)) + ">>stream\n" + rows + "\nendstream endobj"
	}
	objects := strings.Replace(packed("", "99 0 <</S/URI/URI(a)>>"), "7 0 obj", "200 0 obj", 1)
	objects = strings.Replace(objects, "/First 4", "/First 5", 1)
	for _, c := range []struct {
		name   string
		extra  []string
		reason Reason
	}{
		{"nowhere", nil, ""},
		{"to the number", []string{table(at)}, ""},
		{"to its last digit", []string{table(at + 2)}, flattened},
		{"to its second digit, and to nothing", []string{table(at + 1)}, ""},
		{"behind the number", []string{table(at + 3)}, ""},
		{"to the number, packed", []string{stream("/Index[7 1]/Filter/FlateDecode", deflate(entry(1, at, 0)))}, ""},
		{"to its last digit, in a stream", []string{stream("/Index[7 1]", entry(1, at+2, 0))}, flattened},
		{"to its last digit, packed with a predictor", []string{stream("/Index[7 1]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>", deflate(upRows(entry(1, at+2, 0), 4)))}, flattened},
		{"to an object stream by its place", []string{objects, stream("/Index[7 1]", entry(2, 200, 0))}, flattened},
		{"to an object stream by its place, in the second part", []string{objects, stream("/Index[3 1 7 1]", entry(2, 200, 0)+entry(2, 200, 0))}, flattened},
		{"to another place of the object stream", []string{objects, stream("/Index[7 1]", entry(2, 200, 1))}, ""},
		{"to an object stream by its number", []string{objects, stream("/Index[99 1]", entry(2, 200, 0))}, ""},
		{"to where nobody can tell", []string{stream("/Filter/LZWDecode", entry(1, at, 0))}, Corrupt},
		{"to where readers differ", []string{strings.Replace(stream("", entry(1, at, 0)), "[1 2 1]", "[1 2 9]", 1)}, Corrupt},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := inspect(t, file(c.extra...), pdfType); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
		})
	}
	moved := append([]byte("\n\n\n\n"), file(table(at+2))...) // some readers count from the header
	if f := inspect(t, moved, pdfType); f.Reason != flattened {
		t.Errorf("from the header to its last digit: %q", f.Reason)
	}
}

// computed is the time that this process has had a CPU: how busy the machine is does not matter.
func computed(t *testing.T) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano())
}

// Each file would cost minutes or gigabytes if the work were not bounded.
func TestHostileFilesAreCheap(t *testing.T) {
	fill := func(unit string) string { return strings.Repeat(unit, MaxBytes/2/len(unit)) }
	wide := func(unit string) string { return fill(unit + strings.Repeat(" ", 100)) } // so that the number of objects is not what bounds it
	zeros := deflate(strings.Repeat("\x00", 70<<20))
	ones := deflate("1 0 [" + strings.Repeat("1 ", 30<<20))
	for _, c := range []struct {
		name   string
		data   []byte
		reason Reason
	}{
		{"a bomb", pdf(packed("/Filter/FlateDecode", zeros)), Corrupt},
		{"many bombs", pdf(strings.Repeat(packed("/Filter/FlateDecode", zeros), 140)), Corrupt},
		{"a bomb of objects", pdf(packed("/Filter/FlateDecode", ones)), Corrupt},
		{"many object streams without an end", pdf(wide("1 0 obj<</First 1/N 1>>stream\n")), Corrupt},
		{"many packed streams", pdf(wide("1 0 obj<</First 1/N 1/Filter/Fl>>stream\n\x78\x9c\x03\x00")), Corrupt},
		{"many filters", pdf(fill("1 0 obj<</First 1/N 1/Filter[/AHx/AHx/AHx/AHx/AHx/AHx/AHx/AHx/AHx/AHx/AHx]>>stream\n")), Corrupt},
		{"dictionaries that do not end", pdf(wide("1 0 obj<<")), Corrupt},
		{"lists in lists", pdf("1 0 obj" + fill("[")), ""},
		{"strings that do not end", pdf(wide("1 0 obj<<(")), Corrupt},
		{"comments that do not end", pdf(wide("1 0 obj%")), Corrupt},
		{"comments before objects", pdf(wide("1%\n0%\nobj[9 0 R]")), ""},
		{"streams that do not end", pdf(wide("1 0 obj<<>>stream ")), ""},
		{"references to everything", pdf(wide("1 0 obj<</S 1 0 R>>")), Corrupt},
		{"references in a circle", pdf(wide("1 0 obj 2 0 R 2 0 obj 1 0 R"), "3 0 obj<</OpenAction 1 0 R>>"), Corrupt},
		{"actions in a circle", pdf("1 0 obj<</OpenAction 1 0 R/Next[1 0 R 1 0 R 1 0 R]>>"), Corrupt},
		{"malformed objects", pdf(wide("1 0 obj<<1>>")), ""},
		{"pages in a circle", []byte("%PDF-1.7\n101 0 obj<</Pages 102 0 R>>102 0 obj<</Type/Pages/Kids[102 0 R 102 0 R 102 0 R]>>trailer<</Root 101 0 R>>\n%%EOF"), Corrupt},
		{"pages that unpack to much", tree("/Pages 2 0 R", "2 0 obj<</Type/Pages/Kids["+strings.Repeat("3 0 R ", 50)+"]>>endobj", "3 0 obj<</Type/Page/Contents 4 0 R>>endobj",
			"4 0 obj<</Filter/FlateDecode>>stream\n"+deflate(strings.Repeat("0 0 m ", 1<<20))+"\nendstream endobj"), Corrupt},
		{"trailers of encrypted files", pdf(fill("trailer<</Encrypt 9 0 R>>") + "9 0 obj<</R 6/U(" + strings.Repeat("a", 48) + ")>>"), PasswordProtected},
		{"objects", pdf(fill("1 0 obj[]")), Corrupt},
		{"offsets into one number", pdf(strings.Repeat("0", MaxBytes/3)+"1 0 obj", func() string {
			var b strings.Builder
			for i := range 100_000 {
				fmt.Fprintf(&b, "%d 0 n ", 500+30*i)
			}
			return b.String()
		}()), Corrupt},
		{"slashes", pdf(fill("/")), ""},
		{"escapes", pdf(fill("/#41#42#43")), ""},
		{"digits", pdf(fill("1") + " 0 obj"), ""},
		{"ends of objects", pdf(fill("endobj")), ""},
		{"ends of archives", pdf(fill("PK\x05\x06\x00\x00\x00\x00")), Polyglot},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := computed(t)
			if f := inspect(t, c.data, pdfType); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
			if took := computed(t) - begin; took > 20*time.Second { // a tenth without the race detector
				t.Errorf("took %v", took)
			}
		})
	}
}
