package rules

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// kept has what must be said of each resource that holds data of people. The names of the controls are those of AWS Security Hub.
var kept = map[string]map[string]string{
	"AWS::DynamoDB::Table": {
		"BillingMode":               "PAY_PER_REQUEST", // DynamoDB.1
		"DeletionProtectionEnabled": "true",            // DynamoDB.6
		"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": "true", // DynamoDB.2
		"SSESpecification.SSEEnabled":                                 "true",
		"TimeToLiveSpecification.AttributeName":                       "expiresAt",
	},
	"AWS::S3::Bucket": {
		"PublicAccessBlockConfiguration.BlockPublicAcls":                                                  "true", // S3.8
		"PublicAccessBlockConfiguration.BlockPublicPolicy":                                                "true",
		"PublicAccessBlockConfiguration.IgnorePublicAcls":                                                 "true",
		"PublicAccessBlockConfiguration.RestrictPublicBuckets":                                            "true",
		"OwnershipControls.Rules.0.ObjectOwnership":                                                       "BucketOwnerEnforced", // S3.12
		"VersioningConfiguration.Status":                                                                  "Enabled",             // S3.14: what a reviewer saw is what is stored
		"BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm": "aws:kms",             // S3.17
	},
	"AWS::SecretsManager::Secret": {"GenerateSecretString.GenerateStringKey": "current"},
	"AWS::SQS::Queue":             {"SqsManagedSseEnabled": "true"}, // SQS.1
}

func TestWhatHoldsPeoplesDataIsProtected(t *testing.T) {
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	seen := map[string]int{}
	for id, node := range s.Resources {
		kind := at(&node, "Type")
		seen[kind]++
		for path, want := range kept[kind] {
			if id == "AccessLogBucket" && want == "aws:kms" {
				want = "AES256" // S3 delivers its logs to no other
			}
			if id == "SigningSecret" { // a key pair cannot be generated: it begins without one
				path, want = "SecretString", `{"keys":[]}`
			}
			if got := at(&node, "Properties."+path); got != want {
				t.Errorf("%s: %s is %q, want %q", id, path, got, want)
			}
		}
		if want := staying(id, kind); at(&node, "DeletionPolicy") != want || at(&node, "UpdateReplacePolicy") != strings.TrimSuffix(want, "ExceptOnCreate") {
			t.Errorf("%s: DeletionPolicy is %q, want %q", id, at(&node, "DeletionPolicy"), want)
		}
	}
	for kind := range kept {
		if seen[kind] == 0 {
			t.Errorf("no %s was found", kind)
		}
	}
}

// staying is the DeletionPolicy of a resource. What people left outlives its stack. What a first deployment made that then failed does not:
// under the name of the bucket no second one could be made. A table that may not be deleted cannot go; it has no name of its own.
func staying(id, kind string) string {
	switch {
	case kind == "AWS::DynamoDB::Table":
		return "Retain"
	case id == "EdgeSecret": // worth nothing without its edge
		return ""
	case kind == "AWS::S3::Bucket", kind == "AWS::SecretsManager::Secret", kind == "AWS::Logs::LogGroup":
		return "RetainExceptOnCreate"
	}
	return ""
}

func TestTheLogOfTheFirewallIsKeptLikeTheOthers(t *testing.T) {
	var s samTemplate
	readYAML(t, "edge.yaml", &s)
	for id, node := range s.Resources {
		if kind := at(&node, "Type"); at(&node, "DeletionPolicy") != staying(id, kind) {
			t.Errorf("%s: DeletionPolicy is %q, want %q", id, at(&node, "DeletionPolicy"), staying(id, kind))
		}
	}
}

func TestTheUploadsBucketTakesNothingWithoutTLS(t *testing.T) {
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	policy := s.Resources["UploadsBucketPolicy"]
	denied := map[string]bool{}
	for _, i := range []string{"0", "1"} {
		statement := "Properties.PolicyDocument.Statement." + i
		if at(&policy, statement+".Effect") == "Deny" && at(&policy, statement+".Action") == "s3:*" && at(&policy, statement+".Principal") == "*" {
			denied[at(&policy, statement+".Condition.Bool.aws:SecureTransport")+at(&policy, statement+".Condition.NumericLessThan.s3:TlsVersion")] = true
		}
	}
	if !denied["false"] || !denied["1.2"] {
		t.Errorf("the policy denies %v only", denied)
	}
}

func TestNothingSpeaksLessThanTLS12(t *testing.T) {
	var central, edge samTemplate
	readYAML(t, "template.yaml", &central)
	readYAML(t, "edge.yaml", &edge)
	domain, distribution, mail := central.Resources["Domain"], edge.Resources["Distribution"], central.Resources["MailSet"]
	for what, got := range map[string][2]string{
		"the API's domain": {at(&domain, "Properties.DomainNameConfigurations.0.SecurityPolicy"), "TLS_1_2"},
		"the edge":         {at(&distribution, "Properties.DistributionConfig.ViewerCertificate.MinimumProtocolVersion"), "TLSv1.2_2021"},
		"edge to API":      {at(&distribution, "Properties.DistributionConfig.Origins.0.CustomOriginConfig.OriginProtocolPolicy"), "https-only"},
		"mails":            {at(&mail, "Properties.DeliveryOptions.TlsPolicy"), "REQUIRE"},
		"the origin's TLS": {at(&distribution, "Properties.DistributionConfig.Origins.0.CustomOriginConfig.OriginSSLProtocols.0"), "TLSv1.2"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %q, want %q", what, got[0], got[1])
		}
	}
}

// TestNoProgramIsLedOnFromHTTP: a redirect would hide that a token has crossed the net in clear.
func TestNoProgramIsLedOnFromHTTP(t *testing.T) {
	var s samTemplate
	readYAML(t, "edge.yaml", &s)
	edge := s.Resources["Distribution"]
	first := "Properties.DistributionConfig.CacheBehaviors.0"
	if got := at(&edge, first+".PathPattern") + " " + at(&edge, first+".ViewerProtocolPolicy"); got != "/v1/* https-only" {
		t.Errorf("the first road of the edge is %q", got)
	}
	if cache := at(&edge, first+".CachePolicyId"); cache == "" || cache != at(&edge, "Properties.DistributionConfig.DefaultCacheBehavior.CachePolicyId") {
		t.Errorf("answers of the API are kept by the policy %q", cache)
	}
}

// TestTheEdgeProtectsWhatAPIGatewayAnswersByItself: where Central has answered, what it said stands, but for these headers of refusals that it never saw.
func TestTheEdgeProtectsWhatAPIGatewayAnswersByItself(t *testing.T) {
	var s samTemplate
	readYAML(t, "edge.yaml", &s)
	policy, edge, firewall := s.Resources["Protected"], s.Resources["Distribution"], s.Resources["Firewall"]
	const headers, config = "Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig", "Properties.DistributionConfig"
	for path, want := range map[string]string{
		".StrictTransportSecurity.AccessControlMaxAgeSec": "63072000", ".StrictTransportSecurity.IncludeSubdomains": "true", ".StrictTransportSecurity.Override": "false",
		".ContentTypeOptions.Override": "false", ".ContentSecurityPolicy.ContentSecurityPolicy": "default-src 'none'; frame-ancestors 'none'", ".ContentSecurityPolicy.Override": "false",
	} {
		if got := at(&policy, headers+path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	for _, road := range []string{".DefaultCacheBehavior", ".CacheBehaviors.0", ".CacheBehaviors.1"} {
		if got := at(&edge, config+road+".ResponseHeadersPolicyId"); got != "Protected" {
			t.Errorf("%s has the policy %q", road, got)
		}
	}
	if at(&edge, config+".CacheBehaviors.2.PathPattern") != "" {
		t.Error("there is another road, which is not looked at")
	}
	told := map[string]bool{}
	for _, i := range []string{"0", "1", "2", "3"} {
		told[at(&firewall, "Properties.Rules.0.Action.Block.CustomResponse.ResponseHeaders."+i+".Name")] = true
	}
	for _, name := range []string{"Retry-After", "Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy"} {
		if !told[name] {
			t.Errorf("the firewall's 429 has no %s", name)
		}
	}
}

// secretive are the variables of an access log that can hold a token: links in a query, cookies, headers, bodies.
var secretive = regexp.MustCompile(`(?i)query|header|cookie|body|authorizer|\$context\.path|requestPath`)

func TestTheAccessLogHasNothingSecret(t *testing.T) {
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	api := s.Resources["Api"]
	format := at(&api, "Properties.AccessLogSettings.Format")
	if !strings.Contains(format, "$context.requestId") || secretive.MatchString(format) {
		t.Errorf("%s", format)
	}
}

// at is the scalar under a path of names and indices, or "".
func at(n *yaml.Node, path string) string {
	if n = under(n, path); n == nil {
		return ""
	}
	return n.Value
}

// keys are the names under a path.
func keys(n *yaml.Node, path string) (all []string) {
	if n = under(n, path); n != nil && n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			all = append(all, n.Content[i].Value)
		}
	}
	return all
}

// under is what stands under a path of names and indices, or nil.
func under(n *yaml.Node, path string) *yaml.Node {
	for name := range strings.SplitSeq(path, ".") {
		var next *yaml.Node
		for i, c := range n.Content {
			switch {
			case n.Kind == yaml.MappingNode && i%2 == 0 && c.Value == name:
				next = n.Content[i+1]
			case n.Kind == yaml.SequenceNode && name == string(rune('0'+i)):
				next = c
			}
		}
		if next == nil {
			return nil
		}
		n = next
	}
	return n
}

// TestTheEdgeSpeaksOfTheHeadersThatTheFunctionsRead: a header that is spelled differently would lock everybody out, or count all
// clients as one.
func TestTheEdgeSpeaksOfTheHeadersThatTheFunctionsRead(t *testing.T) {
	template, err := os.ReadFile(filepath.Join(root(t), "edge.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(root(t), "shared", "apigw", "edge.go"))
	if err != nil {
		t.Fatal(err)
	}
	for sent, want := range map[string]string{
		`HeaderName: (\S+),`: `edgeSecret = "(\S+)"`,
		`HeaderBehavior: allViewerAndWhitelistCloudFront, Headers: \[(\S+)\]`: `edgeViewer = "(\S+)"`,
	} {
		a, b := regexp.MustCompile(sent).FindStringSubmatch(string(template)), regexp.MustCompile(want).FindStringSubmatch(string(source))
		if a == nil || b == nil || http.CanonicalHeaderKey(a[1]) != b[1] {
			t.Errorf("edge.yaml sends %q, shared/apigw reads %q", a, b)
		}
	}
}
