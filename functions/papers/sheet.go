package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-text/typesetting/font"
)

// Measures of an A4 sheet, in mm, and sizes of text, in points.
const (
	pageWidth, pageHeight   = 210.0, 297.0
	margin                  = 25.0
	letterhead              = 55.0 // where the holder's own paper has its head
	textSize, smallSize     = 11.0, 8.5
	titleSize               = 16.0
	leading                 = 1.45 // from line to line, in sizes
	paragraphGap, signature = 2.5, 11.0
	emptyRow                = 11.0
	cellGap                 = 1.5
	mmPerPoint              = 25.4 / 72
)

// sheet is a paper that is written from top to bottom, on as many pages as it takes.
type sheet struct {
	out    *fpdf.Fpdf
	shaper shaper
	loaded map[string]bool // fonts
	y      float64         // where the next line begins
	font   string          // in use
	size   float64
}

// newSheet begins a paper; its first page leaves top mm free. A file does not say when it was made: the same paper is the same bytes.
func newSheet(title string, top float64) *sheet {
	s := &sheet{out: fpdf.New("P", "mm", "A4", ""), shaper: shaper{faces: map[string]*font.Face{}}, loaded: map[string]bool{}, y: top}
	s.out.SetAutoPageBreak(false, 0)
	s.out.SetCatalogSort(true)
	s.out.SetCreationDate(time.Unix(0, 0).UTC())
	s.out.SetModificationDate(time.Unix(0, 0).UTC())
	s.out.SetProducer("Central", true)
	s.out.SetTitle(title, true)
	s.out.SetLang("en-IN")
	s.out.AddPage()
	return s
}

func (s *sheet) pdf() ([]byte, error) {
	var b bytes.Buffer
	err := s.out.Output(&b)
	return b.Bytes(), err
}

func (s *sheet) gap(mm float64) { s.y += mm }

// room begins a new page where so many mm are not left.
func (s *sheet) room(mm float64) {
	if s.y+mm > pageHeight-margin {
		s.out.AddPage()
		s.y = margin
	}
}

// write writes a paragraph.
func (s *sheet) write(size float64, text string) {
	for _, l := range s.lines(size, text, pageWidth-2*margin) {
		s.room(size * leading * mmPerPoint)
		s.y += size * leading * mmPerPoint
		s.line(l, size, margin, s.y)
	}
}

// toSign leaves a line to write on, with what belongs there below it.
func (s *sheet) toSign(label string) {
	s.room(signature + smallSize*leading*mmPerPoint)
	s.y += signature
	s.out.SetLineWidth(0.2)
	s.out.Line(margin, s.y, margin+80, s.y)
	s.write(smallSize, label)
}

// row writes one row of a table whose columns are equally wide; it is at least so many mm high.
func (s *sheet) row(cells []string, least float64) {
	width := (pageWidth - 2*margin) / float64(len(cells))
	widths := make([]float64, len(cells))
	for i := range widths {
		widths[i] = width
	}
	s.rowOf(cells, widths, least)
}

// rowOf is row with columns of these widths, in mm. A row stays on one page.
func (s *sheet) rowOf(cells []string, widths []float64, least float64) {
	step, high := smallSize*leading*mmPerPoint, least
	written := make([][]line, len(cells))
	for i, text := range cells {
		written[i] = s.lines(smallSize, text, widths[i]-2*cellGap)
		high = max(high, float64(len(written[i]))*step+2*cellGap)
	}
	s.room(high)
	x := margin
	s.out.SetLineWidth(0.2)
	for i, lines := range written {
		s.out.Rect(x, s.y, widths[i], high, "D")
		for n, l := range lines {
			s.line(l, smallSize, x+cellGap, s.y+cellGap+(float64(n)+0.8)*step)
		}
		x += widths[i]
	}
	s.y += high
}

// line is what stands beside each other; blanks are between words.
type line [][]piece

// lines breaks a text so that no line is wider than so many mm.
func (s *sheet) lines(size float64, text string, width float64) (all []line) {
	var present line
	used, space := 0.0, s.width(size, " ")
	for _, word := range words(text) {
		for _, part := range s.broken(size, word, width) {
			made, wide := s.set(size, part)
			if len(present) > 0 && used+space+wide > width {
				all, present, used = append(all, present), nil, 0
			}
			present, used = append(present, made), used+space+wide
		}
	}
	if len(present) > 0 {
		all = append(all, present)
	}
	return all
}

// words are what a line may be broken between. Those that are read from the right stay together: their order is theirs.
func words(text string) (all []string) {
	for _, word := range strings.Fields(text) {
		if last := len(all) - 1; last >= 0 && isRightToLeft(all[last]) && isRightToLeft(word) {
			all[last] += " " + word
			continue
		}
		all = append(all, word)
	}
	return all
}

// broken is a word in parts that fit, where it does not; what joins with the rune before it stays with it.
func (s *sheet) broken(size float64, word string, width float64) []string {
	if _, wide := s.set(size, word); wide <= width {
		return []string{word}
	}
	var all []string
	part := ""
	for _, r := range word {
		joins := unicode.IsMark(r) || r == '\u200c' || r == '\u200d'
		if _, wide := s.set(size, part+string(r)); part != "" && wide > width && !joins {
			all, part = append(all, part), ""
		}
		part += string(r)
	}
	return append(all, part)
}

// set makes the pieces of a word, and says how wide they are together, in mm.
func (s *sheet) set(size float64, word string) (made []piece, wide float64) {
	made = pieces(word)
	for i := range made {
		p := &made[i]
		if p.font == plain {
			wide += s.width(size, p.text)
		} else if err := s.shaper.shape(p); err != nil {
			s.out.SetError(err)
		} else {
			wide += p.width * size * mmPerPoint
		}
	}
	return made, wide
}

func (s *sheet) use(name string, size float64) {
	if s.font == name && s.size == size {
		return // each change is written into the file
	}
	s.font, s.size = name, size
	if !s.loaded[name] {
		s.out.AddUTF8FontFromBytes(name, "", fontFile(name))
		s.loaded[name] = true
	}
	s.out.SetFont(name, "", size)
}

func (s *sheet) width(size float64, text string) float64 {
	s.use(plain, size)
	return s.out.GetStringWidth(text)
}

// line writes words with its base line beginning at x and y. Shaped text is drawn, and lies under itself as text to find and to copy.
func (s *sheet) line(l line, size, x, y float64) {
	for i, word := range l {
		if i > 0 {
			x += s.width(size, " ")
		}
		for _, p := range word {
			s.use(p.font, size)
			if p.font == plain {
				s.out.Text(x, y, p.text)
				x += s.out.GetStringWidth(p.text)
				continue
			}
			wide := p.width * size * mmPerPoint
			s.under(p.text, x, y, wide)
			s.shaper.draw(p, s.out, x, y, size*mmPerPoint)
			x += wide
		}
	}
}

// Ways to show text (ISO 32000-1, 9.3.6).
const visible, invisible = 0, 3

// under writes text that nobody sees, as wide as what is drawn over it.
func (s *sheet) under(text string, x, y, wide float64) {
	s.out.SetTextRenderingMode(invisible)
	s.out.RawWriteStr(fmt.Sprintf("%.1f Tz", 100*wide/max(s.out.GetStringWidth(text), 0.1)))
	s.out.Text(x, y, text)
	s.out.RawWriteStr("100 Tz")
	s.out.SetTextRenderingMode(visible)
}
