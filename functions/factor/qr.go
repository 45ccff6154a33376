package main

import (
	"fmt"
	"image"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// picture is a QR code as the path of an SVG: squares of one unit, in a picture of size units each way, with the quiet zone of four.
type picture struct {
	Size int    `json:"size"`
	Path string `json:"path"`
}

const quiet = 4

func dark(code image.Image, x, y int) bool {
	r, _, _, _ := code.At(x, y).RGBA()
	return r == 0
}

func draw(text string) (picture, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return picture{}, fmt.Errorf("factor: draw: %w", err)
	}
	var path strings.Builder
	n := code.Bounds().Dx()
	for y := range n {
		for x := 0; x < n; x++ {
			run := 0
			for x+run < n && dark(code, x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	return picture{n + 2*quiet, path.String()}, nil
}
