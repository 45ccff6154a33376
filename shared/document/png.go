package document

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// pngDepths are the legal bits of a sample for each colour type (PNG, third edition, 11.2.1).
var pngDepths = map[byte]string{0: "\x01\x02\x04\x08\x10", 2: "\x08\x10", pngIndexed: "\x01\x02\x04\x08", 4: "\x08\x10", 6: "\x08\x10"}

const pngIndexed = 3 // the colour type of a picture with a palette

// readPNG follows the chunks from IHDR to IEND. As browsers do, it minds damage in those that the picture needs, and in no other.
func readPNG(data []byte) picture {
	const signature, around = 8, 12 // bytes; around the content of a chunk are its length, its type and its checksum
	var p picture
	var colour byte
	palette, pixels := false, false
	for i := signature; i+around <= len(data); {
		length := int64(binary.BigEndian.Uint32(data[i:]))
		if length > int64(len(data)-i-around) {
			break
		}
		end := i + 8 + int(length)
		kind, body := string(data[i+4:i+8]), data[i+8:end]
		needed := kind[0]&0x20 == 0 // its first letter is a capital
		if needed && crc32.ChecksumIEEE(data[i+4:end]) != binary.BigEndian.Uint32(data[end:]) {
			break
		}
		switch {
		case kind == "IHDR" && i == signature:
			p, colour = pngHeader(body)
		case i == signature && kind == "CgBI", needed && !strings.Contains("IHDR PLTE IDAT IEND", kind):
			p.reason = ImageNotShown // as pictures inside iOS apps, which only Apple's programs read
		case i == signature, kind == "IHDR" && p.reason == "":
			return picture{reason: Corrupt}
		case kind == "PLTE" && !pixels:
			palette = len(body) > 0 && len(body)%3 == 0 && len(body) <= 3*256
		case kind == "IDAT":
			pixels = pixels || len(body) > 0
		case kind == "IEND":
			if p.reason == "" && (!pixels || colour == pngIndexed && !palette) {
				p.reason = Corrupt
			}
			p.length = end + 4
			return p
		}
		i = end + 4
	}
	return picture{reason: Corrupt}
}

// pngHeader reads the content of IHDR.
func pngHeader(b []byte) (p picture, colour byte) {
	if len(b) != 13 {
		return picture{reason: Corrupt}, 0
	}
	width, height := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	depth, colour, compression, filter, interlace := b[8], b[9], b[10], b[11], b[12]
	const most = 1<<31 - 1
	if width == 0 || height == 0 || width > most || height > most || strings.IndexByte(pngDepths[colour], depth) < 0 ||
		compression != 0 || filter != 0 || interlace > 1 {
		return picture{reason: Corrupt}, colour
	}
	return picture{width: int(width), height: int(height)}, colour
}
