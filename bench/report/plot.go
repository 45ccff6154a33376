package report

import (
	"bytes"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Plot is a picture: lines over a number, or bars over names.
type Plot struct {
	Name, Title, X, Y string
	LogX, LogY        bool
	Lines             []Line
	Bars              []Bar
}

// Line is one series.
type Line struct {
	Name   string
	X, Y   []float64
	Dashed bool
}

// Bar is one figure with its name.
type Bar struct {
	Name  string
	Value float64
}

// of those with normal and with impaired colour vision: Okabe and Ito, 2008.
var palette = []color.Color{
	color.RGBA{0, 114, 178, 255}, color.RGBA{213, 94, 0, 255}, color.RGBA{0, 158, 115, 255}, color.RGBA{204, 121, 167, 255},
	color.RGBA{86, 180, 233, 255}, color.RGBA{230, 159, 0, 255}, color.RGBA{90, 90, 90, 255},
}

const width, height = 18 * vg.Centimeter, 9 * vg.Centimeter

// SVG draws the plot.
func (p Plot) SVG() ([]byte, error) {
	c := plot.New()
	c.Title.Text, c.X.Label.Text, c.Y.Label.Text = p.Title, p.X, p.Y
	c.BackgroundColor = color.White // pages are dark, too
	c.Legend.Top, c.Legend.Left = true, rising(p.Lines)
	c.Legend.Padding = vg.Millimeter
	c.Add(plotter.NewGrid())
	for i, l := range p.Lines {
		if err := l.add(c, palette[i%len(palette)], draw.GlyphDrawer(glyphs[i%len(glyphs)])); err != nil {
			return nil, fmt.Errorf("plot %s, line %s: %w", p.Name, l.Name, err)
		}
	}
	if err := addBars(c, p.Bars); err != nil {
		return nil, fmt.Errorf("plot %s: %w", p.Name, err)
	}
	p.leaveRoom(c)
	if p.LogX {
		c.X.Scale, c.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	if p.LogY {
		c.Y.Scale, c.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	w, err := c.WriterTo(width, height, "svg")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = w.WriteTo(&b)
	return b.Bytes(), err
}

// leaveRoom lets figures begin at zero, and keeps the top free for the legend.
func (p Plot) leaveRoom(c *plot.Plot) {
	if !p.LogY {
		c.Y.Min = 0
	}
	switch rows := float64(len(p.Lines)); {
	case rows < 2:
	case p.LogY:
		c.Y.Max *= math.Pow(c.Y.Max/c.Y.Min, rows/10)
	default:
		c.Y.Max *= 1 + rows/10
	}
}

// rising tells whether most lines end above where they begin.
func rising(lines []Line) bool {
	n := 0
	for _, l := range lines {
		switch last := len(l.Y) - 1; {
		case last < 1:
		case l.Y[last] > l.Y[0]:
			n++
		case l.Y[last] < l.Y[0]:
			n--
		}
	}
	return n > 0
}

var glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}, draw.RingGlyph{}, draw.PyramidGlyph{}}

func (l Line) add(c *plot.Plot, in color.Color, glyph draw.GlyphDrawer) error {
	points := make(plotter.XYs, len(l.X))
	for i := range l.X {
		points[i] = plotter.XY{X: l.X[i], Y: l.Y[i]}
	}
	line, marks, err := plotter.NewLinePoints(points)
	if err != nil {
		return err
	}
	line.Color, marks.Color, marks.Shape = in, in, glyph
	if l.Dashed {
		line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
	}
	c.Add(line)
	if len(points) > 40 { // marks would be all there is to see
		c.Legend.Add(l.Name, line)
		return nil
	}
	c.Add(marks)
	c.Legend.Add(l.Name, line, marks)
	return nil
}

func addBars(c *plot.Plot, bars []Bar) error {
	if len(bars) == 0 {
		return nil
	}
	values, names := make(plotter.Values, len(bars)), make([]string, len(bars))
	for i, b := range bars {
		values[i], names[i] = b.Value, b.Name
	}
	chart, err := plotter.NewBarChart(values, min(vg.Points(40), width*0.6/vg.Length(len(bars))))
	if err != nil {
		return err
	}
	chart.Color, chart.LineStyle.Width = palette[0], 0
	c.Add(chart)
	c.NominalX(names...)
	c.X.Min, c.X.Max = -0.5, float64(len(bars))-0.5
	if len(bars) > 10 {
		c.X.Tick.Label.Font.Size = vg.Points(7)
	}
	return nil
}
