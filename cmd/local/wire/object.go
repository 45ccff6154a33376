package wire

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

// s3Operation names a request of S3's REST protocol, for the operations that we use; others have the method and the subresource.
func s3Operation(r *http.Request) string {
	q := r.URL.Query()
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for _, sub := range []string{"cors", "versioning", "tagging", "acl", "policy", "lifecycle", "versions", "delete", "attributes", "retention", "legal-hold"} {
		if q.Has(sub) {
			return r.Method + " " + sub
		}
	}
	what := "Object"
	if key == "" {
		what = "Bucket"
	}
	switch r.Method {
	case http.MethodHead:
		return "Head" + what
	case http.MethodDelete:
		if q.Has("uploadId") {
			return "AbortMultipartUpload"
		}
		return "Delete" + what
	case http.MethodGet:
		switch {
		case key != "":
			return "GetObject"
		case q.Get("list-type") == "2":
			return "ListObjectsV2"
		}
		return "ListObjects"
	case http.MethodPut:
		switch {
		case q.Has("partNumber"):
			return "UploadPart"
		case key == "":
			return "CreateBucket"
		case r.Header.Get("X-Amz-Copy-Source") != "":
			return "CopyObject"
		}
		return "PutObject"
	case http.MethodPost:
		switch {
		case q.Has("uploads"):
			return "CreateMultipartUpload"
		case q.Has("uploadId"):
			return "CompleteMultipartUpload"
		}
		return "PostObject"
	}
	return r.Method
}

// eventName has the operations of S3 after which there is a new object, and how S3's event calls them.
var eventName = map[string]string{"PutObject": "Put", "CopyObject": "Copy", "PostObject": "Post", "CompleteMultipartUpload": "CompleteMultipartUpload"}

// Creates reports an operation of S3 after which there is a new object.
func Creates(operation string) bool { return eventName[operation] != "" }

// Object is one version of an object that was created.
type Object struct {
	Bucket, Key, VersionID, ETag, Event, Peer string
}

// CreatedObject says which object a successful request created. head is the beginning of the request's body.
func CreatedObject(r *http.Request, operation string, head []byte, status int, h http.Header) (Object, bool) {
	if status < 200 || status > 303 {
		return Object{}, false
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if operation == "PostObject" {
		key = FormKey(r.Header.Get("Content-Type"), head)
	}
	peer, _, _ := strings.Cut(r.RemoteAddr, ":")
	return Object{
		Bucket: bucket, Key: key, VersionID: h.Get("X-Amz-Version-Id"), ETag: strings.Trim(h.Get("Etag"), `"`),
		Event: "ObjectCreated:" + eventName[operation], Peer: peer,
	}, key != ""
}

// FormKey finds the field "key" of a form. S3 ignores all fields after the file.
func FormKey(contentType string, head []byte) string {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	parts := multipart.NewReader(bytes.NewReader(head), parameters["boundary"])
	key := ""
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return key
		}
		switch part.FormName() {
		case "key":
			text, _ := io.ReadAll(part)
			key = string(text)
		case "file":
			return strings.ReplaceAll(key, "${filename}", part.FileName())
		}
	}
}
