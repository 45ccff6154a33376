package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// operation names what a request asks for, and the tables that it concerns. It is "" for a request that is no call, such as one that only
// opens a connection.
func (p *proxy) operation(r *http.Request) (operation, table string) {
	switch p.service {
	case serviceS3:
		return s3Operation(r), ""
	case serviceCalls:
		return "Call", ""
	case serviceCaptcha:
		return "SiteVerify", ""
	}
	if _, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		if p.service == serviceDynamoDB {
			table = tablesOf(peek(r))
		}
		return operation, table
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, _ := url.ParseQuery(string(peek(r)))
		return form.Get("Action"), ""
	}
	return "", ""
}

// peek reads the body and puts it back.
func peek(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// tablesOf lists the tables in the body of a DynamoDB call, separated by a space.
func tablesOf(body []byte) string {
	var in struct {
		TableName     string
		RequestItems  map[string]json.RawMessage
		TransactItems []map[string]struct{ TableName string }
	}
	if json.Unmarshal(body, &in) != nil {
		return ""
	}
	names := map[string]bool{}
	if in.TableName != "" {
		names[in.TableName] = true
	}
	for name := range in.RequestItems {
		names[name] = true
	}
	for _, item := range in.TransactItems {
		for _, action := range item {
			names[action.TableName] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

// creates has the operations of S3 after which there is a new object, and the event that S3 sends then.
var (
	creates   = map[string]bool{"PutObject": true, "CopyObject": true, "PostObject": true, "CompleteMultipartUpload": true}
	eventName = map[string]string{"PutObject": "Put", "CopyObject": "Copy", "PostObject": "Post", "CompleteMultipartUpload": "CompleteMultipartUpload"}
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

// object is one version of an object that was created.
type object struct {
	Bucket, Key, VersionID, ETag, Event, Peer string
}

// createdObject says which object a successful request created. head is the beginning of the request's body.
func createdObject(r *http.Request, operation string, head []byte, status int, h http.Header) (object, bool) {
	if status < 200 || status > 303 {
		return object{}, false
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if operation == "PostObject" {
		key = formKey(r.Header.Get("Content-Type"), head)
	}
	peer, _, _ := strings.Cut(r.RemoteAddr, ":")
	return object{
		Bucket: bucket, Key: key, VersionID: h.Get("X-Amz-Version-Id"), ETag: strings.Trim(h.Get("Etag"), `"`),
		Event: "ObjectCreated:" + eventName[operation], Peer: peer,
	}, key != ""
}

// formKey finds the field "key" of a form. S3 ignores all fields after the file.
func formKey(contentType string, head []byte) string {
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
