package wire

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestARequestIsNamedAsTheServiceNamesIt(t *testing.T) {
	for _, c := range []struct {
		name, service, method, url, header, value, body string
		operation, table                                string
	}{
		{"a read of DynamoDB", DynamoDB, "POST", "/", "X-Amz-Target", "DynamoDB_20120810.GetItem", `{"TableName":"users"}`, "GetItem", "users"},
		{"a transaction on two tables", DynamoDB, "POST", "/", "X-Amz-Target", "DynamoDB_20120810.TransactWriteItems",
			`{"TransactItems":[{"Put":{"TableName":"users"}},{"Delete":{"TableName":"tokens"}},{"Put":{"TableName":"users"}}]}`, "TransactWriteItems", "tokens users"},
		{"a batch", DynamoDB, "POST", "/", "X-Amz-Target", "DynamoDB_20120810.BatchGetItem", `{"RequestItems":{"tokens":{}}}`, "BatchGetItem", "tokens"},
		{"a call of a secret has no table", Secrets, "POST", "/", "X-Amz-Target", "secretsmanager.GetSecretValue", `{"TableName":"x"}`, "GetSecretValue", ""},
		{"a form of SES", SES, "POST", "/", "Content-Type", "application/x-www-form-urlencoded; charset=utf-8", "Version=2010-12-01&Action=SendEmail", "SendEmail", ""},
		{"the call API has one", Calls, "POST", "/calls", "", "", "{}", "Call", ""},
		{"so has a captcha's provider", Captcha, "POST", "/", "", "", "", "SiteVerify", ""},
		{"who only looks whether somebody is there asks for nothing", DynamoDB, "GET", "/", "", "", "", "", ""},
		{"an upload", S3, "PUT", "/b/incoming/a", "", "", "x", "PutObject", ""},
		{"a copy", S3, "PUT", "/b/vault/a", "X-Amz-Copy-Source", "b/incoming/a", "", "CopyObject", ""},
		{"a form of a browser", S3, "POST", "/b", "", "", "", "PostObject", ""},
		{"the end of parts", S3, "POST", "/b/a?uploadId=1", "", "", "", "CompleteMultipartUpload", ""},
		{"a part", S3, "PUT", "/b/a?partNumber=1&uploadId=1", "", "", "", "UploadPart", ""},
		{"a list", S3, "GET", "/b?list-type=2", "", "", "", "ListObjectsV2", ""},
		{"a version is an object", S3, "GET", "/b/a?versionId=1", "", "", "", "GetObject", ""},
		{"a subresource", S3, "PUT", "/b/a?tagging", "", "", "", "PUT tagging", ""},
		{"the head of a bucket", S3, "HEAD", "/b", "", "", "", "HeadBucket", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.url, strings.NewReader(c.body))
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			if operation, table := Operation(c.service, r); operation != c.operation || table != c.table {
				t.Errorf("%q on %q", operation, table)
			}
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != c.body {
				t.Errorf("the body is %q afterwards, %v", body, err)
			}
		})
	}
}

func TestAnObjectIsKnownByTheRequestThatCreatedIt(t *testing.T) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	w.WriteField("key", "incoming/${filename}")
	part, _ := w.CreateFormFile("file", "a.pdf")
	io.WriteString(part, "content")
	w.WriteField("key", "after the file nothing counts")
	w.Close()
	post := httptest.NewRequest("POST", "/b", nil)
	post.Header.Set("Content-Type", w.FormDataContentType())
	put := httptest.NewRequest("PUT", "/b/incoming/x/y", nil)
	answered := http.Header{"Etag": {`"e"`}, "X-Amz-Version-Id": {"v"}}
	for _, c := range []struct {
		name      string
		r         *http.Request
		operation string
		status    int
		want      Object
		created   bool
	}{
		{"by its path", put, "PutObject", 200, Object{"b", "incoming/x/y", "v", "e", "ObjectCreated:Put", "192.0.2.1"}, true},
		{"by the field of a form, with the file's name", post, "PostObject", 303, Object{"b", "incoming/a.pdf", "v", "e", "ObjectCreated:Post", "192.0.2.1"}, true},
		{"what was refused is none", put, "PutObject", 403, Object{}, false},
	} {
		o, created := CreatedObject(c.r, c.operation, form.Bytes(), c.status, answered)
		if created != c.created || o != c.want {
			t.Errorf("%s: %+v, %v", c.name, o, created)
		}
	}
	if Creates("DeleteObject") || !Creates("CopyObject") {
		t.Error("what creates an object is not known")
	}
}

func TestOnlyAReadThatDidNotAskForTheTruthMayBeStale(t *testing.T) {
	for _, c := range []struct {
		operation, body string
		stale           bool
	}{
		{"Query", `{}`, true}, {"GetItem", `{"ConsistentRead" : true}`, false}, {"GetItem", `{"ConsistentRead":false}`, true},
		{"PutItem", `{}`, false}, {"TransactGetItems", `{}`, false},
	} {
		if got := MayBeStale(c.operation, []byte(c.body)); got != c.stale {
			t.Errorf("%s %s: %v", c.operation, c.body, got)
		}
	}
}
