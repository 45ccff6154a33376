package upload_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"phonon.in/central/shared/upload"
	"phonon.in/central/shared/upload/uploadtest"
)

const (
	key  = "incoming/account/0001/document"
	pdf  = "application/pdf"
	life = 5 * time.Minute
)

var (
	content = []byte("%PDF-1.7 a document of some length %%EOF")
	now     = time.Now().UTC()
)

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// post sends a form as a browser does, the file last.
func post(t *testing.T, f upload.Form, file []byte) (status int, answer string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range f.Fields {
		must(t, w.WriteField(name, value))
	}
	part, err := w.CreateFormFile("file", "C:\\scans\\pan.pdf")
	must(t, err)
	_, err = part.Write(file)
	must(t, err)
	must(t, w.Close())
	resp, err := http.Post(f.URL, w.FormDataContentType(), &body)
	must(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(text)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStorageTakesExactlyWhatWasAgreed(t *testing.T) {
	api, name := uploadtest.Bucket(t)
	b := upload.New(api, name)
	// A policy that somebody made larger, with everything else as it was signed.
	widen := func(f upload.Form) upload.Form {
		policy, err := base64.StdEncoding.DecodeString(f.Fields["policy"])
		must(t, err)
		wider := bytes.Replace(policy, []byte(`"content-length-range",40,40`), []byte(`"content-length-range",0,9999999`), 1)
		if bytes.Equal(wider, policy) {
			t.Fatalf("the policy has no exact range: %s", policy)
		}
		f.Fields["policy"] = base64.StdEncoding.EncodeToString(wider)
		return f
	}
	set := func(field, value string) func(upload.Form) upload.Form {
		return func(f upload.Form) upload.Form { f.Fields[field] = value; return f }
	}
	drop := func(field string) func(upload.Form) upload.Form {
		return func(f upload.Form) upload.Form { delete(f.Fields, field); return f }
	}
	same := func(f upload.Form) upload.Form { return f }
	other := bytes.Replace(content, []byte("some"), []byte("evil"), 1)
	otherSum := sha256.Sum256(other)
	for _, c := range []struct {
		name   string
		sha256 string
		at     time.Time
		change func(upload.Form) upload.Form
		file   []byte
		taken  bool
	}{
		{name: "what was agreed is taken", change: same, file: content, taken: true},
		{name: "what was agreed with a checksum is taken", sha256: sum(content), change: same, file: content, taken: true},
		{name: "a byte too many is refused", change: same, file: append(bytes.Clone(content), '\n')},
		{name: "a byte too few is refused", change: same, file: content[1:]},
		{name: "nothing at all is refused", change: same, file: nil},
		{name: "another type is refused", change: set("Content-Type", "text/html"), file: content},
		{name: "a missing type is refused", change: drop("Content-Type"), file: content},
		{name: "another key is refused", change: set("key", "vault/account/0001/document"), file: content},
		{name: "a key that goes on is refused", change: set("key", key+"2"), file: content},
		{name: "a key of the file's name is refused", change: set("key", "incoming/${filename}"), file: content},
		{name: "an extra field is refused", change: set("x-amz-meta-reviewed", "yes"), file: content},
		{name: "a redirect is refused", change: set("success_action_redirect", "https://evil.example/"), file: content},
		{name: "an acl is refused", change: set("acl", "public-read"), file: content},
		{name: "another status is refused", change: set("success_action_status", "200"), file: content},
		{name: "other bytes under the same checksum are refused", sha256: sum(content), change: same, file: other},
		{
			name: "another checksum is refused", sha256: sum(content), file: other,
			change: set("x-amz-checksum-sha256", base64.StdEncoding.EncodeToString(otherSum[:])),
		},
		{name: "a checksum left out is refused", sha256: sum(content), change: drop("x-amz-checksum-sha256"), file: content},
		{name: "an expired policy is refused", at: now.Add(-life - time.Second), change: same, file: content},
		{name: "a tampered policy is refused", change: widen, file: append(bytes.Clone(content), '\n')},
		{name: "a tampered signature is refused", change: set("X-Amz-Signature", strings.Repeat("0", 64)), file: content},
		{name: "a missing signature is refused", change: drop("X-Amz-Signature"), file: content},
		{name: "a missing policy is refused", change: drop("policy"), file: content},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.at.IsZero() {
				c.at = now
			}
			f, err := b.Presign(t.Context(), key, pdf, int64(len(content)), c.sha256, c.at, life)
			must(t, err)
			status, answer := post(t, c.change(f), c.file)
			if taken := status == http.StatusCreated; taken != c.taken {
				t.Fatalf("%d %s", status, answer)
			}
			err = b.Arrived(t.Context(), key)
			if !c.taken {
				if !errors.Is(err, upload.ErrAbsent) {
					t.Fatalf("refused, and yet stored: %v", err)
				}
				return
			}
			must(t, err)
			object, err := api.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &name, Key: new(key)})
			must(t, err)
			if *object.ContentLength != int64(len(content)) || *object.ContentType != pdf {
				t.Errorf("%d bytes, %s", *object.ContentLength, *object.ContentType)
			}
			must(t, b.Remove(t.Context(), key, *object.VersionId))
		})
	}
}

func TestEveryConditionIsAlsoAField(t *testing.T) {
	b := upload.New(uploadtest.Client("http://127.0.0.1:9"), "documents")
	f, err := b.Presign(t.Context(), key, pdf, 40, sum(content), now, life)
	must(t, err)
	if f.URL != "http://127.0.0.1:9/documents" {
		t.Errorf("URL %s", f.URL)
	}
	document, err := base64.StdEncoding.DecodeString(f.Fields["policy"])
	must(t, err)
	var policy struct {
		Expiration time.Time
		Conditions []any
	}
	must(t, json.Unmarshal(document, &policy))
	if want := now.Add(life).Truncate(time.Second); policy.Expiration.Sub(want).Abs() > time.Second {
		t.Errorf("expires at %s, not at %s", policy.Expiration, want)
	}
	rest := maps.Clone(f.Fields)
	for _, field := range []string{"policy", "X-Amz-Signature"} {
		delete(rest, field)
	}
	ranges := 0
	for _, c := range policy.Conditions {
		switch c := c.(type) {
		case map[string]any:
			for name, value := range c {
				if strings.EqualFold(name, "bucket") {
					continue
				}
				if rest[name] != value {
					t.Errorf("condition %s=%v, field %q", name, value, rest[name])
				}
				delete(rest, name)
			}
		case []any:
			ranges++
			if c[0] != "content-length-range" || c[1] != 40.0 || c[2] != 40.0 {
				t.Errorf("%v", c)
			}
		}
	}
	if ranges != 1 || len(rest) != 0 {
		t.Errorf("%d ranges; fields without a condition: %v", ranges, rest)
	}
}

func TestAFormIsNotMadeOfAWrongChecksum(t *testing.T) {
	b := upload.New(uploadtest.Client("http://127.0.0.1:9"), "documents")
	for _, checksum := range []string{"zz", "abcd", sum(content) + "00"} {
		if f, err := b.Presign(t.Context(), key, pdf, 40, checksum, now, life); err == nil {
			t.Errorf("%q: %v", checksum, f.Fields)
		}
	}
}
