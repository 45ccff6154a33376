package document

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/jpeg"
	"image/png"
)

const (
	minLong, minShort = 600, 400 // pixels: less cannot be read
	maxPixels         = 40e6     // more is a burden on whoever opens it
)

// inspectImage looks at the structure of a picture. Its pixels stay packed: a small file can hold very many.
func inspectImage(data []byte, contentType string) (width, height int, reason Reason) {
	end, decode := jpegEnd, jpeg.DecodeConfig
	if contentType == pngType {
		end, decode = pngEnd, png.DecodeConfig
	}
	n := end(data)
	if n < 0 {
		return 0, 0, Corrupt
	}
	if pdfStart(data) >= 0 || endsAsZip(data) || hidesAnother(data[n:]) {
		return 0, 0, Polyglot
	}
	config, err := decode(bytes.NewReader(data[:n]))
	if err != nil {
		return 0, 0, Corrupt
	}
	width, height = config.Width, config.Height
	switch {
	case max(width, height) < minLong || min(width, height) < minShort:
		return width, height, ImageTooSmall
	case width*height > maxPixels:
		return width, height, ImageTooLarge
	}
	return width, height, ""
}

// jpegEnd is the length of the JPEG at the start of data, up to its EOI marker, or -1 when it is cut off or damaged (ITU-T T.81,
// annex B).
func jpegEnd(data []byte) int {
	const (
		soi, eoi, tem = 0xd8, 0xd9, 0x01
		rst0, rst7    = 0xd0, 0xd7
	)
	for i := 2; i+1 < len(data); {
		next := bytes.IndexByte(data[i:len(data)-1], 0xff) // over packed pixels, and over what careless cameras write between segments
		if next < 0 {
			return -1
		}
		i += next
		switch marker := data[i+1]; {
		case marker == 0xff: // fill byte
			i++
		case marker == eoi:
			return i + 2
		case marker == 0, marker == tem, rst0 <= marker && marker <= rst7:
			i += 2
		case marker == soi:
			return -1
		default:
			if i+4 > len(data) {
				return -1
			}
			i += 2 + int(binary.BigEndian.Uint16(data[i+2:]))
		}
	}
	return -1
}

// pngEnd is the length of the PNG at the start of data, up to its IEND chunk, or -1 when it is cut off or a checksum is wrong.
func pngEnd(data []byte) int {
	for i := 8; i+12 <= len(data); {
		length := int64(binary.BigEndian.Uint32(data[i:]))
		if length > int64(len(data)-i-12) {
			return -1
		}
		body := i + 8 + int(length)
		if crc32.ChecksumIEEE(data[i+4:body]) != binary.BigEndian.Uint32(data[body:]) {
			return -1
		}
		if string(data[i+4:i+8]) == "IEND" {
			return body + 4
		}
		i = body + 4
	}
	return -1
}
