package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/doctor"
)

const doctorHelp = `Looks at everything that must be right for people to sign up, and prints a line for each check:

  ok    it is right
  warn  it works; somebody should know
  FAIL  it is wrong; what to do follows the arrow
  skip  the check could not be made, for the reason that is said: no access, or an engine that lacks it

What only AWS has is one line for a local run; --json has all of them. It only reads, and never prints a secret. The exit code is 1 when any
check says FAIL, and 0 otherwise.`

func (c *cli) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Look for what is wrong with a system", Long: doctorHelp, Args: cobra.NoArgs,
		RunE: c.action(func(ctx context.Context, _ []string) error {
			sys, err := c.open(ctx)
			if err != nil {
				return err
			}
			progress := c.bar("checks", doctor.Checks())
			found := doctor.Run(ctx, sys.subject(ctx, c), progress.step)
			progress.end()
			if err := c.show(found, func(w io.Writer) { printFindings(w, found) }); err != nil {
				return err
			}
			if doctor.Count(found, doctor.Fail) > 0 {
				return errFound
			}
			return nil
		}),
	}
}

func printFindings(w io.Writer, all []doctor.Finding) {
	onlyAWS := 0
	for _, f := range all {
		if f.OnlyAWS {
			onlyAWS++
			continue
		}
		line := fmt.Sprintf("%-4s\t%s\t%s", f.State, f.Name, f.Found)
		if f.Do != "" {
			line += "  -> " + f.Do
		}
		fmt.Fprintln(w, line)
	}
	if onlyAWS > 0 {
		fmt.Fprintf(w, "%-4s\t%d checks\tonly AWS has what they look at; --json names them\n", doctor.Skip, onlyAWS)
	}
	var counts []string
	for _, s := range []doctor.State{doctor.OK, doctor.Warn, doctor.Fail, doctor.Skip} {
		counts = append(counts, fmt.Sprintf("%d %s", doctor.Count(all, s), s))
	}
	fmt.Fprintln(w, strings.Join(counts, ", "))
}

// subject is the system as doctor looks at it.
func (s *system) subject(ctx context.Context, c *cli) *doctor.Subject {
	d := &doctor.Subject{
		DynamoDB: s.dynamoDB(), S3: s.s3(), HTTP: &http.Client{}, Now: c.now, Settings: s.settings, Local: s.local != nil,
		Users: s.users, Tokens: s.tokens, Bucket: s.bucket, Secret: s.secret, Signing: s.signing, PublicURL: s.publicURL,
		ClockURL: "https://dynamodb." + s.aws.Region + ".amazonaws.com/",
	}
	d.Secrets = s.secrets()
	d.SNS = s.sns()
	d.Voice = pinpointsmsvoicev2.NewFromConfig(s.aws, func(o *pinpointsmsvoicev2.Options) {
		setBase(&o.BaseEndpoint, s.base(func(l *localRun) string { return l.voice }))
	})
	if s.local != nil {
		d.ClockURL = s.local.dynamoDB
		return d
	}
	d.SES, d.Alarming, d.Lambda = sesv2.NewFromConfig(s.aws), cloudwatch.NewFromConfig(s.aws), s.fleet(c).Lambda
	d.APIs, d.API = apigatewayv2.NewFromConfig(s.aws), s.named("Api")
	d.Functions, d.Fleet, d.AlarmTopic = s.functions(), s.fleet(c), s.named("Alarms")
	for _, a := range s.ofKind("AWS::CloudWatch::Alarm") {
		d.Alarms = append(d.Alarms, a.name)
	}
	if len(s.resources) > 0 {
		d.Declared = s.declared(ctx, c.where.stack)
	}
	return d
}

// setBase sets an endpoint where there is one. The SDKs' own variables have set it otherwise.
func setBase(base **string, endpoint *string) {
	if endpoint != nil {
		*base = endpoint
	}
}

// declared reads from the stack's template which variables each function must have; nil when that cannot be read.
func (s *system) declared(ctx context.Context, stack string) map[string][]string {
	found, err := cloudformation.NewFromConfig(s.aws).GetTemplate(ctx, &cloudformation.GetTemplateInput{
		StackName: &stack, TemplateStage: types.TemplateStageProcessed,
	})
	if err != nil {
		return nil
	}
	return setByTemplate([]byte(aws.ToString(found.TemplateBody)))
}

// template is what is looked at of a template, in JSON.
type template struct {
	Parameters map[string]struct{ Default any }
	Resources  map[string]struct {
		Type       string
		Properties struct {
			Environment struct{ Variables map[string]any }
		}
	}
}

// setByTemplate lists, for each function of a processed template, the variables to which it always gives a value. The others may be empty:
// a parameter with the default "", or a condition with "" on one side. It returns nil for what is no template.
func setByTemplate(body []byte) map[string][]string {
	var t template
	if json.Unmarshal(body, &t) != nil {
		return nil
	}
	all := map[string][]string{}
	for id, r := range t.Resources {
		if r.Type != "AWS::Lambda::Function" {
			continue
		}
		all[id] = nil
		for _, name := range slices.Sorted(maps.Keys(r.Properties.Environment.Variables)) {
			if !t.mayBeEmpty(r.Properties.Environment.Variables[name]) {
				all[id] = append(all[id], name)
			}
		}
	}
	return all
}

func (t template) mayBeEmpty(value any) bool {
	if call, isCall := value.(map[string]any); isCall {
		if parameter, isRef := call["Ref"].(string); isRef {
			return t.Parameters[parameter].Default == ""
		}
	}
	return hasEmptySide(value)
}

func hasEmptySide(value any) bool {
	call, _ := value.(map[string]any)
	sides, _ := call["Fn::If"].([]any)
	return value == "" || len(sides) == 3 && (hasEmptySide(sides[1]) || hasEmptySide(sides[2]))
}
