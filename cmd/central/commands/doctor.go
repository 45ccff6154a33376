package commands

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/doctor"
	"phonon.in/central/cmd/central/where"
)

const doctorHelp = `Looks at everything that must be right for people to sign up, and prints a line for each check:

  ok    it is right
  warn  it works; somebody should know
  FAIL  it is wrong; what to do follows the arrow
  skip  the check could not be made, for the reason that is said: no access, or an engine that lacks it

What only AWS has is one line for a local run; --json has all of them. It only reads, and never prints a secret. The exit code is 1 when any
check says FAIL, and 0 otherwise.`

// Doctor is `central doctor`.
func Doctor(c *where.Call) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Look for what is wrong with a system", Long: doctorHelp, Args: cobra.NoArgs,
		RunE: c.Action(func(ctx context.Context, _ []string) error {
			sys, err := c.Open(ctx)
			if err != nil {
				return err
			}
			progress := c.Progress("checks", doctor.Checks())
			found := doctor.Run(ctx, subject(ctx, c, sys), progress.Step)
			progress.End()
			if err := c.Show(found, func(w io.Writer) { printFindings(w, found) }); err != nil {
				return err
			}
			if doctor.Count(found, doctor.Fail) > 0 {
				return console.ErrFound
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
func subject(ctx context.Context, c *where.Call, s *where.System) *doctor.Subject {
	d := &doctor.Subject{
		DynamoDB: s.DynamoDB(), S3: s.S3(), HTTP: &http.Client{}, Now: c.Now, Settings: s.Settings, Local: s.Local(),
		Users: s.Users, Tokens: s.Tokens, Bucket: s.Bucket, Secret: s.Secret, Signing: s.Signing, PublicURL: s.PublicURL,
		ClockURL: s.DynamoDBURL(), Secrets: s.Secrets(), SNS: s.SNS(), Voice: s.Voice(),
	}
	if d.Local {
		return d
	}
	functions := c.Fleet(s)
	d.Functions, d.Fleet, d.Lambda = functions.Functions, functions, functions.Lambda
	d.SES, d.Alarming = sesv2.NewFromConfig(s.AWS), cloudwatch.NewFromConfig(s.AWS)
	d.APIs, d.API = apigatewayv2.NewFromConfig(s.AWS), s.Named("Api")
	d.Alarms, d.AlarmTopic = s.NamesOf("AWS::CloudWatch::Alarm"), s.Named("Alarms")
	if c.Stack != "" {
		d.Declared = doctor.Declared(s.Template(ctx, c.Stack))
	}
	return d
}
