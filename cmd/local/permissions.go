package main

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// permission is what IAM would have asked for: an action on a table, on a topic, on a bucket, on the objects below a prefix such as
// "incoming/*", or on nothing of ours ("").
type permission struct {
	Function string `json:"function"` // "" for what a browser does with what a function signed, and for a function that starts
	Action   string `json:"action"`
	Resource string `json:"resource"`
}

// usedPermission is a permission and how often it was used.
type usedPermission struct {
	permission
	Count int `json:"count"`
}

type permissions struct {
	mu   sync.Mutex
	used map[permission]int
}

func newPermissions() *permissions { return &permissions{used: map[permission]int{}} }

// add notes what the call of a function needed. status is that of the answer. S3 looks at s3:ListBucket before it says that
// nothing is there; what it refuses needed nothing, such as a form that somebody changed.
func (p *permissions) add(function string, r *http.Request, service, operation string, body []byte, status int) {
	if service == serviceS3 && (status == http.StatusForbidden || status == http.StatusBadRequest) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, need := range needs(r, service, operation, body) {
		need.Function = function
		p.used[need]++
	}
	if service == serviceS3 && status == http.StatusNotFound {
		bucket, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		p.used[permission{function, "s3:ListBucket", bucket}]++
	}
}

// list is in the order of functions, actions and resources.
func (p *permissions) list() []usedPermission {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]usedPermission, 0, len(p.used))
	for need, n := range p.used {
		all = append(all, usedPermission{need, n})
	}
	slices.SortFunc(all, func(a, b usedPermission) int {
		return cmp.Or(cmp.Compare(a.Function, b.Function), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Resource, b.Resource))
	})
	return all
}

func needs(r *http.Request, service, operation string, body []byte) []permission {
	switch service {
	case serviceDynamoDB:
		return tableNeeds(operation, body)
	case serviceS3:
		return objectNeeds(r, operation, body)
	case serviceSNS:
		return topicNeeds(operation, body)
	case serviceCalls: // IAM has no say in it
		return nil
	case serviceVoice:
		return []permission{{Action: "sms-voice:" + operation}}
	}
	return []permission{{Action: service + ":" + operation}}
}

// tableNeeds follows AWS's table of actions of DynamoDB: a transaction needs the actions of its parts.
func tableNeeds(operation string, body []byte) (all []permission) {
	var in struct {
		TableName     string
		RequestItems  map[string]json.RawMessage
		TransactItems []map[string]struct{ TableName string }
	}
	if json.Unmarshal(body, &in) != nil {
		return nil
	}
	if in.TableName != "" {
		all = append(all, permission{Action: "dynamodb:" + operation, Resource: in.TableName})
	}
	for table := range in.RequestItems {
		all = append(all, permission{Action: "dynamodb:" + operation, Resource: table})
	}
	for _, item := range in.TransactItems {
		for action := range maps.Keys(item) {
			name := map[string]string{"Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}[action]
			all = append(all, permission{Action: "dynamodb:" + name, Resource: item[action].TableName})
		}
	}
	return all
}

// topicNeeds names the topic that is published on; an SMS is published on none.
func topicNeeds(operation string, body []byte) []permission {
	form, _ := url.ParseQuery(string(body))
	return []permission{{Action: "sns:" + operation, Resource: form.Get("TopicArn")}}
}

// objectNeeds follows AWS's table of actions of S3.
func objectNeeds(r *http.Request, operation string, head []byte) []permission {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	version := ""
	if r.URL.Query().Has("versionId") {
		version = "Version"
	}
	switch operation {
	case "HeadObject", "GetObject":
		return []permission{{Action: "s3:GetObject" + version, Resource: below(key)}}
	case "DeleteObject":
		return []permission{{Action: "s3:DeleteObject" + version, Resource: below(key)}}
	case "PutObject":
		return []permission{{Action: "s3:PutObject", Resource: below(key)}}
	case "PostObject":
		return []permission{{Action: "s3:PutObject", Resource: below(formKey(r.Header.Get("Content-Type"), head))}}
	case "CopyObject":
		source, _ := url.QueryUnescape(r.Header.Get("X-Amz-Copy-Source"))
		source, query, _ := strings.Cut(source, "?")
		if strings.HasPrefix(query, "versionId=") {
			version = "Version"
		}
		_, from, _ := strings.Cut(strings.TrimPrefix(source, "/"), "/")
		all := []permission{{Action: "s3:GetObject" + version, Resource: below(from)}, {Action: "s3:PutObject", Resource: below(key)}}
		if r.Header.Get("X-Amz-Tagging") != "" {
			all = append(all, permission{Action: "s3:PutObjectTagging", Resource: below(key)})
		}
		return all
	case "ListObjects", "ListObjectsV2":
		return []permission{{Action: "s3:ListBucket", Resource: bucket}}
	case "GET versions":
		return []permission{{Action: "s3:ListBucketVersions", Resource: bucket}}
	}
	return []permission{{Action: "s3:" + operation, Resource: below(key)}}
}

// below is the first folder of a key: policies name that.
func below(key string) string {
	folder, _, _ := strings.Cut(key, "/")
	return folder + "/*"
}
