package document

import (
	"slices"
	"strings"
	"testing"
)

// action is one of the types of ISO 32000-2, 12.6.4, with a body that makes it do something.
type action struct {
	body  string
	click bool // it is fine where a person must click
	open  bool // it is fine when it comes by itself
}

var actions = map[string]action{
	"GoTo":               {"<</S/GoTo/D[103 0 R/Fit]>>", true, true},
	"GoToDp":             {"<</S/GoToDp/Dp 8 0 R>>", true, true},
	"URI":                {"<</S/URI/URI(https://example.com/article/JavaScript)>>", true, false},
	"Named":              {"<</S/Named/N/Print>>", true, false},
	"Hide":               {"<</S/Hide/T(seal)>>", true, false},
	"ResetForm":          {"<</S/ResetForm>>", true, false},
	"SetOCGState":        {"<</S/SetOCGState/State[/OFF 9 0 R]>>", true, false},
	"Trans":              {"<</S/Trans/Trans<</S/Fly>>>>", true, false},
	"GoTo3DView":         {"<</S/GoTo3DView/TA 9 0 R/V/F>>", true, false},
	"Thread":             {"<</S/Thread/D 0>>", true, false},
	"Thread elsewhere":   {"<</S/Thread/F(a.pdf)/D 0>>", false, false},
	"GoToR":              {"<</S/GoToR/F(//example.com/share/a.pdf)/D[0/Fit]>>", false, false},
	"GoToE":              {"<</S/GoToE/T<</R/C/N(a.pdf)>>/D[0/Fit]>>", false, false},
	"Launch":             {"<</S/Launch/F(a.exe)>>", false, false},
	"Launch by system":   {"<</S/Launch/Win<</F(a.exe)>>>>", false, false},
	"Sound":              {"<</S/Sound/Sound 8 0 R>>", false, false},
	"Movie":              {"<</S/Movie/T(film)>>", false, false},
	"SubmitForm":         {"<</S/SubmitForm/F<</FS/URL/F(https://example.com/)>>>>", false, false},
	"ImportData":         {"<</S/ImportData/F(a.fdf)>>", false, false},
	"Rendition":          {"<</S/Rendition/OP 0/AN 9 0 R/R<</S/MR>>>>", false, false},
	"JavaScript":         {"<</S/JavaScript/JS(app.alert\\(1\\))>>", false, false},
	"RichMediaExecute":   {"<</S/RichMediaExecute/TA 9 0 R/CMD<</C(play)>>>>", false, false},
	"script address":     {"<</S/URI/URI( javascript:alert\\(1\\))>>", false, false},
	"by octal numbers":   {"<</S/URI/URI(\\152avascript\\072alert\\(1\\))>>", false, false},
	"old script address": {"<</S/URI/URI<76 62 73 63 72 69 70 74 3a 78>>>", false, false},
	"a later one":        {"<</S/Later>>", true, false}, // no reader does anything for it when clicked
}

// places are where an action hangs: at %, written there or as a reference.
var places = map[string]struct {
	parts parts
	click bool
}{
	"when the file is opened":        {parts{catalog: "/OpenAction %"}, false},
	"before the file is closed":      {parts{catalog: "/AA<</WC %>>"}, false},
	"when a page is shown":           {parts{page: "/AA<</O %>>"}, false},
	"when the mouse enters a button": {parts{annots: "<</Subtype/Widget/FT/Btn/T(a)/AA<</E %>>>>"}, false},
	"with each key in a field":       {parts{catalog: "/AcroForm<</Fields[<</FT/Tx/T(a)/AA<</K %>>>>]>>"}, false},
	"after another, when opened":     {parts{catalog: "/OpenAction<</S/GoTo/D[103 0 R/Fit]/Next %>>"}, false},
	"after two others, when opened":  {parts{catalog: "/OpenAction<</S/GoTo/D[103 0 R/Fit]/Next[<</S/GoTo/D(a)/Next[%]>>]>>"}, false},
	"in a link":                      {parts{annots: "<</Subtype/Link/Rect[0 0 9 9]/A %>>"}, true},
	"as a link's former action":      {parts{annots: "<</Subtype/Link/Rect[0 0 9 9]/PA %>>"}, true},
	"in a bookmark":                  {parts{catalog: "/Outlines<</First 5 0 R/Last 5 0 R>>", objects: []string{"5 0 obj<</Title(a)/A %>>endobj"}}, true},
	"after another, in a link":       {parts{annots: "<</Subtype/Link/Rect[0 0 9 9]/A<</S/GoTo/D(a)/Next[%]>>>>"}, true},
	"in a presentation":              {parts{page: "/PresSteps<</Type/NavNode/NA %>>"}, true},
}

// with puts an action into its place.
func (p parts) with(action string) parts {
	put := func(s string) string { return strings.ReplaceAll(s, "%", action) }
	p.catalog, p.page, p.annots = put(p.catalog), put(p.page), put(p.annots)
	p.objects = slices.Clone(p.objects)
	for i, o := range p.objects {
		p.objects[i] = put(o)
	}
	return p
}

// wants checks a document in the open and with its objects in an object stream.
func wants(t *testing.T, p parts, want Reason) {
	t.Helper()
	for how, data := range map[string][]byte{"in the open": p.plain(), "packed": p.packed()} {
		if f := inspect(t, data, pdfType); f.Reason != want {
			t.Errorf("%s: reason %q, want %q", how, f.Reason, want)
		}
	}
}

// A reference counts like what it leads to, also through another reference, and where only one of two objects of its number is refused.
func TestEachActionWhereItHangs(t *testing.T) {
	for kind, a := range actions {
		for place, p := range places {
			t.Run(kind+" "+place, func(t *testing.T) {
				want := flattened
				if p.click && a.click || a.open {
					want = ""
				}
				wants(t, p.parts.with(a.body), want)
				wants(t, p.parts.with("<</Type/StructElem"+strings.TrimPrefix(a.body, "<<")), want) // no reader minds its type
				elsewhere := p.parts.with("7 0 R")
				elsewhere.objects = append(elsewhere.objects, "7 0 obj 6 0 R endobj", "6 0 obj"+a.body+"endobj")
				wants(t, elsewhere, want)
				elsewhere.objects = append(elsewhere.objects, "7 0 obj<</S/GoTo/D[103 0 R/Fit]>>endobj")
				wants(t, elsewhere, want)
			})
		}
	}
}

func TestWhatElseActsOrFetches(t *testing.T) {
	stream := func(dict string) string { return "5 0 obj<<" + dict + "/Length 2>>stream\n1;\nendstream endobj" }
	for _, c := range []struct {
		name   string
		active parts
		honest parts // its nearest neighbour
	}{
		{"a named destination", parts{catalog: "/OpenAction<</S/Named/N/Print>>"}, parts{catalog: "/OpenAction/chapter"}},
		{"a destination", parts{catalog: "/OpenAction 5 0 R", objects: []string{"5 0 obj<</S/URI/URI(a)>>endobj"}},
			parts{catalog: "/OpenAction 5 0 R", objects: []string{"5 0 obj[103 0 R/XYZ null null 0]endobj"}}},
		{"additional actions", parts{page: "/AA 5 0 R", objects: []string{"5 0 obj<</C<</S/URI/URI(a)>>>>endobj"}}, parts{page: "/AA<<>>"}},
		{"scripts of the document", parts{catalog: "/Names<</JavaScript<</Names[(a) 5 0 R]>>>>"}, parts{catalog: "/Names<</JavaScript<</Names[]>>/Dests<</Names[(a)[103 0 R/Fit]]>>>>"}},
		{"a script of a 3D view", parts{objects: []string{stream("/OnInstantiate 5 0 R")}}, parts{objects: []string{stream("/On 5 0 R")}}},
		{"a script of a requirement", parts{catalog: "/Requirements[<</S/EnableJavaScripts/RH[<</S/JS/Script(a)>>]>>]"}, parts{catalog: "/Requirements[<</S/Signature>>]"}},
		{"attachments of the document", parts{catalog: "/Names<</EmbeddedFiles<</Kids[5 0 R]>>>>"}, parts{catalog: "/Names<</EmbeddedFiles<</Names[]>>>>"}},
		{"the content of an attachment", parts{catalog: "/AF[<</Type/Filespec/F(a)/EF<</F 5 0 R>>>>]"}, parts{page: "/Resources<</Font<</EF 5 0 R>>>>", objects: []string{"5 0 obj<</Type/Font>>endobj"}}},
		{"an attachment without a name", parts{objects: []string{stream("/Type/EmbeddedFile")}}, parts{objects: []string{stream("/Type/Metadata/Subtype/XML")}}},
		{"a note with a file", parts{annots: "<</Subtype/FileAttachment>>"}, parts{annots: "<</Subtype/Text/Contents(FileAttachment)>>"}},
		{"a note with a sound", parts{annots: "<</Subtype/Sound/Sound 5 0 R>>"}, parts{annots: "<</Subtype/Stamp/Name/Sound>>"}},
		{"a film", parts{annots: "<</Subtype/Movie>>"}, parts{annots: "<</Subtype/Square>>"}},
		{"a screen", parts{annots: "<</Subtype/Screen>>"}, parts{annots: "<</Subtype/Watermark>>"}},
		{"a 3D view", parts{annots: "<</Subtype/3D>>"}, parts{annots: "<</Subtype/Polygon>>"}},
		{"rich media", parts{annots: "<</Subtype/RichMedia>>"}, parts{annots: "<</Subtype/FreeText/Contents(/RichMedia)>>"}},
		{"a program for printers", parts{objects: []string{stream("/Type/XObject/Subtype/PS")}}, parts{objects: []string{stream("/Type/XObject/Subtype/Form/Group<</S/Transparency>>")}}},
		{"a stream in another file", parts{objects: []string{stream("/F(a.bin)")}}, parts{annots: "<</Subtype/Link/F 4>>"}},
		{"a stream at an address", parts{objects: []string{stream("/F<</FS/URL/F(https://example.com)>>")}}, parts{objects: []string{stream("/Filter[]")}}},
		{"filters of a stream in another file", parts{objects: []string{stream("/FFilter/FlateDecode")}}, parts{objects: []string{stream("/Filters(a)")}}},
		{"parameters of a stream in another file", parts{objects: []string{stream("/FDecodeParms null")}}, parts{objects: []string{stream("/DecodeParms null")}}},
		{"a page of another file", parts{objects: []string{stream("/Subtype/Form/Ref<</F(a.pdf)/Page 0>>")}}, parts{objects: []string{"5 0 obj<</Type/StructElem/S/Link/Ref[6 0 R]>>endobj", "6 0 obj<</Type/StructElem/S/P>>endobj"}}},
		{"a proxy of a picture", parts{objects: []string{stream("/Subtype/Image/OPI<</2.0<</F(a.tif)>>>>")}}, parts{page: "/Resources<</XObject<</OPI 5 0 R>>>>", objects: []string{stream("/Subtype/Form")}}},
		{"a colour profile elsewhere", parts{catalog: "/OutputIntents[<</S/GTS_PDFX/DestOutputProfileRef<</URLs[<</FS/URL/F(a)>>]>>>>]"}, parts{catalog: "/OutputIntents[<</S/GTS_PDFA1/DestOutputProfile 5 0 R>>]", objects: []string{stream("/N 3")}}},
		{"a form program", parts{catalog: "/AcroForm<</Fields[]/XFA 5 0 R>>", objects: []string{stream("")}}, parts{catalog: "/AcroForm<</Fields[]/XFA[]/DA(/Helv 0 Tf 0 g)/SigFlags 3>>"}},
		{"a portfolio", parts{catalog: "/Collection<</View/D>>"}, parts{page: "/Resources<</Properties<</Collection 5 0 R>>>>", objects: []string{"5 0 obj<</Type/OCG/Name(a)>>endobj"}}},
		{"a slide show", parts{catalog: "/Names<</AlternatePresentations<</Names[(a) 5 0 R]>>>>"}, parts{catalog: "/Names<</AlternatePresentations<</Names[]>>>>"}},
		{"a script by its key", parts{objects: []string{"6 0 obj<</JS(1)>>endobj"}}, parts{page: "/Resources<</XObject<</JS 5 0 R>>>>", objects: []string{stream("/Subtype/Image")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wants(t, c.active, flattened)
			wants(t, c.honest, "")
		})
	}
}

func TestWordsAreNoNames(t *testing.T) {
	for _, c := range []struct {
		name string
		p    parts
	}{
		{"a title about scripts", parts{objects: []string{"5 0 obj<</Title(/OpenAction /JavaScript, /Launch and /Encrypt)/Keywords(/AA /EF /XFA)>>endobj"}}},
		{"a title in UTF-16", parts{objects: []string{"5 0 obj<</Title<feff002f004a0061007600610053006300720069007000740020>>>endobj"}}},
		{"metadata about scripts", parts{objects: []string{"5 0 obj<</Type/Metadata/Subtype/XML/Length 70>>stream\n<pdf:Keywords>/S/JavaScript/JS(x) /EmbeddedFile /Launch</pdf:Keywords>\nendstream endobj"}}},
		{"text about scripts", parts{objects: []string{"5 0 obj<</Length 60>>stream\nBT (<</S/JavaScript/JS(1)>> /AA<</O) Tj /Launch Do ET\nendstream endobj"}}},
		{"text about objects", parts{objects: []string{"5 0 obj(1 0 objects<</S/JavaScript>> endobj<</S/JavaScript>> obj<</S/JavaScript>>)endobj"}}},
		{"an address about scripts", parts{annots: "<</Subtype/Link/A<</S/URI/URI(https://example.com/article/JavaScript)>>>>"}},
		{"a comment about scripts", parts{catalog: "% /OpenAction<</S/JavaScript>>\n"}},
		{"names that begin like it", parts{objects: []string{"5 0 obj<</JavaScriptNot/x/LaunchPad/y/EncryptMetadata true/AAA(x)/JSON(x)/Sound/JavaScript>>endobj"}}},
		{"glyphs with such names", parts{objects: []string{"5 0 obj<</Differences[1/AA/JS/EF/S/Launch/Movie]/Font<</EF+Arial 3 0 R>>>>endobj"}}},
		{"fonts with such names", parts{page: "/Resources<</Font<</AA 5 0 R/JS 5 0 R/EF 5 0 R/A 5 0 R/Launch 5 0 R/Next 5 0 R/JavaScript 5 0 R/XObject 5 0 R>>>>", objects: []string{"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Sound>>endobj"}}},
		{"pictures with such names", parts{page: "/Resources<</XObject<</AA 5 0 R/A 5 0 R/JS 5 0 R>>>>", objects: []string{"5 0 obj<</Subtype/Form/Group<</S/Transparency>>/Length 1>>stream\nq\nendstream endobj"}}},
		{"kinds of structure with such names", parts{objects: []string{"5 0 obj<</Type/StructElem/S/Movie/A<</O/Layout/S/Block>>>>endobj"}}},
		{"a transition and a border", parts{page: "/Trans<</S/Fly>>", annots: "<</Subtype/Link/BS<</S/S>>>>"}},
		{"page labels", parts{catalog: "/PageLabels<</Nums[0<</S/D>>]>>"}},
		{"a signature", parts{objects: []string{"5 0 obj<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange[0 1 2 3]/Contents<3082>>>endobj"}}},
		{"a title whose parenthesis is not closed", parts{objects: []string{"5 0 obj<</Title(a :( )/Author(b)>>endobj"}}},
		{"a dictionary with a key that is no name", parts{catalog: "/OpenAction<</S/GoTo/D(a)>>", objects: []string{"5 0 obj<</Title(a) 7/Author(b)>>endobj"}}},
		{"a dictionary that does not end", parts{catalog: "/OpenAction[103 0 R/Fit]", objects: []string{"5 0 obj<</Title(a)endobj"}}},
		{"a font whose name is not in ASCII", parts{objects: []string{"5 0 obj<</BaseFont/\xcb\xce\x80\xff>>endobj"}}},
	} {
		t.Run(c.name, func(t *testing.T) { wants(t, c.p, "") })
	}
}
