package doctor

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const deployAgain = "deploy the stack again: the template sets it"

// onBucket makes a check of the bucket. Only the check "bucket" says that there is none.
func onBucket(look func(*Subject, context.Context) Finding) func(*Subject, context.Context) Finding {
	return func(s *Subject, ctx context.Context) Finding {
		if s.Bucket == "" {
			return skip("the bucket's name is not known")
		}
		return look(s, ctx)
	}
}

// bucketFailed is failed for what is asked of a bucket.
func (s *Subject) bucketFailed(err error) Finding {
	if reason := code(err); reason == "NoSuchBucket" || reason == "NotFound" {
		return skip("there is no such bucket")
	}
	return s.failed(err)
}

func (s *Subject) bucket(ctx context.Context) Finding {
	_, err := s.S3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.Bucket})
	switch reason := code(err); {
	case reason == "NotFound" || reason == "NoSuchBucket":
		return bad("look whether the name is right; or deploy the stack", "no bucket %s", s.Bucket)
	case reason == "MovedPermanently" || reason == "PermanentRedirect":
		return bad("set AWS_REGION to the region of the stack", "the bucket %s is in another region", s.Bucket)
	case err != nil:
		return s.failed(err)
	}
	return ok("%s is there", s.Bucket)
}

func (s *Subject) versioning(ctx context.Context) Finding {
	found, err := s.S3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &s.Bucket})
	switch {
	case err != nil:
		return s.bucketFailed(err)
	case found.Status != types.BucketVersioningStatusEnabled:
		return bad(deployAgain, "versioning is off: what a reviewer saw could be overwritten")
	}
	return ok("every version is kept")
}

func (s *Subject) cors(ctx context.Context) Finding {
	if s.PublicURL == "" {
		return skip("the public URL is not known")
	}
	found, err := s.S3.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: &s.Bucket})
	switch {
	case code(err) == "NoSuchCORSConfiguration":
		return bad(deployAgain, "no CORS rule: browsers cannot upload")
	case err != nil:
		return s.bucketFailed(err)
	}
	var origins, methods []string
	for _, r := range found.CORSRules {
		origins, methods = append(origins, r.AllowedOrigins...), append(methods, r.AllowedMethods...)
	}
	switch {
	case !slices.Equal(origins, []string{s.PublicURL}):
		return bad("deploy the stack with PublicUrl="+s.PublicURL,
			"pages of %s may upload, and not exactly those of %s", strings.Join(origins, " "), s.PublicURL)
	case !slices.Contains(methods, "POST"):
		return bad(deployAgain, "pages may %s, and not POST", strings.Join(methods, " "))
	}
	return ok("pages of %s may upload, and no others", s.PublicURL)
}

func (s *Subject) publicAccess(ctx context.Context) Finding {
	found, err := s.S3.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &s.Bucket})
	switch {
	case code(err) == "NoSuchPublicAccessBlockConfiguration":
		return bad(deployAgain, "nothing keeps it from being made public")
	case err != nil:
		return s.bucketFailed(err)
	}
	b := found.PublicAccessBlockConfiguration
	for name, on := range map[string]*bool{
		"BlockPublicAcls": b.BlockPublicAcls, "BlockPublicPolicy": b.BlockPublicPolicy,
		"IgnorePublicAcls": b.IgnorePublicAcls, "RestrictPublicBuckets": b.RestrictPublicBuckets,
	} {
		if !aws.ToBool(on) {
			return bad(deployAgain, "%s is off", name)
		}
	}
	return ok("public access is blocked in all four ways")
}

func (s *Subject) lifecycle(ctx context.Context) Finding {
	found, err := s.S3.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: &s.Bucket})
	if code(err) == "NoSuchLifecycleConfiguration" {
		return bad(deployAgain, "no rule: what was refused or removed stays for ever")
	}
	if err != nil {
		return s.bucketFailed(err)
	}
	expires, forgets := false, false
	for _, r := range found.Rules {
		//lint:ignore SA1019 a rule that CloudFormation made may still answer so
		prefix := aws.ToString(r.Prefix)
		if r.Filter != nil && r.Filter.Prefix != nil {
			prefix = *r.Filter.Prefix
		}
		if r.Status != types.ExpirationStatusEnabled {
			continue
		}
		expires = expires || prefix == "incoming/" && r.Expiration != nil
		forgets = forgets || prefix == "vault/" && r.NoncurrentVersionExpiration != nil
	}
	switch {
	case !expires:
		return bad(deployAgain, "nothing removes what is left in incoming/")
	case !forgets:
		return bad(deployAgain, "nothing removes old versions in vault/")
	}
	return ok("incoming/ is emptied, removed documents in vault/ are forgotten")
}

// policy is what matters here of a bucket's policy.
type policy struct {
	Statement []struct {
		Effect    string
		Condition map[string]map[string]any
	}
}

func (s *Subject) policy(ctx context.Context) (p policy, err error) {
	found, err := s.S3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &s.Bucket})
	if code(err) == "NoSuchBucketPolicy" {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(aws.ToString(found.Policy)), &p)
	}
	return p, err
}

// scanner looks for the gate that opens for scanned files alone; the template puts it up where GuardDuty scans.
func (s *Subject) scanner(ctx context.Context) Finding {
	p, err := s.policy(ctx)
	if err != nil {
		return s.bucketFailed(err)
	}
	for _, statement := range p.Statement {
		if statement.Effect == "Deny" && statement.Condition["StringNotEquals"]["s3:ExistingObjectTag/GuardDutyMalwareScanStatus"] == "NO_THREATS_FOUND" {
			return ok("no file can be read before GuardDuty has found nothing in it")
		}
	}
	return warn("deploy the stack with MalwareScan=on", "no scanner: uploads are not searched for malware")
}

func (s *Subject) tlsOnly(ctx context.Context) Finding {
	p, err := s.policy(ctx)
	if err != nil {
		return s.bucketFailed(err)
	}
	for _, statement := range p.Statement {
		if statement.Effect == "Deny" && statement.Condition["Bool"]["aws:SecureTransport"] == "false" {
			return ok("what comes without TLS is refused")
		}
	}
	return bad(deployAgain, "the policy does not refuse what comes without TLS")
}
