package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/commands/accounts"
	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/seed"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/token"
)

const journeyHelp = `Takes one new account through the whole journey, through the API as a browser would, and erases it again: after a deployment, it says
whether people can sign up.

The address is one of SES' mailbox simulator, which takes every mail; link and code are derived from the secret, as nobody reads them there.
With --phone an SMS is really sent to that number (E.164), and the journey goes on to documents and a case that is handed in; without, it
ends with the log-in. The captcha has to be altcha, or off.`

// journeyView is what came of a journey.
type journeyView struct {
	Account string        `json:"account"` // its address
	Steps   []journeyStep `json:"steps"`
	Erased  bool          `json:"erased"`
	Error   string        `json:"error,omitempty"`
}

type journeyStep struct {
	Name string `json:"name"`
	Ms   int64  `json:"ms"`
}

// Journey is `central journey`.
func Journey(c *where.Call) *cobra.Command {
	var phone string
	cmd := &cobra.Command{Use: "journey", Short: "Try the whole journey with an account that is erased again", Long: journeyHelp, Args: cobra.NoArgs}
	cmd.Flags().StringVar(&phone, "phone", "", "`number` (E.164) that gets an SMS, such as +919876543210")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		sys, err := c.Open(ctx)
		if err != nil {
			return err
		}
		if sys.PublicURL == "" || sys.Secret == "" || sys.Bucket == "" {
			return console.BadUsage("the origin, the secret and the bucket have to be known: --public-url, --secret-id, --uploads-bucket")
		}
		plan := fmt.Sprintf("This will make an account in the %s, and erase it again.", sys.Title)
		if phone != "" {
			plan += " An SMS goes to " + phone + "."
		}
		if err := c.Confirm(ctx, plan); err != nil {
			return err
		}
		keys, err := keysOf(ctx, sys)
		if err != nil {
			return err
		}
		return journey(ctx, c, sys, phone, keys)
	})
	return cmd
}

func journey(ctx context.Context, c *where.Call, sys *where.System, phone string, keys token.Keyring) error {
	v := journeyView{Account: fmt.Sprintf("success+journey-%d@simulator.amazonses.com", c.Now().UnixMilli()), Steps: []journeyStep{}}
	began := c.Now()
	mailbox := seed.Derived{Keys: keys, Store: sys.Store(), Now: c.Now}
	err := seed.Journey(ctx, sys.PublicURL, v.Account, phone, mailbox, began, func(step string) {
		v.Steps = append(v.Steps, journeyStep{step, c.Now().Sub(began).Milliseconds()})
		began = c.Now()
	})
	// Also what was interrupted leaves nothing behind. Before it was verified there is no account: the sign-up ends by itself.
	if len(v.Steps) > 1 {
		erased := accounts.EraseUnasked(context.WithoutCancel(ctx), c, v.Account, "end of a journey")
		v.Erased, err = erased == nil, errors.Join(err, erased)
	}
	if err != nil {
		v.Error = err.Error()
	}
	if shown := c.Show(v, v.text); shown != nil {
		return shown
	}
	if err != nil {
		return console.ErrFound
	}
	return nil
}

func (v journeyView) text(w io.Writer) {
	for _, s := range v.Steps {
		fmt.Fprintf(w, "ok\t%s\t%d ms\n", s.Name, s.Ms)
	}
	switch {
	case v.Erased:
		fmt.Fprintln(w, "ok\terased\t")
	case len(v.Steps) > 1:
		fmt.Fprintf(w, "FAIL\t%s is still there: central account erase\t\n", v.Account)
	}
	if v.Error != "" {
		fmt.Fprintf(w, "FAIL\t%s\t\n", v.Error)
	}
}

const secretDeadline = 5 * time.Second

// keysOf reads what links and codes are derived from.
func keysOf(ctx context.Context, s *where.System) (token.Keyring, error) {
	ctx, cancel := context.WithTimeout(ctx, secretDeadline)
	defer cancel()
	out, err := s.Secrets().GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &s.Secret})
	if err != nil {
		return token.Keyring{}, fmt.Errorf("the secret cannot be read: %w", err)
	}
	return token.ParseKeyring([]byte(aws.ToString(out.SecretString)))
}
