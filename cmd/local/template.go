package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Template is what template.yaml says exists, with every intrinsic resolved.
type Template struct {
	Functions []FunctionSpec
	Tables    []TableSpec
	Buckets   []BucketSpec
	Secrets   []SecretSpec
}

// FunctionSpec is one AWS::Serverless::Function. Name is its folder under functions/: the logical id without "Function", in lower case.
type FunctionSpec struct {
	LogicalID, Name string
	Env             map[string]string
	Memory          int
	Timeout         time.Duration
	Routes          []RouteSpec
	Schedules       []time.Duration
	Uploads         []UploadSpec
}

// RouteSpec is one HttpApi event.
type RouteSpec struct{ Method, Path string }

// UploadSpec is one S3 event for objects that are created under a prefix.
type UploadSpec struct{ Bucket, Prefix string }

// TableSpec is one AWS::DynamoDB::Table.
type TableSpec struct {
	LogicalID, Name, TTL string
	Attributes           map[string]string // name -> S, N or B
	Keys                 []string          // hash, range
	Indexes              []IndexSpec
}

// IndexSpec is one global secondary index.
type IndexSpec struct {
	Name, Projection string
	Keys             []string
}

// BucketSpec is one AWS::S3::Bucket.
type BucketSpec struct {
	LogicalID, Name string
	Versioned       bool
	CORS            []CORSRule
}

// CORSRule is one rule of a bucket.
type CORSRule struct {
	Methods, Origins, Headers, Exposed []string
	MaxAge                             int
}

// SecretSpec is one AWS::SecretsManager::Secret with a generated member.
type SecretSpec struct {
	LogicalID, Name, Template, Key string
	Length                         int
}

// ReadTemplate reads the file. Parameters take their value from set, or else their default.
func ReadTemplate(path string, set map[string]string) (*Template, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Parameters map[string]struct {
			Default *string `yaml:"Default"`
		} `yaml:"Parameters"`
		Globals struct {
			Function yaml.Node `yaml:"Function"`
		} `yaml:"Globals"`
		Resources map[string]struct {
			Type       string    `yaml:"Type"`
			Properties yaml.Node `yaml:"Properties"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r := &resolver{values: map[string]string{
		"AWS::Region": localRegion, "AWS::AccountId": localAccount, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
		"AWS::StackName": "central-local",
	}}
	for name, p := range doc.Parameters {
		if p.Default != nil {
			r.values[name] = *p.Default
		}
	}
	for name, v := range set {
		r.values[name] = v
	}
	for id, res := range doc.Resources {
		if _, taken := r.values[id]; !taken {
			r.values[id] = physicalName(r, id, res.Type, &res.Properties)
		}
	}
	t := &Template{}
	var errs []error
	globals := r.node(&doc.Globals.Function, "Globals.Function")
	for id, res := range doc.Resources {
		p := r.node(&res.Properties, id)
		switch res.Type {
		case "AWS::Serverless::Function":
			f, err := functionOf(id, globals, p)
			errs = append(errs, err)
			t.Functions = append(t.Functions, f)
		case "AWS::DynamoDB::Table":
			t.Tables = append(t.Tables, tableOf(id, r.values[id], p))
		case "AWS::S3::Bucket":
			t.Buckets = append(t.Buckets, bucketOf(id, r.values[id], p))
		case "AWS::SecretsManager::Secret":
			g := p.at("GenerateSecretString")
			t.Secrets = append(t.Secrets, SecretSpec{
				id, r.values[id], g.text("SecretStringTemplate"), g.text("GenerateStringKey"), g.number("PasswordLength", 32),
			})
		}
	}
	return t, errors.Join(append(errs, r.errs...)...)
}

func physicalName(r *resolver, id, kind string, properties *yaml.Node) string {
	p := r.node(properties, id)
	for _, name := range []string{"TableName", "BucketName", "Name"} {
		if v := p.text(name); v != "" {
			return v
		}
	}
	r.errs = nil // names of other resources may not be known yet; what is unknown in the end is reported then
	if kind == "AWS::SecretsManager::Secret" {
		return "arn:aws:secretsmanager:" + localRegion + ":" + localAccount + ":secret:central-" + strings.ToLower(id)
	}
	return "central-" + strings.ToLower(id)
}

func functionOf(id string, globals, p value) (FunctionSpec, error) {
	f := FunctionSpec{
		LogicalID: id, Name: strings.ToLower(strings.TrimSuffix(id, "Function")), Env: map[string]string{},
		Memory:  p.number("MemorySize", globals.number("MemorySize", 128)),
		Timeout: time.Duration(p.number("Timeout", globals.number("Timeout", 3))) * time.Second,
	}
	for _, from := range []value{globals, p} {
		for name, v := range from.at("Environment").at("Variables").members() {
			f.Env[name] = v.string()
		}
	}
	for name, event := range p.at("Events").members() {
		props := event.at("Properties")
		switch kind := event.text("Type"); kind {
		case "HttpApi":
			f.Routes = append(f.Routes, RouteSpec{strings.ToUpper(props.text("Method")), props.text("Path")})
		case "Schedule", "ScheduleV2":
			every, err := rate(props.at("Schedule", "ScheduleExpression").string())
			if err != nil {
				return f, fmt.Errorf("template: %s.%s: %w", id, name, err)
			}
			f.Schedules = append(f.Schedules, every)
		case "S3":
			f.Uploads = append(f.Uploads, UploadSpec{props.text("Bucket"), prefixOf(props)})
		default:
			return f, fmt.Errorf("template: %s.%s: events of type %s are not known here", id, name, kind)
		}
	}
	return f, nil
}

func prefixOf(props value) string {
	for _, rule := range props.at("Filter").at("S3Key").at("Rules").items() {
		if strings.EqualFold(rule.text("Name"), "prefix") {
			return rule.text("Value")
		}
	}
	return ""
}

// rate reads "rate(1 minute)".
func rate(s string) (time.Duration, error) {
	var n int
	var unit string
	if _, err := fmt.Sscanf(strings.NewReplacer("(", " ", ")", "").Replace(s), "rate %d %s", &n, &unit); err != nil || n < 1 {
		return 0, fmt.Errorf("schedule %q is not a rate", s)
	}
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	d, ok := units[strings.TrimSuffix(unit, "s")]
	if !ok {
		return 0, fmt.Errorf("schedule %q has an unknown unit", s)
	}
	return time.Duration(n) * d, nil
}

func tableOf(id, name string, p value) TableSpec {
	t := TableSpec{LogicalID: id, Name: name, Attributes: map[string]string{}, TTL: p.at("TimeToLiveSpecification").text("AttributeName")}
	for _, a := range p.at("AttributeDefinitions").items() {
		t.Attributes[a.text("AttributeName")] = a.text("AttributeType")
	}
	t.Keys = keysOf(p)
	for _, i := range p.at("GlobalSecondaryIndexes").items() {
		t.Indexes = append(t.Indexes, IndexSpec{i.text("IndexName"), i.at("Projection").text("ProjectionType"), keysOf(i)})
	}
	return t
}

func keysOf(p value) []string {
	keys := make([]string, 0, 2)
	for _, k := range p.at("KeySchema").items() {
		if k.text("KeyType") == "HASH" {
			keys = append([]string{k.text("AttributeName")}, keys...)
		} else {
			keys = append(keys, k.text("AttributeName"))
		}
	}
	return keys
}

func bucketOf(id, name string, p value) BucketSpec {
	b := BucketSpec{LogicalID: id, Name: name, Versioned: p.at("VersioningConfiguration").text("Status") == "Enabled"}
	for _, rule := range p.at("CorsConfiguration").at("CorsRules").items() {
		maxAge, _ := strconv.Atoi(rule.text("MaxAge"))
		b.CORS = append(b.CORS, CORSRule{
			rule.at("AllowedMethods").texts(), rule.at("AllowedOrigins").texts(), rule.at("AllowedHeaders").texts(),
			rule.at("ExposedHeaders").texts(), maxAge,
		})
	}
	return b
}
