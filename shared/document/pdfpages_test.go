package document

import (
	"fmt"
	"strings"
	"testing"
)

// tree is a file with this catalog, these objects and no others.
func tree(catalog string, objects ...string) []byte {
	return []byte("%PDF-1.7\n1 0 obj<</Type/Catalog" + catalog + ">>endobj\n" + strings.Join(objects, "\n") + "\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}

func TestPagesAreCounted(t *testing.T) {
	const page, content = "3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj", "4 0 obj<</Length 14>>stream\n0 0 90 90 re f\nendstream endobj"
	kids := func(n int) string { return "2 0 obj<</Type/Pages/Kids[" + strings.Repeat("3 0 R ", n) + "]>>endobj" }
	branches := func(depth int) (all []string) {
		for i := range depth {
			all = append(all, fmt.Sprintf("%d 0 obj<</Type/Pages/Kids[%d 0 R]>>endobj", i+10, i+11))
		}
		return append(all, fmt.Sprintf("%d 0 obj<</Type/Pages/Kids[3 0 R]>>endobj", depth+10))
	}
	updated := string(tree("/Pages 7 0 R", strings.Replace(kids(300), "2 0", "7 0", 1), page, content, "trailer<</Root 1 0 R>>", "5 0 obj<</Type/Catalog/Pages 2 0 R>>endobj", kids(1)))
	for _, c := range []struct {
		name   string
		data   []byte
		reason Reason
	}{
		{"one page", tree("/Pages 2 0 R", kids(1), page, content), ""},
		{"50 pages", tree("/Pages 2 0 R", kids(50), page, content), ""},
		{"51 pages", tree("/Pages 2 0 R", kids(51), page, content), TooManyPages},
		{"3,000 pages", tree("/Pages 2 0 R", kids(3000), "3 0 obj<</Type/Page>>endobj"), TooManyPages},
		{"3,000 empty branches", tree("/Pages 2 0 R", kids(3000), "3 0 obj<</Type/Pages/Kids[]>>endobj"), WithoutPage},
		{"no catalog", []byte("%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF"), WithoutPage},
		{"a header and an end", []byte("%PDF-1.7\n%%EOF"), WithoutPage},
		{"no page tree", tree(""), WithoutPage},
		{"no pages in the tree", tree("/Pages 2 0 R", kids(0)), WithoutPage},
		{"a page that is not there", tree("/Pages 2 0 R", kids(1)), WithoutPage},
		{"a tree without kids", tree("/Pages 2 0 R", "2 0 obj<</Type/Pages/Count 1>>endobj"), WithoutPage},
		{"pages in branches", tree("/Pages 10 0 R", append(branches(9), page, content)...), ""},
		{"a tree deeper than anything honest", tree("/Pages 10 0 R", append(branches(200), page, content)...), Corrupt},
		{"a tree that bites its tail", tree("/Pages 2 0 R", "2 0 obj<</Type/Pages/Kids[3 0 R 2 0 R]>>endobj", page, content), TooManyPages},
		{"a tree without types", tree("/Pages 2 0 R", "2 0 obj<</Kids[3 0 R]>>endobj", "3 0 obj<</Contents 4 0 R>>endobj", content), ""},
		{"a lost trailer", []byte(strings.Replace(string(tree("/Pages 2 0 R", kids(1), page, content)), "/Root 1", "/Root 9", 1)), ""},
		{"an update that leaves one page of 300", tree("/Pages 2 0 R", kids(300), page, content, kids(1)), ""},
		{"an update that adds 300 pages", tree("/Pages 2 0 R", kids(1), page, content, kids(300)), TooManyPages},
		{"an update of 300 pages, with a tree of its own", []byte(strings.Replace(updated, "Root 1 0 R>>\n%%EOF", "Root 5 0 R>>\n%%EOF", 1)), ""},
		{"an update of 300 pages whose trailer is lost", []byte(strings.ReplaceAll(updated, "Root 1", "Root 9")), ""},
		{"the tree of an update", tree("/Pages 9 0 R", page, content, "5 0 obj<</Type/Catalog/Pages 2 0 R>>endobj", kids(1), "trailer<</Root 5 0 R>>"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := inspect(t, c.data, pdfType); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
		})
	}
}

func TestAPageShowsSomethingOrNot(t *testing.T) {
	stream := func(content string) string {
		return "4 0 obj<</Length 1 0 R>>stream\n" + content + "\nendstream endobj"
	}
	for _, c := range []struct {
		name, page string
		objects    []string
		reason     Reason
	}{
		{"nothing", "", nil, Blank},
		{"no content", "/Contents[]", nil, Blank},
		{"content that is not there", "/Contents 4 0 R", nil, Blank},
		{"empty content", "/Contents 4 0 R", []string{stream("")}, Blank},
		{"content that paints nothing", "/Contents 4 0 R", []string{stream("q 1 0 0 1 0 0 cm 0 0 90 90 re W n (a Tj) Q")}, Blank},
		{"packed content that paints nothing", "/Contents 4 0 R", []string{"4 0 obj<</Filter/FlateDecode>>stream\n" + deflate("q Q") + "\nendstream endobj"}, Blank},
		{"a link over nothing", "/Annots[<</Subtype/Link>><</Subtype/Popup>>]", nil, Blank},
		{"text", "/Contents 4 0 R", []string{stream("BT (a) Tj ET")}, ""},
		{"a picture", "/Contents 4 0 R", []string{stream("/Im0 Do")}, ""},
		{"the second of two contents", "/Contents[5 0 R 4 0 R]", []string{stream("0 0 9 9 re f*"), "5 0 obj<<>>stream\nq\nendstream endobj"}, ""},
		{"packed content", "/Contents 4 0 R", []string{"4 0 obj<</Filter[/ASCII85Decode/FlateDecode]>>stream\n" + a85(deflate("(a)'")) + "\nendstream endobj"}, ""},
		{"content with a filter that is not known", "/Contents 4 0 R", []string{"4 0 obj<</Filter/LZWDecode>>stream\nx\nendstream endobj"}, ""},
		{"content that is cut off", "/Contents 4 0 R", []string{"4 0 obj<</Filter/FlateDecode>>stream\n" + deflate("q 1 0 0 1 0 0 cm Q")[:12] + "\nendstream endobj"}, ""},
		{"a filled field", "/Annots 5 0 R", []string{"5 0 obj[6 0 R]endobj", "6 0 obj<</Subtype/Widget/FT/Tx/V(a)>>endobj"}, ""},
		{"a stamp", "/Annots[<</Subtype/Stamp>>]", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			objects := append([]string{"2 0 obj<</Type/Pages/Kids[9 0 R 3 0 R]>>endobj", "9 0 obj<</Type/Page>>endobj", "3 0 obj<</Type/Page" + c.page + ">>endobj"}, c.objects...)
			if f := inspect(t, tree("/Pages 2 0 R", objects...), pdfType); f.Reason != c.reason {
				t.Errorf("reason %q, want %q", f.Reason, c.reason)
			}
		})
	}
}
