package main

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

//go:embed fonts/*.ttf
var fonts embed.FS

// plain is the font of what needs no shaping: Latin, Greek, Cyrillic, digits and signs.
const plain = "NotoSans"

// shaped are the scripts in which the form of a letter, and its place, depend on those beside it.
var shaped = []struct {
	script *unicode.RangeTable
	font   string
}{
	{unicode.Devanagari, "NotoSansDevanagari"}, {unicode.Bengali, "NotoSansBengali"}, {unicode.Gurmukhi, "NotoSansGurmukhi"},
	{unicode.Gujarati, "NotoSansGujarati"}, {unicode.Oriya, "NotoSansOriya"}, {unicode.Tamil, "NotoSansTamil"}, {unicode.Telugu, "NotoSansTelugu"},
	{unicode.Kannada, "NotoSansKannada"}, {unicode.Malayalam, "NotoSansMalayalam"}, {unicode.Arabic, "NotoSansArabic"},
	{unicode.Ol_Chiki, "NotoSansOlChiki"}, {unicode.Meetei_Mayek, "NotoSansMeeteiMayek"},
}

func fontFile(name string) []byte {
	file, err := fonts.ReadFile("fonts/" + name + "-Regular.ttf")
	if err != nil {
		panic(err) // it is embedded
	}
	return file
}

// fontOf is the font of a rune. What belongs to every script, as a joiner, stays with what is before it.
func fontOf(r rune, before string) string {
	for _, s := range shaped {
		if unicode.Is(s.script, r) {
			return s.font
		}
	}
	if before != "" && before != plain && (unicode.In(r, unicode.Inherited, unicode.Mn) || r == '।' || r == '॥' || r == '\u200c' || r == '\u200d') {
		return before
	}
	return plain
}

// piece is a part of a word in one font.
type piece struct {
	text, font string
	glyphs     []shaping.Glyph // empty where the font needs no shaping
	width      float64         // in units of the font's size
}

// pieces takes a word apart by font.
func pieces(word string) (all []piece) {
	before := ""
	for _, r := range word {
		name := fontOf(r, before)
		if name != before {
			all = append(all, piece{font: name})
		}
		last := &all[len(all)-1]
		last.text, before = last.text+string(r), name
	}
	return all
}

// shaper shapes text, and knows the outlines of its glyphs.
type shaper struct {
	harfbuzz shaping.HarfbuzzShaper
	faces    map[string]*font.Face
}

func (s *shaper) face(name string) (*font.Face, error) {
	if s.faces[name] == nil {
		face, err := font.ParseTTF(bytes.NewReader(fontFile(name)))
		if err != nil {
			return nil, fmt.Errorf("papers: font %s: %w", name, err)
		}
		s.faces[name] = face
	}
	return s.faces[name], nil
}

// unit is the size at which text is shaped.
const unit = 1000

// shape finds the glyphs of a piece and their places.
func (s *shaper) shape(p *piece) error {
	face, err := s.face(p.font)
	if err != nil {
		return err
	}
	runes := []rune(p.text)
	direction := di.DirectionLTR
	if p.font == "NotoSansArabic" {
		direction = di.DirectionRTL
	}
	out := s.harfbuzz.Shape(shaping.Input{
		Text: runes, RunEnd: len(runes), Direction: direction, Face: face, Size: fixed.I(unit), Script: language.LookupScript(firstLetter(runes)), Language: "en",
	})
	p.glyphs, p.width = out.Glyphs, float64(out.Advance)/64/unit
	return nil
}

func firstLetter(runes []rune) rune {
	for _, r := range runes {
		if unicode.IsLetter(r) {
			return r
		}
	}
	return runes[0]
}

// pen is what outlines are drawn with: a page of a PDF.
type pen interface {
	MoveTo(x, y float64)
	LineTo(x, y float64)
	CurveBezierCubicTo(cx0, cy0, cx1, cy1, x, y float64)
	ClosePath()
	DrawPath(style string)
}

// draw draws a shaped piece, with its base line beginning at x and y, in the size, all in mm.
func (s *shaper) draw(p piece, to pen, x, y, size float64) {
	face := s.faces[p.font]
	scale := size / float64(face.Upem())
	for _, g := range p.glyphs {
		outline, _ := face.GlyphDataOutline(g.GlyphID) // a blank has none
		atX, atY := x+float64(g.XOffset)/64/unit*size, y-float64(g.YOffset)/64/unit*size
		trace(outline.Segments, to, func(q opentype.SegmentPoint) (float64, float64) {
			return atX + float64(q.X)*scale, atY - float64(q.Y)*scale
		})
		x += float64(g.Advance) / 64 / unit * size
	}
	to.DrawPath("F")
}

// trace adds an outline to the path. A PDF has no quadratic curves: each is the cubic one of the same form.
func trace(outline []opentype.Segment, to pen, place func(opentype.SegmentPoint) (x, y float64)) {
	var x, y float64
	for i, s := range outline {
		fromX, fromY := x, y
		ax, ay := place(s.Args[0])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			if i > 0 {
				to.ClosePath()
			}
			to.MoveTo(ax, ay)
			x, y = ax, ay
		case opentype.SegmentOpLineTo:
			to.LineTo(ax, ay)
			x, y = ax, ay
		case opentype.SegmentOpQuadTo:
			x, y = place(s.Args[1])
			to.CurveBezierCubicTo(fromX+2*(ax-fromX)/3, fromY+2*(ay-fromY)/3, x+2*(ax-x)/3, y+2*(ay-y)/3, x, y)
		case opentype.SegmentOpCubeTo:
			bx, by := place(s.Args[1])
			x, y = place(s.Args[2])
			to.CurveBezierCubicTo(ax, ay, bx, by, x, y)
		}
	}
	if len(outline) > 0 {
		to.ClosePath()
	}
}

// isRightToLeft reports a word that is read from the right.
func isRightToLeft(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}
