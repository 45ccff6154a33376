package document

import (
	"cmp"
	"slices"
)

// pages counts the pages of the newest page tree that has any (7.7.3), and looks for one that shows something.
func (s *pdfScan) pages() Reason {
	slices.SortStableFunc(s.trailers, func(a, b trailer) int { return cmp.Compare(b.place, a.place) })
	var roots []any
	for _, t := range s.trailers {
		roots = append(roots, t.all("Root")...)
	}
	slices.Reverse(s.catalogs) // for files whose trailer is lost
	for _, c := range s.catalogs {
		roots = append(roots, c)
	}
	for _, root := range roots {
		catalog, _ := dictOf(s.last(root))
		t := pageTree{scan: s}
		for _, v := range catalog.all("Pages") {
			t.visit(v, 0)
		}
		if len(t.pages) > MaxPages {
			return TooManyPages
		}
		shown := slices.ContainsFunc(t.pages, s.shows)
		switch {
		case s.work < 0, t.nodes > maxNodes:
			return Corrupt
		case shown:
			return ""
		case len(t.pages) > 0:
			return Blank
		}
	}
	return WithoutPage
}

// maxNodes is more than a tree of MaxPages has, also with many empty branches. Deeper than maxDepth is too many as well.
const maxNodes = 10_000

type pageTree struct {
	scan  *pdfScan
	pages []dict
	nodes int
}

// visit collects the pages of a branch. A page that hangs in two places counts twice, as it is shown.
func (t *pageTree) visit(v any, depth int) {
	if t.nodes++; depth > maxDepth {
		t.nodes = maxNodes + 1
	}
	if t.nodes > maxNodes || len(t.pages) > MaxPages {
		return
	}
	node, is := dictOf(t.scan.last(v))
	if !is {
		return
	}
	kids := node.all("Kids")
	if len(kids) == 0 && !node.is("Type", "Pages") {
		t.pages = append(t.pages, node)
	}
	for _, v := range kids {
		l, _ := t.scan.last(v).(list)
		for _, kid := range l {
			t.visit(kid, depth+1)
		}
	}
}

// shows reports that something is seen on a page: an annotation other than a link, or what its content paints.
func (s *pdfScan) shows(page dict) bool {
	for _, v := range page.all("Annots") {
		for _, v := range s.elements(v) {
			a, is := dictOf(s.last(v))
			if is && !a.is("Subtype", "Link") && !a.is("Subtype", "Popup") {
				return true
			}
		}
	}
	for _, v := range page.all("Contents") {
		for _, v := range s.elements(v) {
			if st, is := s.last(v).(stream); is && s.paints(st) {
				return true
			}
		}
	}
	return false
}

// painting are the operators that leave marks on a page (annex A).
var painting = map[string]bool{
	"S": true, "s": true, "f": true, "F": true, "f*": true, "B": true, "B*": true, "b": true, "b*": true, "sh": true, "Do": true, "BI": true, "Tj": true,
	"TJ": true, "'": true, `"`: true,
}

// paints reports that a content stream has an operator that paints, or cannot be read.
func (s *pdfScan) paints(st stream) bool {
	packed, _ := s.packed(st)
	content, whole := s.decode(st, packed)
	l := lexer{data: content, work: &s.work}
	for {
		kind, w := l.next()
		switch {
		case kind == wordToken && painting[string(w)]:
			return true
		case kind == endOfData:
			return !whole
		}
	}
}
