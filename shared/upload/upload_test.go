package upload_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
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
	version, err := b.Pin(t.Context(), key, inspected, kept, pdf, "")
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
	for tag, want := range map[string]int{"": 0, upload.Scanned: 1} {
		kept := "vault/tagged with " + tag
		version, err := b.Pin(t.Context(), key, inspected, kept, pdf, tag)
		must(t, err)
		tags, err := api.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: &name, Key: &kept, VersionId: &version})
		if want == 0 && err != nil { // so says an engine that has none
			continue
		}
		must(t, err)
		if len(tags.TagSet) != want || want == 1 && *tags.TagSet[0].Key+"="+*tags.TagSet[0].Value != tag {
			t.Errorf("pinned with %q: %v", tag, tags.TagSet)
		}
	}
}

func TestWhatIsBelowAPrefixIsPurgedWithAllVersions(t *testing.T) {
	api, name := uploadtest.Bucket(t)
	b := upload.New(api, name)
	for _, key := range []string{"pages/a/1/d/1.jpg", "pages/a/1/d/1.jpg", "pages/a/1/d/2.jpg", "pages/a/1/dd/1.jpg"} {
		must(t, b.Put(t.Context(), key, "image/jpeg", []byte("picture")))
	}
	must(t, b.PurgeBelow(t.Context(), "pages/a/1/d/"))
	left, err := b.Versions(t.Context(), "")
	must(t, err)
	if len(left) != 1 || left[0].Key != "pages/a/1/dd/1.jpg" {
		t.Errorf("left: %v", left)
	}
}

// What is gone is said in many ways: by another status where it was the newest version, an older one, a mark of a deletion, or never there.
func TestWhatIsAbsentIsSaidToBeAbsentHoweverItWent(t *testing.T) {
	api, name := uploadtest.Bucket(t)
	b := upload.New(api, name)
	only := put(t, api, name, "incoming/only", content)
	must(t, b.Remove(t.Context(), "incoming/only", only))
	older := put(t, api, name, "incoming/older", content)
	put(t, api, name, "incoming/older", content)
	must(t, b.Remove(t.Context(), "incoming/older", older))
	put(t, api, name, "incoming/marked", content)
	marked, err := api.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &name, Key: new("incoming/marked")})
	must(t, err)
	for _, c := range []struct{ name, key, version string }{
		{"the only version, removed", "incoming/only", only},
		{"an older version, removed", "incoming/older", older},
		{"a version of what never was", "incoming/never", only},
		{"a version of another object", "incoming/older", only},
		{"a version id that is none", "incoming/older", "v1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range 2 {
				if err := b.Remove(t.Context(), c.key, c.version); err != nil {
					t.Errorf("Remove: %v", err)
				}
			}
			for what, err := range map[string]error{
				"Read": second(b.Read(t.Context(), c.key, c.version, 10)), "Pin": second(b.Pin(t.Context(), c.key, c.version, "vault/x", pdf, "")),
			} {
				if !errors.Is(err, upload.ErrAbsent) {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
	for what, err := range map[string]error{
		"Arrived for nothing": b.Arrived(t.Context(), "incoming/never"), "Arrived for the start of a key": b.Arrived(t.Context(), "incoming/olde"),
		"Read of the newest": second(b.Read(t.Context(), "incoming/only", "", 10)), "Read of a mark": second(b.Read(t.Context(), "incoming/marked", *marked.VersionId, 10)),
	} {
		if !errors.Is(err, upload.ErrAbsent) {
			t.Errorf("%s: %v", what, err)
		}
	}
	must(t, b.Remove(t.Context(), "incoming/never", ""))
	if got, err := b.Read(t.Context(), "incoming/older", "", 1000); err != nil || !bytes.Equal(got, content) {
		t.Errorf("another version went, too: %q, %v", got, err)
	}
}

// The engine of the tests has not all answers that there are: AWS and others say the same in other words.
func TestEveryWayOfSayingThatSomethingIsAbsent(t *testing.T) {
	for _, c := range []struct {
		status        int
		code, message string
		absent        bool
	}{
		{404, "NoSuchKey", "The specified key does not exist.", true},
		{404, "NoSuchVersion", "The specified version does not exist.", true},
		{404, "XMinioObjectTampered", "Whatever an engine calls it.", true},
		{405, "MethodNotAllowed", "The specified method is not allowed against this resource.", true},
		{400, "InvalidArgument", "Invalid version id specified", true},
		{400, "NoSuchVersion", "Invalid version ID", true},
		{400, "InvalidRequest", "The source of a copy request may not specifically refer to a delete marker by version id.", true},
		{404, "NoSuchBucket", "The specified bucket does not exist", false},
		{400, "InvalidArgument", "Invalid Argument", false},
		{400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256", false},
		{403, "AccessDenied", "Access Denied", false},
		{409, "OperationAborted", "A conflicting conditional operation is currently in progress.", false},
	} {
		t.Run(fmt.Sprint(c.status, " ", c.code, " ", c.absent), func(t *testing.T) {
			engine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/xml")
				w.WriteHeader(c.status)
				fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", c.code, c.message)
			}))
			defer engine.Close()
			b := upload.New(uploadtest.Client(engine.URL), "documents")
			_, read := b.Read(t.Context(), key, "v1", 10)
			_, pinned := b.Pin(t.Context(), key, "v1", "vault/x", pdf, "")
			for what, err := range map[string]error{"Read": read, "Pin": pinned} {
				f, _ := errors.AsType[*fault.Error](err)
				if errors.Is(err, upload.ErrAbsent) != c.absent || !c.absent && (f == nil || f.Kind != fault.Unavailable) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if err := b.Remove(t.Context(), key, "v1"); (err == nil) != c.absent {
				t.Errorf("Remove: %v", err)
			}
		})
	}
}

func TestABucketThatIsNotThereIsNoAbsentObject(t *testing.T) {
	api, _ := uploadtest.Bucket(t)
	b := upload.New(api, "no-such-bucket-anywhere")
	_, read := b.Read(t.Context(), key, "", 10)
	_, listed := b.Versions(t.Context(), "vault/")
	for what, err := range map[string]error{"Read": read, "Remove": b.Remove(t.Context(), key, "01ARZ3NDEKTSV4RRFFQ69G5FAV"), "Versions": listed} {
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Unavailable || errors.Is(err, upload.ErrAbsent) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestPurgingLeavesNoVersionOfExactlyOneKey(t *testing.T) {
	api, name := uploadtest.Bucket(t)
	b := upload.New(api, name)
	const purged, near = "vault/a/1/d", "vault/a/1/d2"
	kept := put(t, api, name, purged, content)
	put(t, api, name, purged, []byte("on top of it"))
	must(t, b.Remove(t.Context(), purged, ""))
	put(t, api, name, purged, []byte("after it was marked as deleted"))
	put(t, api, name, near, content)

	must(t, b.Purge(t.Context(), purged, kept))
	if got, err := b.Read(t.Context(), purged, kept, 1000); err != nil || !bytes.Equal(got, content) {
		t.Errorf("what was to be kept: %q, %v", got, err)
	}
	for range 2 {
		must(t, b.Purge(t.Context(), purged, ""))
	}
	left, err := b.Versions(t.Context(), "vault/")
	if err != nil || len(left) != 1 || left[0].Key != near {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestManyVersionsAreRemovedEachOnce(t *testing.T) {
	api, name := uploadtest.Bucket(t)
	b := upload.New(api, name)
	for i := range 30 {
		put(t, api, name, fmt.Sprint("vault/", i%10), content)
	}
	all, err := b.Versions(t.Context(), "vault/")
	if err != nil || len(all) != 30 {
		t.Fatalf("%d versions, %v", len(all), err)
	}
	var steps atomic.Int64
	must(t, b.RemoveAll(t.Context(), all, func() { steps.Add(1) }))
	if left, err := b.Versions(t.Context(), ""); err != nil || len(left) != 0 || steps.Load() != 30 {
		t.Errorf("%d left after %d steps, %v", len(left), steps.Load(), err)
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
	err = b.Arrived(t.Context(), key)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Unavailable {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Pin(ctx, key, "v", "vault/x", pdf, ""); !errors.Is(err, context.Canceled) || errors.Is(err, upload.ErrAbsent) {
		t.Errorf("%v", err)
	}
}

func second[T any](_ T, err error) error { return err }
