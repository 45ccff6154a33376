// Package template reads what a SAM template says exists, for a run on one machine: functions with their routes, schedules,
// events and environment, tables, buckets and secrets, with every intrinsic function resolved.
package template

import (
	"errors"
	"fmt"
	"os"
	"time"

	"go.yaml.in/yaml/v3"
)

// Where everything is, as far as names and ARNs say so.
const (
	Region  = "ap-south-1"
	Account = "000000000000"
)

// Template is what exists, in the order of the file.
type Template struct {
	Functions []Function
	Tables    []Table
	Buckets   []Bucket
	Secrets   []Secret
	MailSets  []MailSet
}

// Function is one AWS::Serverless::Function. Name is its folder under functions/: the logical id without "Function", in lower case.
type Function struct {
	ID, Name  string
	Env       map[string]string
	MemoryMB  int
	Timeout   time.Duration
	Routes    []Route
	Schedules []time.Duration
	Uploads   []Upload
	Topics    []string // of SNS, by their ARNs
	Rules     []Rule   // of EventBridge, those that are enabled
}

// Route is one HttpApi event: a method or ANY, and a path with {name} and {name+}; or the path $default.
type Route struct{ Method, Path string }

// Key is the route as API Gateway writes it.
func (r Route) Key() string {
	if r.Path == "$default" {
		return r.Path
	}
	return r.Method + " " + r.Path
}

// Upload is one S3 event, for objects that are created.
type Upload struct{ Bucket, Prefix, Suffix string }

// Rule is one EventBridgeRule event, as far as a pattern names sources and types.
type Rule struct{ Sources, Types []string }

// Table is one AWS::DynamoDB::Table. Keys are the hash key and, where there is one, the range key.
type Table struct {
	ID, Name, TTL string
	Attributes    []Attribute
	Keys          []string
	Indexes       []Index
}

// Attribute is the name of a key attribute and its type: S, N or B.
type Attribute struct{ Name, Type string }

// Index is one global secondary index.
type Index struct {
	Name, Projection string
	Keys, NonKey     []string
}

// Bucket is one AWS::S3::Bucket.
type Bucket struct {
	ID, Name  string
	Versioned bool
	CORS      []CORSRule
}

// CORSRule is one rule of a bucket. MaxAge is in seconds.
type CORSRule struct {
	Methods, Origins, Headers, Exposed []string
	MaxAge                             int
}

// MailSet is one AWS::SES::ConfigurationSet. Topics are ARNs of the SNS topics that hear of an event, by type: BOUNCE, COMPLAINT.
type MailSet struct {
	Name   string
	Topics map[string][]string
}

// Secret is one AWS::SecretsManager::Secret with its SecretString, or its GenerateSecretString. Name is what !Ref gives.
type Secret struct {
	Text                                               string
	ID, Name, Template, Key, ExcludeCharacters         string
	Length                                             int
	NoPunctuation, NoNumbers, NoUppercase, NoLowercase bool
}

// Read reads the file. A parameter takes its value from set, or else its default. The error names every path that cannot be
// resolved.
func Read(path string, set map[string]string) (*Template, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return Parse(text, set)
}

// Parse is Read for a text.
func Parse(text []byte, set map[string]string) (*Template, error) {
	var doc struct {
		Parameters map[string]struct {
			Default *string `yaml:"Default"`
		} `yaml:"Parameters"`
		Conditions map[string]yaml.Node `yaml:"Conditions"`
		Globals    struct {
			Function yaml.Node `yaml:"Function"`
		} `yaml:"Globals"`
		Resources yaml.Node `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	r := &resolver{
		values: map[string]string{
			"AWS::Region": Region, "AWS::AccountId": Account, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
			"AWS::StackName": "central-local",
		},
		resources: map[string]resource{}, conditions: doc.Conditions, naming: map[string]bool{},
	}
	for name, p := range doc.Parameters {
		if p.Default != nil {
			r.values[name] = *p.Default
		}
	}
	for name, v := range set {
		r.values[name] = v
	}
	if err := doc.Resources.Decode(&r.resources); err != nil && doc.Resources.Kind != 0 {
		return nil, fmt.Errorf("template: Resources: %w", err)
	}
	t := &Template{}
	globals := r.node(&doc.Globals.Function, "Globals.Function")
	for i := 0; i+1 < len(doc.Resources.Content); i += 2 {
		t.add(r, doc.Resources.Content[i].Value, globals)
	}
	return t, errors.Join(r.errs...)
}

// add reads one resource. What the local run does not need, such as policies and alarms, is not resolved.
func (t *Template) add(r *resolver, id string, globals value) {
	res := r.resources[id]
	if res.Condition != "" && !r.condition(res.Condition, id) {
		return
	}
	switch res.Type {
	case "AWS::Serverless::Function":
		t.Functions = append(t.Functions, r.function(id, globals, r.properties(id, res, "Policies")))
	case "AWS::DynamoDB::Table":
		t.Tables = append(t.Tables, tableOf(id, r.physicalName(id, res), r.properties(id, res)))
	case "AWS::S3::Bucket":
		t.Buckets = append(t.Buckets, bucketOf(id, r.physicalName(id, res), r.properties(id, res)))
	case "AWS::SES::ConfigurationSet":
		t.MailSets = append(t.MailSets, MailSet{Name: r.physicalName(id, res), Topics: map[string][]string{}})
	case "AWS::SES::ConfigurationSetEventDestination":
		t.addMailTopic(r.properties(id, res))
	case "AWS::SecretsManager::Secret":
		t.Secrets = append(t.Secrets, secretOf(id, r.physicalName(id, res), r.properties(id, res)))
	}
}

// addMailTopic reads where events of mails go. The configuration set comes first in the file.
func (t *Template) addMailTopic(p value) {
	for _, set := range t.MailSets {
		if topic := p.text("EventDestination", "SnsDestination", "TopicARN"); topic != "" && set.Name == p.text("ConfigurationSetName") {
			for _, kind := range p.at("EventDestination", "MatchingEventTypes").texts() {
				set.Topics[kind] = append(set.Topics[kind], topic)
			}
		}
	}
}

func (r *resolver) properties(id string, res resource, without ...string) value {
	n := res.Properties
	kept := yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if len(without) == 0 || n.Content[i].Value != without[0] {
			kept.Content = append(kept.Content, n.Content[i], n.Content[i+1])
		}
	}
	return r.node(&kept, id)
}
