package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
)

func put(t *testing.T, api *s3.Client, bucket, key string, body []byte) (version string) {
	t.Helper()
	contentType := "text/html"
	out, err := api.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, Body: bytes.NewReader(body), ContentType: &contentType, Metadata: map[string]string{"said": "anything"},
	})
	must(t, err)
	return *out.VersionId
}

func TestWhatIsPinnedIsTheVersionThatWasInspected(t *testing.T) {
	api, name := uploadtest.Bucket(t)
	b := upload.New(api, name)
	inspected := put(t, api, name, key, content)
	put(t, api, name, key, []byte("swapped after the inspection"))

	got, err := b.Read(t.Context(), key, inspected, 1000)
	must(t, err)
	if !bytes.Equal(got, content) {
		t.Errorf("read %q", got)
	}
	const kept = "vault/account/0001/document +%"
	version, err := b.Pin(t.Context(), key, inspected, kept, pdf)
	must(t, err)
	got, err = b.Read(t.Context(), kept, version, 1000)
	must(t, err)
	if !bytes.Equal(got, content) {
		t.Errorf("pinned %q", got)
	}
	head, err := api.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &name, Key: new(kept)})
	must(t, err)
	if *head.ContentType != pdf || len(head.Metadata) != 0 || *head.VersionId != version {
		t.Errorf("type %s, metadata %v, version %s", *head.ContentType, head.Metadata, *head.VersionId)
	}
}

func TestWhatIsAbsentIsSaidToBeAbsent(t *testing.T) {
	api, name := uploadtest.Bucket(t)
	b := upload.New(api, name)
	gone := put(t, api, name, key, content)
	must(t, b.Remove(t.Context(), key, gone))
	must(t, b.Remove(t.Context(), "incoming/never", gone))
	must(t, b.Remove(t.Context(), "incoming/never", ""))
	for what, err := range map[string]error{
		"Stat":            second(b.Stat(t.Context(), key)),
		"Read":            second(b.Read(t.Context(), key, "", 10)),
		"Read, a version": second(b.Read(t.Context(), key, gone, 10)),
		"Pin":             second(b.Pin(t.Context(), key, gone, "vault/x", pdf)),
	} {
		if !errors.Is(err, upload.ErrAbsent) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestReadingStopsAtTheGreatestSize(t *testing.T) {
	api, name := uploadtest.Bucket(t)
	b := upload.New(api, name)
	version := put(t, api, name, key, content)
	if _, err := b.Read(t.Context(), key, version, int64(len(content))-1); !errors.Is(err, upload.ErrTooLarge) {
		t.Errorf("one byte too many: %v", err)
	}
	got, err := b.Read(t.Context(), key, version, int64(len(content)))
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("exactly as many: %q %v", got, err)
	}
}

func TestAViewShowsOneVersionForAShortTime(t *testing.T) {
	api, name := uploadtest.Bucket(t)
	b := upload.New(api, name)
	version := put(t, api, name, key, content)
	put(t, api, name, key, []byte("newer"))
	for _, c := range []struct {
		name, fileName, contentType, disposition string
		at                                       time.Time
		status                                   int
		change                                   func(url.Values)
	}{
		{name: "a PDF is an attachment", fileName: "PAN card.pdf", contentType: pdf, disposition: `attachment; filename="PAN card.pdf"`, status: 200},
		{name: "an image is shown", fileName: "shop.png", contentType: "image/png", disposition: `inline; filename="shop.png"`, status: 200},
		{name: "an SVG is an attachment", fileName: "a.svg", contentType: "image/svg+xml", disposition: `attachment; filename="a.svg"`, status: 200},
		{name: "after its life it is refused", fileName: "a.pdf", contentType: pdf, at: now.Add(-2 * time.Minute), status: 403},
		{
			name: "another version is refused", fileName: "a.pdf", contentType: pdf, status: 403,
			change: func(q url.Values) { q.Del("versionId") },
		},
		{
			name: "another type is refused", fileName: "a.pdf", contentType: pdf, status: 403,
			change: func(q url.Values) { q.Set("response-content-type", "text/html") },
		},
		{
			name: "showing it instead is refused", fileName: "a.pdf", contentType: pdf, status: 403,
			change: func(q url.Values) { q.Set("response-content-disposition", "inline") },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.at.IsZero() {
				c.at = now
			}
			address, err := b.View(t.Context(), key, version, c.fileName, c.contentType, c.at, time.Minute)
			must(t, err)
			if c.change != nil {
				u, err := url.Parse(address)
				must(t, err)
				q := u.Query()
				c.change(q)
				u.RawQuery = q.Encode()
				address = u.String()
			}
			resp, err := http.Get(address)
			must(t, err)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			must(t, err)
			if resp.StatusCode != c.status {
				t.Fatalf("%d %s", resp.StatusCode, body)
			}
			if c.status != 200 {
				if bytes.Contains(body, content) {
					t.Error("refused, and yet shown")
				}
				return
			}
			if !bytes.Equal(body, content) || resp.Header.Get("Content-Type") != c.contentType || resp.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%q %v", body, resp.Header)
			}
			if got := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(got, c.disposition+";") {
				t.Errorf("disposition %s", got)
			}
		})
	}
}

func TestAStorageThatDoesNotAnswerIsAFaultWithinTheDeadline(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	must(t, err)
	defer l.Close()
	b := upload.New(uploadtest.Client("http://"+l.Addr().String()), "documents")
	began := time.Now()
	_, err = b.Stat(t.Context(), key)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Unavailable {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Pin(ctx, key, "v", "vault/x", pdf); !errors.Is(err, context.Canceled) || errors.Is(err, upload.ErrAbsent) {
		t.Errorf("%v", err)
	}
}

func second[T any](_ T, err error) error { return err }
