// Package iam writes down what IAM would have been asked for: which function used which action on which resource. What a policy allows beyond
// that is too much.
package iam

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"phonon.in/central/cmd/local/wire"
)

// Permission is an action on a table, on a topic, on a bucket, on the objects below a prefix such as
// "incoming/*", or on nothing of ours ("").
type Permission struct {
	Function string `json:"function"` // "" for what a browser does with what a function signed, and for a function that starts
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

// Used is a permission and how often it was used.
type Used struct {
	Permission
	Count int `json:"count"`
}

// Permissions are those that a run has used.
type Permissions struct {
	mu   sync.Mutex
	used map[Permission]int
}

// New is empty.
func New() *Permissions { return &Permissions{used: map[Permission]int{}} }

// Add notes what the call of a function needed. status is that of the answer. S3 looks at s3:ListBucket before it says that
// nothing is there; what it refuses needed nothing, such as a form that somebody changed.
func (p *Permissions) Add(function string, r *http.Request, service, operation string, body []byte, status int) {
	if service == wire.S3 && (status == http.StatusForbidden || status == http.StatusBadRequest) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, need := range needs(r, service, operation, body) {
		need.Function = function
		p.used[need]++
	}
	if service == wire.S3 && status == http.StatusNotFound {
		bucket, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		p.used[Permission{function, "s3:ListBucket", bucket}]++
	}
}

// List is in the order of functions, actions and resources.
func (p *Permissions) List() []Used {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Used, 0, len(p.used))
	for need, n := range p.used {
		all = append(all, Used{need, n})
	}
	slices.SortFunc(all, func(a, b Used) int {
		return cmp.Or(cmp.Compare(a.Function, b.Function), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Resource, b.Resource))
	})
	return all
}

func needs(r *http.Request, service, operation string, body []byte) []Permission {
	switch service {
	case wire.DynamoDB:
		return tableNeeds(operation, body)
	case wire.S3:
		return objectNeeds(r, operation, body)
	case wire.SNS:
		return topicNeeds(operation, body)
	case wire.Calls: // IAM has no say in it
		return nil
	case wire.Voice:
		return []Permission{{Action: "sms-voice:" + operation}}
	}
	return []Permission{{Action: service + ":" + operation}}
}

// tableNeeds follows AWS's table of actions of DynamoDB: a transaction needs the actions of its parts.
func tableNeeds(operation string, body []byte) (all []Permission) {
	var in struct {
		TableName     string
		RequestItems  map[string]json.RawMessage
		TransactItems []map[string]struct{ TableName string }
	}
	if json.Unmarshal(body, &in) != nil {
		return nil
	}
	if in.TableName != "" {
		all = append(all, Permission{Action: "dynamodb:" + operation, Resource: in.TableName})
	}
	for table := range in.RequestItems {
		all = append(all, Permission{Action: "dynamodb:" + operation, Resource: table})
	}
	for _, item := range in.TransactItems {
		for action := range maps.Keys(item) {
			name := map[string]string{"Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}[action]
			all = append(all, Permission{Action: "dynamodb:" + name, Resource: item[action].TableName})
		}
	}
	return all
}

// topicNeeds names the topic that is published on; an SMS is published on none.
func topicNeeds(operation string, body []byte) []Permission {
	form, _ := url.ParseQuery(string(body))
	return []Permission{{Action: "sns:" + operation, Resource: form.Get("TopicArn")}}
}

// objectNeeds follows AWS's table of actions of S3.
func objectNeeds(r *http.Request, operation string, head []byte) []Permission {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	version := ""
	if r.URL.Query().Has("versionId") {
		version = "Version"
	}
	switch operation {
	case "HeadObject", "GetObject":
		return []Permission{{Action: "s3:GetObject" + version, Resource: below(key)}}
	case "DeleteObject":
		return []Permission{{Action: "s3:DeleteObject" + version, Resource: below(key)}}
	case "PutObject":
		return []Permission{{Action: "s3:PutObject", Resource: below(key)}}
	case "PostObject":
		return []Permission{{Action: "s3:PutObject", Resource: below(wire.FormKey(r.Header.Get("Content-Type"), head))}}
	case "CopyObject":
		source, _ := url.QueryUnescape(r.Header.Get("X-Amz-Copy-Source"))
		source, query, _ := strings.Cut(source, "?")
		if strings.HasPrefix(query, "versionId=") {
			version = "Version"
		}
		_, from, _ := strings.Cut(strings.TrimPrefix(source, "/"), "/")
		all := []Permission{{Action: "s3:GetObject" + version, Resource: below(from)}, {Action: "s3:PutObject", Resource: below(key)}}
		if r.Header.Get("X-Amz-Tagging") != "" {
			all = append(all, Permission{Action: "s3:PutObjectTagging", Resource: below(key)})
		}
		return all
	case "ListObjects", "ListObjectsV2":
		return []Permission{{Action: "s3:ListBucket", Resource: bucket}}
	case "GET versions":
		return []Permission{{Action: "s3:ListBucketVersions", Resource: bucket}}
	}
	return []Permission{{Action: "s3:" + operation, Resource: below(key)}}
}

// below is the first folder of a key: policies name that.
func below(key string) string {
	folder, _, _ := strings.Cut(key, "/")
	return folder + "/*"
}
