package template_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"phonon.in/central/cmd/local/template"
)

const sample = `
Parameters:
  Stage: {Type: String, Default: dev}
  Url: {Type: String}
  Budget: {Type: Number, Default: 5000}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [!Condition IsProd]
Globals:
  Function:
    Timeout: 7
    MemorySize: 256
    Environment: {Variables: {LEVEL: INFO, SHARED: global}}
Resources:
  UsersTable:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions:
        - {AttributeName: sk, AttributeType: S}
        - {AttributeName: pk, AttributeType: S}
        - {AttributeName: at, AttributeType: N}
      KeySchema: [{AttributeName: sk, KeyType: RANGE}, {AttributeName: pk, KeyType: HASH}]
      GlobalSecondaryIndexes:
        - IndexName: by-at
          KeySchema: [{AttributeName: at, KeyType: HASH}]
          Projection: {ProjectionType: INCLUDE, NonKeyAttributes: [a, b]}
      TimeToLiveSpecification: {AttributeName: expiresAt, Enabled: true}
  Files:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "files-${Stage}-${AWS::AccountId}"
      VersioningConfiguration: {Status: Enabled}
      CorsConfiguration: {CorsRules: [{AllowedMethods: [GET], AllowedOrigins: [!Ref Url], MaxAge: 60}]}
  Key:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {SecretStringTemplate: "{}", GenerateStringKey: current, PasswordLength: 40, ExcludePunctuation: true}}
  Mails:
    Type: AWS::SES::ConfigurationSet
  Returns:
    Type: AWS::SNS::Topic
  Feedback:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties: {ConfigurationSetName: !Ref Mails, EventDestination: {MatchingEventTypes: [BOUNCE, COMPLAINT], SnsDestination: {TopicARN: !Ref Returns}}}
  Absent:
    Type: AWS::DynamoDB::Table
    Condition: IsProd
    Properties: {TableName: !Nonsense x}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {Whatever: !Nonsense x}
  WorkFunction:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 9
      Policies: [{Statement: !Nonsense x}]
      Environment:
        Variables:
          SHARED: own
          TABLE: !Ref UsersTable
          LONG: {Ref: UsersTable}
          ARN: !GetAtt UsersTable.Arn
          SUB: !Sub ["${A}-${Stage}-${!Literal}-${UsersTable.Arn}", {A: !Ref Budget}]
          JOIN: !Join ["/", [a, !Ref Stage, {"Fn::Select": [1, !Split ["-", "x-y-z"]]}]]
          IF: !If [IsProd, a, !If [IsTest, b, c]]
          NONE: !If [IsProd, a, !Ref AWS::NoValue]
          NUMBER: 12
      Events:
        A: {Type: HttpApi, Properties: {Method: get, Path: "/v1/{id}"}}
        B: {Type: HttpApi}
        C: {Type: HttpApi, Properties: {Method: "*", Path: "/{proxy+}"}}
        D: {Type: Schedule, Properties: {Schedule: rate(5 minutes)}}
        E: {Type: S3, Properties: {Bucket: !Ref Files, Events: [s3:ObjectCreated:Put], Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}, {Name: suffix, Value: .pdf}]}}}}
        F: {Type: SNS, Properties: {Topic: !Ref Returns}}
`

func TestATemplateIsResolved(t *testing.T) {
	got, err := template.Parse([]byte(sample), map[string]string{"Url": "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	want := &template.Template{
		Functions: []template.Function{{
			ID: "WorkFunction", Name: "work", MemoryMB: 256, Timeout: 9 * time.Second,
			Env: map[string]string{
				"LEVEL": "INFO", "SHARED": "own", "TABLE": "central-local-UsersTable", "LONG": "central-local-UsersTable",
				"ARN": "arn:aws:local:::UsersTable.Arn", "SUB": "5000-dev-${Literal}-arn:aws:local:::UsersTable.Arn", "JOIN": "a/dev/y", "IF": "b", "NUMBER": "12",
			},
			Routes:    []template.Route{{Method: "GET", Path: "/v1/{id}"}, {Method: "ANY", Path: "$default"}, {Method: "ANY", Path: "/{proxy+}"}},
			Schedules: []time.Duration{5 * time.Minute},
			Uploads:   []template.Upload{{Bucket: "files-dev-000000000000", Prefix: "in/", Suffix: ".pdf"}},
			Topics:    []string{"arn:aws:sns:ap-south-1:000000000000:central-local-Returns"},
		}},
		Tables: []template.Table{{
			ID: "UsersTable", Name: "central-local-UsersTable", TTL: "expiresAt", Keys: []string{"pk", "sk"},
			Attributes: []template.Attribute{{Name: "sk", Type: "S"}, {Name: "pk", Type: "S"}, {Name: "at", Type: "N"}},
			Indexes:    []template.Index{{Name: "by-at", Projection: "INCLUDE", Keys: []string{"at"}, NonKey: []string{"a", "b"}}},
		}},
		MailSets: []template.MailSet{{Name: "central-local-Mails", Topics: map[string][]string{
			"BOUNCE": {"arn:aws:sns:ap-south-1:000000000000:central-local-Returns"}, "COMPLAINT": {"arn:aws:sns:ap-south-1:000000000000:central-local-Returns"},
		}}},
		Buckets: []template.Bucket{{ID: "Files", Name: "files-dev-000000000000", Versioned: true, CORS: []template.CORSRule{{
			Methods: []string{"GET"}, Origins: []string{"http://127.0.0.1:1"}, MaxAge: 60,
		}}}},
		Secrets: []template.Secret{{
			ID: "Key", Name: "arn:aws:secretsmanager:ap-south-1:000000000000:secret:Key-local0", Template: "{}", Key: "current", Length: 40, NoPunctuation: true,
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestWhatCannotBeResolvedIsNamedWithItsPath(t *testing.T) {
	function := func(properties string) string {
		return "Resources:\n  WorkFunction:\n    Type: AWS::Serverless::Function\n    Properties: " + properties + "\n"
	}
	for _, c := range []struct{ name, text, says string }{
		{"an unknown intrinsic", function(`{Environment: {Variables: {A: !ImportValue x}}}`), "WorkFunction.Environment.Variables.A: the intrinsic function ImportValue"},
		{"an unknown intrinsic in its long form", function(`{Events: {E: {"Fn::Cidr": [x]}}}`), "WorkFunction.Events.E: the intrinsic function Cidr"},
		{"a name that is not there", function(`{Environment: {Variables: {A: !Ref Nothing}}}`), `WorkFunction.Environment.Variables.A: nothing is called "Nothing"`},
		{"a name in a text", function(`{Environment: {Variables: {A: !Sub "${Nothing}"}}}`), `nothing is called "Nothing"`},
		{"a list as a variable", function(`{Environment: {Variables: {A: [x]}}}`), "WorkFunction.Environment.Variables.A: is not a string"},
		{"an unknown event", function(`{Events: {E: {Type: SQS}}}`), `WorkFunction.Events.E: events of type "SQS"`},
		{"a cron schedule", function(`{Events: {E: {Type: Schedule, Properties: {Schedule: "cron(0 1 * * ? *)"}}}}`), "is not a rate"},
		{"payload format 1.0", function(`{Events: {E: {Type: HttpApi, Properties: {Method: GET, Path: /, PayloadFormatVersion: "1.0"}}}}`), "payload format 1.0"},
		{"another kind of S3 event", function(`{Events: {E: {Type: S3, Properties: {Bucket: x, Events: "s3:ObjectRemoved:*"}}}}`), "s3:ObjectRemoved"},
		{"a condition that is not there", function(`{Environment: {Variables: {A: !If [No, a, b]}}}`), `no condition is called "No"`},
		{"names in a circle", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties: {BucketName: !Sub \"x-${A}\"}\n", "depends on itself"},
		{"no YAML", "a: b: c", "template:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := template.Parse([]byte(c.text), nil); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestScansAreHeardOfWhereTheyAreMade(t *testing.T) {
	for _, scan := range []string{"on", "off"} {
		got, err := template.Read(filepath.Join("..", "..", "..", "template.yaml"), map[string]string{"MalwareScan": scan})
		if err != nil {
			t.Fatal(err)
		}
		var rules []template.Rule
		for _, f := range got.Functions {
			rules = append(rules, f.Rules...)
		}
		if scan == "off" && len(rules) != 0 || scan == "on" && (len(rules) != 1 || rules[0].Sources[0] != "aws.guardduty" || rules[0].Types[0] != "GuardDuty Malware Protection Object Scan Result") {
			t.Errorf("%s: %v", scan, rules)
		}
	}
}

func TestTheProjectsOwnTemplateIsUnderstood(t *testing.T) {
	got, err := template.Read(filepath.Join("..", "..", "..", "template.yaml"), map[string]string{"PublicUrl": "http://127.0.0.1:3000"})
	if err != nil {
		t.Fatal(err)
	}
	uploads, schedules, topics, rules := 0, 0, 0, 0
	for _, f := range got.Functions {
		uploads, schedules, topics, rules = uploads+len(f.Uploads), schedules+len(f.Schedules), topics+len(f.Topics), rules+len(f.Rules)
		if len(f.Routes)+len(f.Uploads)+len(f.Schedules)+len(f.Topics) == 0 {
			t.Errorf("nothing calls %s", f.Name)
		}
	}
	if len(got.Functions) < 8 || len(got.Tables) != 2 || len(got.Buckets) != 2 || len(got.MailSets) != 1 || len(got.Secrets) != 2 || uploads != 2 || rules != 0 || schedules != 2 || topics != 1 {
		t.Errorf("%d functions, %d tables, %d buckets, %d secrets, %d upload events, %d schedules, %d topics",
			len(got.Functions), len(got.Tables), len(got.Buckets), len(got.Secrets), uploads, schedules, topics)
	}
}
