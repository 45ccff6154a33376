package upload

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// View makes a short-lived address of one version, for its owner or a reviewer. JPEG and PNG are shown in the browser;
// everything else is an attachment, so that it never runs on S3's origin.
func (b *Bucket) View(
	ctx context.Context, key, versionID, fileName, contentType string, now time.Time, life time.Duration,
) (string, error) {
	kind := "attachment"
	if contentType == "image/jpeg" || contentType == "image/png" {
		kind = "inline"
	}
	return b.address(ctx, key, versionID, contentType, disposition(kind, fileName, contentType), now, life)
}

// Download is View for who wants the file itself: always an attachment.
func (b *Bucket) Download(
	ctx context.Context, key, versionID, fileName, contentType string, now time.Time, life time.Duration,
) (string, error) {
	return b.address(ctx, key, versionID, contentType, disposition("attachment", fileName, contentType), now, life)
}

func (b *Bucket) address(
	ctx context.Context, key, versionID, contentType, disposition string, now time.Time, life time.Duration,
) (string, error) {
	request, err := b.sign.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &b.name, Key: &key, VersionId: optional(versionID), ResponseContentType: &contentType,
		ResponseContentDisposition: &disposition, ResponseCacheControl: aws.String("no-store"),
	}, func(o *s3.PresignOptions) { o.Expires, o.Presigner = life, getAt{o.Presigner, now} })
	if err != nil {
		return "", fmt.Errorf("upload: presign: %w", err)
	}
	return request.URL, nil
}

// extensions are those a file of each type may have; the first is added where the name has another. So no name makes a program
// of a document.
var extensions = map[string][]string{
	"application/pdf": {".pdf"},
	"image/jpeg":      {".jpg", ".jpeg"},
	"image/png":       {".png"},
}

func disposition(kind, fileName, contentType string) string {
	name := safeName(fileName, contentType)
	// RFC 6266 section 5: both spellings; an old browser takes the first, all others the second (RFC 8187).
	return fmt.Sprintf(`%s; filename="%s"; filename*=UTF-8''%s`, kind, ascii(name), strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
}

const maxName = 120 // bytes, with room for what file systems add

// safeName keeps what is readable of a name that a stranger chose: no folders, no control or formatting characters (U+202E turns
// "fdp.exe" around).
func safeName(name, contentType string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return -1
		case strings.ContainsRune(`"\/:*?<>|;%`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	allowed := extensions[contentType]
	end := path.Ext(name)
	stem := strings.TrimSuffix(name, end)
	if len(allowed) > 0 && !slices.Contains(allowed, strings.ToLower(end)) {
		stem, end = name, allowed[0]
	}
	for len(stem) > maxName {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	if stem == "" {
		stem = "document"
	}
	return stem + end
}

func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '_'
		}
		return r
	}, s)
}
