package document

import (
	"bytes"
	"image"
	"image/png"
	"testing"
)

func TestAPNGThatIsCutOffAnywhereIsCorrupt(t *testing.T) {
	var whole bytes.Buffer
	if err := png.Encode(&whole, image.NewGray(image.Rect(0, 0, 16, 16))); err != nil {
		t.Fatal(err)
	}
	if p := readPNG(whole.Bytes()); p.reason != "" || p.width != 16 || p.length != whole.Len() {
		t.Errorf("whole: %+v", p)
	}
	for n := 8; n < whole.Len(); n++ {
		if p := readPNG(whole.Bytes()[:n]); p.reason != Corrupt {
			t.Errorf("the first %d bytes: %+v", n, p)
		}
	}
}
