package deployment

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/fleet"
	"phonon.in/central/cmd/central/rotate"
	"phonon.in/central/cmd/central/where"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/token"
)

const rotateHelp = `Replaces what is secret, with nobody locked out: first the new one is accepted everywhere, then it is used, and then the old one goes. In
between, every function that reads the secret is made to read it again: its variable SECRET_VERSION is set to the version, and the command
waits until that holds. Nothing of a secret is ever printed.

How far it is stands in the secret itself. Where it was interrupted, or a function failed, repeat the command: it goes on there.`

// rotated is what a rotation did, for JSON.
type rotated struct {
	Rotated string  `json:"rotated"`
	Secret  string  `json:"secret"` // where it lies
	Member  string  `json:"member"`
	Open    bool    `json:"open"` // the old one still counts, until --done
	Seconds float64 `json:"seconds"`
}

// Rotate is `central rotate`, with what is below it.
func Rotate(c *where.Call) *cobra.Command {
	return console.Group(&cobra.Command{Use: "rotate", Short: "Replace a secret, with nobody locked out", Long: rotateHelp},
		rotateKeyCommand(c), rotateEdgeCommand(c), rotateCallCommand(c))
}

func rotateKeyCommand(c *where.Call) *cobra.Command {
	var leaked bool
	cmd := &cobra.Command{
		Use: "key", Short: "Replace the key of links and codes", Args: cobra.NoArgs,
		Long: "Replaces the key that signs links, codes and captchas (the member current of the application's secret).\n\n" + rotateHelp + `

Links and codes that were sent before keep working: the old key stays as previous, until the next rotation. With --leaked it goes at the
end, in the same minute: all open links and codes die, and so do the marks of browsers that logged in before. Sessions stay. The secrets of
authenticator apps that the old key has sealed are sealed anew first.`,
	}
	cmd.Flags().BoolVar(&leaked, "leaked", false, "the old key got out: refuse it at the end")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		r, state, err := rotation(ctx, c, rotate.Key)
		if err != nil {
			return err
		}
		if err := c.Confirm(ctx, keyPlan(c, state, leaked)...); err != nil {
			return err
		}
		return replace(c, r, "key", false, func() error { return r.Replace(ctx, leaked) })
	})
	return cmd
}

// aDay is how long a mailed link can be of use.
const aDay = 24 * time.Hour

func keyPlan(c *where.Call, state rotate.State, leaked bool) []string {
	plan := []string{fmt.Sprintf("This will replace the key of links and codes in the stack %s.", c.Stack)}
	if state.Open {
		plan[0] = fmt.Sprintf("A rotation of the key in the stack %s was interrupted. This will finish it.", c.Stack)
	}
	switch age := c.Now().Sub(state.ChangedAt); {
	case leaked || state.Drops:
		plan = append(plan, "The old key goes at the end: ALL OPEN LINKS AND CODES DIE. Who waits for one asks for another; sessions stay.")
	case state.Previous && !state.Open && age < aDay:
		plan = append(plan, fmt.Sprintf("There is a previous key already, and the secret was changed %s ago: links and codes of that key die. Tomorrow none would be of use any more.",
			age.Round(time.Minute)))
	default:
		plan = append(plan, "Open links and codes keep working.")
	}
	return plan
}

func rotateEdgeCommand(c *where.Call) *cobra.Command {
	var stack, region string
	var done bool
	cmd := &cobra.Command{
		Use: "edge", Short: "Replace the secret between CloudFront and Central", Args: cobra.NoArgs,
		Long: "Replaces what CloudFront sends to Central so that nobody gets around the firewall.\n\n" + rotateHelp + `

With --edge-stack the stack of edge.yaml is told the new one (its parameter EdgeSecret; everything else of it stays), which takes CloudFront
some minutes, and then the old one goes. Without, both are accepted, and you are told where the new one lies; when the edge has it: --done.`,
	}
	cmd.Flags().StringVar(&stack, "edge-stack", "", "`name` of the stack of edge.yaml")
	cmd.Flags().StringVar(&region, "region", "us-east-1", "`region` of that stack")
	cmd.Flags().BoolVar(&done, "done", false, "the edge has the new one: refuse the old one")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		if done && stack != "" {
			return console.BadUsage("with --edge-stack nothing is left to be done; take one of the two")
		}
		r, _, err := rotation(ctx, c, rotate.Edge)
		if err != nil {
			return err
		}
		if stack == "" {
			return rotateOutside(ctx, c, r, "edge", done,
				"put it into the edge's parameter EdgeSecret (the header X-Edge-Secret)")
		}
		edge, err := edgeStack(ctx, c, stack, region)
		if err != nil {
			return err
		}
		if err := c.Confirm(ctx, fmt.Sprintf("This will replace the secret between CloudFront and the stack %s, and update the stack %s in %s. Nobody notices.", c.Stack, stack, region)); err != nil {
			return err
		}
		return replace(c, r, "edge", false, func() error { return throughEdge(ctx, r, edge) })
	})
	return cmd
}

// throughEdge replaces the secret in Central, in its edge, and then refuses the old one.
func throughEdge(ctx context.Context, r *rotate.Rotation, edge *rotate.EdgeStack) error {
	if err := r.Offer(ctx); err != nil {
		return err
	}
	value, err := r.Value(ctx)
	if err != nil {
		return err
	}
	r.Say("the stack " + edge.Name + " is told the new one; CloudFront takes some minutes")
	if err := edge.Tell(ctx, value); err != nil {
		return err
	}
	return r.Drop(ctx)
}

func rotateCallCommand(c *where.Call) *cobra.Command {
	var done bool
	cmd := &cobra.Command{
		Use: "call", Short: "Replace the secret between Central and the call API", Args: cobra.NoArgs,
		Long: "Replaces the secret with which Central and the company's own call API know each other (callSecret in the application's secret).\n\n" + rotateHelp + `

Central signs with both and accepts both. You are told where the new one lies; when the call API has it: --done.`,
	}
	cmd.Flags().BoolVar(&done, "done", false, "the call API has the new one: the old one goes")
	cmd.RunE = c.Action(func(ctx context.Context, _ []string) error {
		r, _, err := rotation(ctx, c, rotate.Call)
		if err != nil {
			return err
		}
		return rotateOutside(ctx, c, r, "call", done, "give it to the call API")
	})
	return cmd
}

// rotateOutside replaces what somebody else has to be told by hand: it begins, or with done it ends.
func rotateOutside(ctx context.Context, c *where.Call, r *rotate.Rotation, what string, done bool, told string) error {
	if done {
		if err := c.Confirm(ctx, fmt.Sprintf("This will refuse the old secret (%s) in the stack %s. Who still has only that is locked out.", what, c.Stack)); err != nil {
			return err
		}
		return replace(c, r, what, false, func() error { return r.Drop(ctx) })
	}
	if err := c.Confirm(ctx, fmt.Sprintf("This will put a new secret (%s) beside the old one in the stack %s. Both count until --done.", what, c.Stack)); err != nil {
		return err
	}
	err := replace(c, r, what, true, func() error { return r.Offer(ctx) })
	if err == nil && !c.JSON {
		fmt.Fprintf(c.Out, "The new one is the member %s of the secret %s: %s. Then: central rotate %s --done --stack %s\n", r.Current, r.Vault.ID, told, what, c.Stack)
	}
	return err
}

// rotation finds what a kind needs in the stack, and how far its replacement is.
func rotation(ctx context.Context, c *where.Call, kind rotate.Kind) (*rotate.Rotation, rotate.State, error) {
	sys, f, err := c.OpenFleet(ctx, true)
	if err != nil {
		return nil, rotate.State{}, err
	}
	if err := fleet.Unaliased(f.Functions); err != nil {
		return nil, rotate.State{}, err
	}
	id := sys.Secret
	if kind.Variable == rotate.Edge.Variable {
		id = sys.EdgeSecret()
		if id == "" {
			return nil, rotate.State{}, fmt.Errorf("the stack %s has no secret of an edge: its parameter Edge is off", c.Stack)
		}
	}
	if id == "" {
		return nil, rotate.State{}, fmt.Errorf("the stack %s names no secret: --secret-id does", c.Stack)
	}
	vault := &rotate.Vault{Client: secretsmanager.NewFromConfig(sys.AWS), ID: id, Pause: c.Pause}
	r := &rotate.Rotation{Kind: kind, Vault: vault, Fleet: f, Say: func(what string) { fmt.Fprintln(c.Err, what) }}
	if kind.Variable == rotate.Key.Variable && kind.Current == rotate.Key.Current {
		r.Reseal = func(ctx context.Context, keys token.Keyring) error { return reseal(ctx, sys.Store(), keys, r.Say) }
	}
	state, err := r.Look(ctx)
	if err == nil && state.Absent {
		err = fmt.Errorf("the secret %s has no member %s: there is nothing to replace", id, kind.Current)
	}
	return r, state, err
}

// reseal seals anew what the previous key has sealed: the secrets of authenticator apps.
func reseal(ctx context.Context, s *store.Store, keys token.Keyring, say func(string)) error {
	done, err := s.ResealFactors(ctx, keys, func(so store.Resealed) {
		if so.Sealed > 0 {
			say(fmt.Sprintf("%d secrets of authenticator apps are sealed anew, %d items were read", so.Sealed, so.Read))
		}
	})
	if err == nil && done.Lost > 0 {
		say(fmt.Sprintf("%d secrets of authenticator apps are opened by no key any more: who has one needs a recovery code", done.Lost))
	}
	return err
}

func edgeStack(ctx context.Context, c *where.Call, stack, region string) (*rotate.EdgeStack, error) {
	sys, err := c.OpenAWS(ctx)
	if err != nil {
		return nil, err
	}
	sys.AWS.Region = region
	edge := &rotate.EdgeStack{Client: cloudformation.NewFromConfig(sys.AWS), Name: stack, Pause: c.Pause}
	return edge, edge.Check(ctx)
}

func replace(c *where.Call, r *rotate.Rotation, what string, open bool, do func() error) error {
	begun := c.Now()
	if err := do(); err != nil {
		return fmt.Errorf("%w\nRepeat the command: it goes on where it stopped, and nothing is lost", err)
	}
	took := c.Now().Sub(begun).Round(100 * time.Millisecond).Seconds()
	done := rotated{what, r.Vault.ID, r.Current, open, took}
	return c.Show(done, func(w io.Writer) { fmt.Fprintf(w, "replaced in %.1f seconds\n", took) })
}
