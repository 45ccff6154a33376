package document

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Markers of ITU-T T.81, table B.1; jpegLS is of T.87.
const (
	sof0, sof2, sof15, jpegLS = 0xc0, 0xc2, 0xcf, 0xf7 // frames; the first three are of Huffman codes: baseline, extended, progressive
	dht, dac                  = 0xc4, 0xcc             // in the range of the frames, but none
	soi, eoi, sos, dqt, dhp   = 0xd8, 0xd9, 0xda, 0xdb, 0xde
	rst0, rst7, tem           = 0xd0, 0xd7, 0x01
)

// jpegFile is a JPEG as far as it was read.
type jpegFile struct {
	picture
	frame      byte // marker of the frame header; 0 before it
	components []jpegComponent
	tables     [4]bool // quantization tables that were defined
	scans      int
}

type jpegComponent struct{ id, h, v, table byte } // h and v are its sampling factors

// readJPEG follows the segments of the JPEG that data begins with up to its EOI marker (T.81, annex B), and looks at no pixel. What is
// legal but shown by no browser is ImageNotShown: lossless, arithmetic and hierarchical frames, 12 bits, two components, a height that
// follows later, and sampling that libjpeg does not know.
func readJPEG(data []byte) picture {
	damaged := picture{reason: Corrupt}
	var f jpegFile
	for i, last := 2, byte(0); ; {
		at, marker := nextMarker(data, i)
		switch {
		case marker == 0, marker == soi, last == sos && at == i: // the last: a scan without a pixel
			return damaged
		case marker == eoi && f.scans == 0:
			return damaged
		case marker == eoi:
			f.length = at + 2
			return f.picture
		}
		segment := segmentAt(data[at+2:])
		if segment == nil || !f.read(marker, segment) {
			return damaged
		}
		i, last = at+4+len(segment), marker
	}
}

// nextMarker finds the next marker that begins a segment or ends the picture, or 0: it goes over packed pixels, over their restart
// markers, and over what careless cameras write between segments.
func nextMarker(data []byte, i int) (at int, marker byte) {
	for i+1 < len(data) {
		next := bytes.IndexByte(data[i:len(data)-1], 0xff)
		if next < 0 {
			break
		}
		i += next
		switch m := data[i+1]; {
		case m == 0xff: // fill byte
			i++
		case m == 0, m == tem, rst0 <= m && m <= rst7:
			i += 2
		default:
			return i, m
		}
	}
	return len(data), 0
}

// segmentAt is the content of the segment whose length data begins with, or nil when it is cut off.
func segmentAt(data []byte) []byte {
	if len(data) < 2 {
		return nil
	}
	length := int(binary.BigEndian.Uint16(data))
	if length < 2 || length > len(data) {
		return nil
	}
	return data[2:length:length]
}

// read takes what a segment says about the picture. It is false when the segment is damaged.
func (f *jpegFile) read(marker byte, b []byte) bool {
	switch {
	case marker == dqt:
		return f.readTables(b)
	case marker == sos:
		f.scans++
		return f.reason == ImageNotShown || f.readScan(b)
	case sof0 <= marker && marker <= sof2:
		return f.reason == ImageNotShown || f.frame == 0 && f.readFrame(marker, b)
	case sof2 < marker && marker <= sof15 && marker != dht && marker != dac, marker == jpegLS, marker == dhp:
		f.reason = ImageNotShown
	}
	return true
}

// readTables reads a DQT segment (B.2.4.1).
func (f *jpegFile) readTables(b []byte) bool {
	for len(b) > 0 {
		wide, table := int(b[0]>>4), b[0]&15
		size := 1 + 64*(1+wide)
		if wide > 1 || int(table) >= len(f.tables) || len(b) < size {
			return false
		}
		f.tables[table] = true
		b = b[size:]
	}
	return true
}

// readFrame reads a frame header (B.2.2).
func (f *jpegFile) readFrame(marker byte, b []byte) bool {
	if len(b) < 6 || len(b) != 6+3*int(b[5]) || b[5] == 0 {
		return false
	}
	precision := b[0]
	f.frame, f.height, f.width = marker, int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	var h, v byte = 1, 1
	for b = b[6:]; len(b) > 0; b = b[3:] {
		c := jpegComponent{id: b[0], h: b[1] >> 4, v: b[1] & 15, table: b[2]}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || int(c.table) >= len(f.tables) {
			return false
		}
		f.components, h, v = append(f.components, c), max(h, c.h), max(v, c.v)
	}
	known := len(f.components) == 1 || len(f.components) == 3 || len(f.components) == 4
	between := slices.ContainsFunc(f.components, func(c jpegComponent) bool { return h%c.h != 0 || v%c.v != 0 })
	if precision == 12 || f.height == 0 || !known || between {
		f.reason = ImageNotShown
	}
	return f.width > 0 && (precision == 8 || precision == 12 && marker != sof0)
}

// readScan reads a scan header (B.2.3).
func (f *jpegFile) readScan(b []byte) bool {
	if len(b) < 1 || b[0] < 1 || b[0] > 4 || len(b) != 4+2*int(b[0]) {
		return false
	}
	n, blocks := int(b[0]), byte(0)
	for i := range n {
		id, codes := b[1+2*i], b[2+2*i]
		at := slices.IndexFunc(f.components, func(c jpegComponent) bool { return c.id == id })
		if at < 0 || !f.tables[f.components[at].table] || codes>>4 > 3 || codes&15 > 3 {
			return false
		}
		blocks += f.components[at].h * f.components[at].v
	}
	if n > 1 && blocks > 10 {
		return false
	}
	if f.frame != sof2 {
		return true
	}
	first, last, high, low := b[1+2*n], b[2+2*n], b[3+2*n]>>4, b[3+2*n]&15 // coefficients and their bits (G.1.1.1)
	return last < 64 && first <= last && (first == 0) == (last == 0) && (first == 0 || n == 1) && high <= 13 && low <= 13
}
