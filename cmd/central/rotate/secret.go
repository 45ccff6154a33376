// Package rotate replaces what is secret, without a moment in which somebody is locked out: first both are accepted everywhere, then the
// new one is used, then the old one goes.
package rotate

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// Kind is one thing that can be replaced: where it stands in its secret, and who reads it.
type Kind struct {
	Current, Previous string        // members of the secret
	Variable          string        // of the functions that read the secret
	Fresh             func() string // makes a new one
}

// Kinds.
var (
	Key  = Kind{"current", "previous", "SECRET_ID", func() string { return letters(64) }}
	Edge = Kind{"current", "previous", "EDGE_SECRET_ID", func() string { return letters(48) }}
	Call = Kind{"callSecret", "callSecretPrevious", "SECRET_ID", callSecret}
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// letters is random text of n letters and digits, 5.95 bits each.
func letters(n int) string {
	text := make([]byte, 0, n)
	for one := make([]byte, 1); len(text) < n; {
		rand.Read(one)
		if i := int(one[0]) & 63; i < len(base62) {
			text = append(text, base62[i])
		}
	}
	return string(text)
}

// callSecret is one of the call API: docs/call-api.md.
func callSecret() string {
	key := make([]byte, 32)
	rand.Read(key)
	return "whsec_" + base64.StdEncoding.EncodeToString(key)
}

// phase is how far a replacement is. It stands in the secret itself, beside what it is about, so that the two cannot differ.
type phase struct {
	Phase string `json:"phase"`
	Drop  bool   `json:"drop,omitempty"` // the old one goes at the end
}

const (
	accept = "accept" // both are accepted; the old one is used
	use    = "use"    // both are accepted; the new one is used
	drop   = "drop"   // the new one alone
)

// document is a secret: members, and the version in which they stand.
type document struct {
	members map[string]json.RawMessage
	version string
	since   time.Time
}

func (d document) text(member string) string {
	var s string
	_ = json.Unmarshal(d.members[member], &s) // what is no text is none
	return s
}

func (d document) set(member, text string) {
	if text == "" {
		delete(d.members, member)
		return
	}
	d.members[member], _ = json.Marshal(text) // text always has a form in JSON
}

func (d document) phase(k Kind) phase {
	var p phase
	_ = json.Unmarshal(d.members[k.Current+"Rotation"], &p)
	return p
}

func (d document) setPhase(k Kind, p phase) {
	if p.Phase == "" {
		delete(d.members, k.Current+"Rotation")
		return
	}
	d.members[k.Current+"Rotation"], _ = json.Marshal(p)
}

// Vault is one secret of Secrets Manager.
type Vault struct {
	Client *secretsmanager.Client
	ID     string
	Pause  func(context.Context, time.Duration) error
}

func (v *Vault) read(ctx context.Context) (document, error) {
	found, err := v.Client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &v.ID})
	if err != nil {
		return document{}, fmt.Errorf("the secret %s: %w", v.ID, err)
	}
	d := document{version: aws.ToString(found.VersionId), since: aws.ToTime(found.CreatedDate)}
	if err := json.Unmarshal([]byte(aws.ToString(found.SecretString)), &d.members); err != nil || d.members == nil {
		return d, fmt.Errorf("the secret %s is no JSON object", v.ID)
	}
	return d, nil
}

var errChanged = errors.New("somebody has changed the secret meanwhile: nothing more was done. Repeat the command")

const looks = 30 // until a secret that was written is read everywhere, with a second between

// write replaces d, which was read, by what change makes of its members, and returns what is there then.
func (v *Vault) write(ctx context.Context, d document, change func(document)) (document, error) {
	if now, err := v.read(ctx); err != nil || now.version != d.version {
		return d, errors.Join(err, errChanged)
	}
	change(d)
	text, err := json.Marshal(d.members)
	if err != nil {
		return d, err
	}
	put, err := v.Client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &v.ID, SecretString: aws.String(string(text))})
	if err != nil {
		return d, fmt.Errorf("the secret %s: %w", v.ID, err)
	}
	for range looks {
		if d, err = v.read(ctx); err != nil || d.version == aws.ToString(put.VersionId) {
			return d, err
		}
		if err := v.Pause(ctx, time.Second); err != nil {
			return d, err
		}
	}
	return d, fmt.Errorf("the secret %s was written, and Secrets Manager still gives the old value: repeat the command", v.ID)
}
