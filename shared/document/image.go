package document

const (
	minLong, minShort = 600, 400 // pixels: less cannot be read
	maxPixels         = 40e6     // more is a burden on whoever opens it
)

// picture is what the structure of a picture says about it. Its pixels stay packed: a small file can hold very many.
type picture struct {
	width, height int
	length        int    // bytes from the start of the file to the end of the picture
	reason        Reason // Corrupt or ImageNotShown; then the rest counts for nothing
}

// inspectImage judges a picture by its structure and dimensions.
func inspectImage(data []byte, contentType string) (width, height int, reason Reason) {
	read := readJPEG
	if contentType == pngType {
		read = readPNG
	}
	p := read(data)
	switch {
	case p.reason == Corrupt:
		return 0, 0, Corrupt
	case pdfStart(data) >= 0, endsAsZip(data), hidesAnother(data[p.length:]):
		return 0, 0, Polyglot
	case p.reason != "":
		return 0, 0, p.reason
	case max(p.width, p.height) < minLong, min(p.width, p.height) < minShort:
		return p.width, p.height, ImageTooSmall
	case p.width > maxPixels/p.height:
		return p.width, p.height, ImageTooLarge
	}
	return p.width, p.height, ""
}
