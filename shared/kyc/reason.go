package kyc

import "cmp"

// fileReasons are the sentences for the codes of package document, and for the same faults found before an upload.
var fileReasons = map[string]string{
	"file_empty":              "The file is empty. Save or scan it again.",
	"file_too_large":          "The file is too large. Scan it with fewer dots per inch, or in grey.",
	"file_type_mismatch":      "The file is not what it says it is. Open it, save it as PDF, JPEG or PNG, and upload that.",
	"file_type_not_supported": "This kind of file is not taken. Save it as PDF, JPEG or PNG.",
	"file_password_protected": "The file is protected by a password. Open it with the password, print it to a new PDF, and upload that. An e-Aadhaar is protected like this: cover its first eight digits too, or download the masked one.",
	"file_without_page":       "The PDF has no page. Save or scan the document again.",
	"file_too_many_pages":     "The PDF has more than 50 pages. Print the pages that are asked for to a new PDF, and upload that.",
	"file_blank":              "All pages of the PDF are empty. Save or scan the document again, and look at it before you upload it.",
	"file_polyglot":           "The file contains a second file of another kind. Open it, print it to a new PDF, and upload that.",
	"file_corrupt":            "The file is damaged or not complete. Save or scan it again; a PDF can be printed to a new PDF.",
	"file_not_rendered":       "No pictures of its pages can be made of the file, so nobody could look at it. Print it to a new PDF, or take a photo of each page, and upload that.",
	"file_not_scanned":        "The file cannot be searched for viruses, as those that are protected by a password. Open it, print it to a new PDF, and upload that.",
	"file_infected":           "A virus was found in the file, and we have deleted it. Search your device for viruses, scan the paper again, and upload that.",
	"image_too_small":         "The picture is too small to read: it needs at least 600 × 400 pixels. Scan it again, or take a photo from nearer.",
	"image_too_large":         "The picture has more than 40 million pixels. Save it smaller.",
	"image_not_shown":         "The picture is whole, but of a kind that browsers do not show. Open it in a program for pictures, save it as an ordinary JPEG or PNG, and upload that.",
}

// foundTypes are sentences for a kind of file that is known: the whole reason where it is one that is taken, otherwise its start.
var foundTypes = map[string]string{
	"application/pdf": "The file is really a PDF. Rename it to end in .pdf, and upload it again.",
	"image/jpeg":      "The file is really a JPEG picture. Rename it to end in .jpg, and upload it again.",
	"image/png":       "The file is really a PNG picture. Rename it to end in .png, and upload it again.",
	"image/heic":      "The file is a HEIC picture, as iPhones take them. Open it and share it as JPEG, or set Camera > Formats to Most Compatible.",
	"image/heif":      "The file is a HEIF picture, as some phones take them. Open it and share it as JPEG.",
	"image/avif":      "The file is an AVIF picture.",
	"image/webp":      "The file is a WebP picture.",
	"image/gif":       "The file is a GIF picture.",
	"image/tiff":      "The file is a TIFF picture.",
	"image/bmp":       "The file is a BMP picture.",
	"image/svg+xml":   "The file is an SVG drawing.",
	"text/html":       "The file is a web page.",
	"text/xml":        "The file is an XML file.",
	"application/zip": "The file is an archive or an Office document.",
	"application/ole": "The file is an old Office document.",
	"application/rtf": "The file is an RTF document.",
	"video/mp4":       "The file is a video.",
	"application/exe": "The file is a program.",
	"text/plain":      "The file is plain text.",
}

// FileReason is the reason for a code of package document. Found is the media type that the file really has, or is
// said to have; it makes the sentence more helpful and may be empty.
func FileReason(code, found string) Reason {
	detail := cmp.Or(fileReasons[code], fileReasons["file_corrupt"])
	if code == "file_type_mismatch" || code == "file_type_not_supported" {
		what := foundTypes[found]
		switch _, taken := extensions[found]; {
		case taken:
			detail = what
		case what != "":
			detail = what + " Save it as PDF, JPEG or PNG."
		}
	}
	return Reason{Code: code, Detail: detail}
}
