package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
)

const (
	mostPixels  = 40_000_000
	jpegQuality = 95 // of a PNG on its way to being a page
)

var errNotDecoded = errors.New("render: the picture cannot be decoded")

// pictureAsPDF makes a PDF of one page that is filled by a JPEG or PNG, turned as its camera says. PDFium then decodes every kind of JPEG that
// browsers show, which Go does not, and makes large ones smaller.
func pictureAsPDF(data []byte, contentType string) ([]byte, error) {
	if contentType == "image/png" {
		var err error
		if data, err = pngAsJPEG(data); err != nil {
			return nil, err
		}
	}
	p, err := readPhoto(data)
	if err != nil {
		return nil, err
	}
	space, decode := map[int]string{1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}[p.components], ""
	if p.components == 4 && p.adobe { // Adobe's programs write the colours inverted
		decode = "/Decode[1 0 1 0 1 0 1 0]"
	}
	if space == "" || p.width == 0 || p.height == 0 || p.width > mostPixels/p.height {
		return nil, errNotDecoded
	}
	w, h := p.width, p.height
	if p.orientation >= 5 {
		w, h = h, w
	}
	points := func(n int) float64 { return float64(n) * 72 / dotsPerInch }
	content := fmt.Sprintf("%s cm /P Do", turned(p.orientation, points(w), points(h)))
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n")
	fmt.Fprintf(&b, "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>>>endobj\n", points(w), points(h))
	fmt.Fprintf(&b, "4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n", len(content), content)
	fmt.Fprintf(&b, "5 0 obj<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace%s/BitsPerComponent 8%s/Filter/DCTDecode/Length %d>>stream\n",
		p.width, p.height, space, decode, len(data))
	b.Write(data)
	b.WriteString("\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	return b.Bytes(), nil
}

// turned is the matrix that puts a picture on a page of w x h points. Orientations are those of Exif 2.32, tag 0x0112.
func turned(orientation int, w, h float64) string {
	m := [6]float64{w, 0, 0, h, 0, 0}
	switch orientation {
	case 2:
		m = [6]float64{-w, 0, 0, h, w, 0}
	case 3:
		m = [6]float64{-w, 0, 0, -h, w, h}
	case 4:
		m = [6]float64{w, 0, 0, -h, 0, h}
	case 5:
		m = [6]float64{0, -h, -w, 0, w, h}
	case 6:
		m = [6]float64{0, -h, w, 0, 0, h}
	case 7:
		m = [6]float64{0, h, w, 0, 0, 0}
	case 8:
		m = [6]float64{0, h, -w, 0, w, 0}
	}
	return fmt.Sprintf("%.2f %.2f %.2f %.2f %.2f %.2f", m[0], m[1], m[2], m[3], m[4], m[5])
}

// pngAsJPEG puts a PNG on white.
func pngAsJPEG(data []byte) ([]byte, error) {
	size, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width == 0 || size.Height == 0 || size.Width > mostPixels/size.Height {
		return nil, errNotDecoded
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if opaque, is := img.(interface{ Opaque() bool }); !is || !opaque.Opaque() {
		paper := image.NewRGBA(img.Bounds())
		draw.Draw(paper, paper.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(paper, paper.Rect, img, img.Bounds().Min, draw.Over)
		img = paper
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, img, &jpeg.Options{Quality: jpegQuality})
	return out.Bytes(), err
}

// photo is what the segments before the first scan of a JPEG say (ITU-T T.81, annex B).
type photo struct {
	width, height, components int
	orientation               int // of Exif; 1 when nothing is said
	adobe                     bool
}

func readPhoto(data []byte) (photo, error) {
	p := photo{orientation: 1}
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		marker := data[i+1]
		if marker == 0xff { // fill byte
			i++
			continue
		}
		length := int(binary.BigEndian.Uint16(data[i+2:]))
		if length < 2 || i+2+length > len(data) {
			break
		}
		b := data[i+4 : i+2+length]
		switch {
		case marker == 0xda: // the first scan
			return p, nil
		case marker >= 0xc0 && marker <= 0xc2 && len(b) >= 6:
			p.height, p.width, p.components = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:])), int(b[5])
		case marker == 0xe1 && bytes.HasPrefix(b, []byte("Exif\x00\x00")):
			p.orientation = orientation(b[6:])
		case marker == 0xee && bytes.HasPrefix(b, []byte("Adobe")):
			p.adobe = true
		}
		i += 2 + length
	}
	return p, errNotDecoded
}

// orientation finds tag 0x0112 in the first directory of a TIFF header, and is 1 where there is none that makes sense.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			break
		}
		if v := int(order.Uint16(entries[8:])); order.Uint16(entries) == 0x0112 && v >= 1 && v <= 8 {
			return v
		}
		entries = entries[12:]
	}
	return 1
}
