package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

func (r *resolver) function(id string, globals, p value) Function {
	f := Function{
		ID: id, Name: strings.ToLower(strings.TrimSuffix(id, "Function")), Env: map[string]string{},
		MemoryMB: p.number("MemorySize", globals.number("MemorySize", 128)),
		Timeout:  time.Duration(p.number("Timeout", globals.number("Timeout", 3))) * time.Second,
	}
	for _, from := range []value{globals, p} {
		for name, v := range from.at("Environment", "Variables").members() {
			text, ok := v.v.(string)
			if !ok {
				r.wrong(id+".Environment.Variables."+name, "is not a string")
			}
			f.Env[name] = text
		}
	}
	events := p.at("Events").members()
	for _, name := range slices.Sorted(maps.Keys(events)) {
		r.event(&f, events[name], id+".Events."+name)
	}
	return f
}

func (r *resolver) event(f *Function, event value, at string) {
	p := event.at("Properties")
	switch kind := event.text("Type"); kind {
	case "HttpApi":
		route := Route{strings.ToUpper(p.text("Method")), p.text("Path")}
		switch {
		case route == Route{}:
			route = Route{"ANY", "$default"}
		case route.Method == "" || route.Method == "*" || route.Method == "X-AMAZON-APIGATEWAY-ANY-METHOD":
			route.Method = "ANY"
		}
		if v := p.text("PayloadFormatVersion"); v != "" && v != "2.0" {
			r.wrong(at, "payload format %s is not known to the local run", v)
		}
		f.Routes = append(f.Routes, route)
	case "Schedule", "ScheduleV2":
		every, err := rate(p.text("Schedule") + p.text("ScheduleExpression"))
		if err != nil {
			r.wrong(at, "%v", err)
		}
		f.Schedules = append(f.Schedules, every)
	case "S3":
		for _, e := range p.at("Events").texts() {
			if !strings.HasPrefix(e, "s3:ObjectCreated:") {
				r.wrong(at, "events of the kind %s are not known to the local run", e)
			}
		}
		u := Upload{Bucket: p.text("Bucket")}
		for _, rule := range p.at("Filter", "S3Key", "Rules").items() {
			switch strings.ToLower(rule.text("Name")) {
			case "prefix":
				u.Prefix = rule.text("Value")
			case "suffix":
				u.Suffix = rule.text("Value")
			}
		}
		f.Uploads = append(f.Uploads, u)
	case "EventBridgeRule":
		if p.text("State") != "DISABLED" {
			f.Rules = append(f.Rules, Rule{p.at("Pattern", "source").texts(), p.at("Pattern", "detail-type").texts()})
		}
	case "SNS":
		f.Topics = append(f.Topics, p.text("Topic"))
	default:
		r.wrong(at, "events of type %q are not known to the local run", kind)
	}
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

func tableOf(id, name string, p value) Table {
	t := Table{ID: id, Name: name, Keys: keysOf(p)}
	if ttl := p.at("TimeToLiveSpecification"); ttl.text("Enabled") == "true" {
		t.TTL = ttl.text("AttributeName")
	}
	for _, a := range p.at("AttributeDefinitions").items() {
		t.Attributes = append(t.Attributes, Attribute{a.text("AttributeName"), a.text("AttributeType")})
	}
	for _, i := range p.at("GlobalSecondaryIndexes").items() {
		t.Indexes = append(t.Indexes, Index{
			Name: i.text("IndexName"), Projection: i.text("Projection", "ProjectionType"), Keys: keysOf(i),
			NonKey: i.at("Projection", "NonKeyAttributes").texts(),
		})
	}
	return t
}

func keysOf(p value) []string {
	var keys []string
	for _, kind := range []string{"HASH", "RANGE"} {
		for _, k := range p.at("KeySchema").items() {
			if k.text("KeyType") == kind {
				keys = append(keys, k.text("AttributeName"))
			}
		}
	}
	return keys
}

func bucketOf(id, name string, p value) Bucket {
	b := Bucket{ID: id, Name: name, Versioned: p.text("VersioningConfiguration", "Status") == "Enabled"}
	for _, rule := range p.at("CorsConfiguration", "CorsRules").items() {
		b.CORS = append(b.CORS, CORSRule{
			Methods: rule.at("AllowedMethods").texts(), Origins: rule.at("AllowedOrigins").texts(),
			Headers: rule.at("AllowedHeaders").texts(), Exposed: rule.at("ExposedHeaders").texts(), MaxAge: rule.number("MaxAge", 0),
		})
	}
	return b
}

func secretOf(id, name string, p value) Secret {
	g := p.at("GenerateSecretString")
	yes := func(option string) bool { return g.text(option) == "true" }
	return Secret{
		ID: id, Name: name, Text: p.text("SecretString"), Template: g.text("SecretStringTemplate"), Key: g.text("GenerateStringKey"),
		ExcludeCharacters: g.text("ExcludeCharacters"), Length: g.number("PasswordLength", 32),
		NoPunctuation: yes("ExcludePunctuation"), NoNumbers: yes("ExcludeNumbers"),
		NoUppercase: yes("ExcludeUppercase"), NoLowercase: yes("ExcludeLowercase"),
	}
}
