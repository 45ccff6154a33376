package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/token"
)

// Identifiers and files are found again in other accounts by a keyed digest: a key of the table names no person, wherever it is logged. The key
// of the digests is made once and stays in the table, beside what it is made of (docs/decisions/0020-review-api.md).

// traceRow leads from an identifier or a file to one account that handed it in, and its newest case with it.
type traceRow struct {
	key
	Reference string `dynamodbav:"reference"`
	No        int    `dynamodbav:"no"`
}

// tracesRow lists the traces of an account, so that they can be erased with it.
type tracesRow struct {
	key
	Digests []string `dynamodbav:"digests,stringset"`
}

type traceKeyRow struct {
	key
	Value string `dynamodbav:"value"`
}

// Traced is an account that handed something in.
type Traced struct {
	AccountID account.ID
	Reference string // of its newest case with it
	CaseNo    int
}

// Shared is something of a case that another account has handed in as well.
type Shared struct {
	kyc.Trace
	Traced
}

const (
	tracedMost   = 5 // accounts that a look-up reads; with the own one, four others
	tracesAtOnce = 8
)

// noteTraces writes what a case is handed in with where other accounts are compared with it. It may be repeated. Where the case is then not handed
// in after all, its traces lead to a draft, which does no harm.
func (s *Store) noteTraces(ctx context.Context, c kyc.Case) error {
	digests, err := s.digests(ctx, c.Traces())
	if err != nil || len(digests) == 0 {
		return err
	}
	_, err = s.update(ctx, "list traces", s.users, change{
		key: tracesKey(c.AccountID), set: "ADD digests :new", values: values{":new": &types.AttributeValueMemberSS{Value: digests}},
	})
	if err != nil {
		return err
	}
	rows := make([]types.WriteRequest, len(digests))
	for i, digest := range digests {
		rows[i] = types.WriteRequest{PutRequest: &types.PutRequest{Item: marshal(traceRow{traceKey(digest, c.AccountID), c.Reference, c.No})}}
	}
	return s.writeAll(ctx, "write traces", s.users, rows)
}

// digests are the partitions of traces, each once.
func (s *Store) digests(ctx context.Context, traces []kyc.Trace) ([]string, error) {
	secret, err := s.traceSecret(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]string, len(traces))
	for i, t := range traces {
		all[i] = traceDigest(secret, t)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func traceDigest(secret string, t kyc.Trace) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t.Kind + "#" + t.Value))
	prefix := "ident#"
	if t.Kind == kyc.TraceFile {
		prefix = "seen#"
	}
	return prefix + hex.EncodeToString(mac.Sum(nil))
}

// traceSecret reads the key of the digests. Who comes first makes it; of two at once one does.
func (s *Store) traceSecret(ctx context.Context) (string, error) {
	if known := s.traceValue.Load(); known != nil {
		return *known, nil
	}
	row := traceKeyRow{key: key{"desk", "trace-key"}}
	found, err := s.get(ctx, "read trace key", s.users, row.key, &row)
	if err == nil && !found {
		row.Value = token.NewID() + token.NewID()
		if err = s.put(ctx, "make trace key", s.users, row, "attribute_not_exists(pk)"); err != nil {
			if made, failed := conditionFailed(err); failed {
				err = unmarshal(made, &row)
			}
		}
	}
	if err != nil {
		return "", err
	}
	s.traceValue.Store(&row.Value)
	return row.Value, nil
}

// HandedInBy returns the accounts that handed an identifier or a file in: at most five.
func (s *Store) HandedInBy(ctx context.Context, t kyc.Trace) ([]Traced, error) {
	secret, err := s.traceSecret(ctx)
	if err != nil {
		return nil, err
	}
	out, err := call(ctx, "read traces", func(ctx context.Context) (*dynamodb.QueryOutput, error) {
		return s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.users, Limit: aws.Int32(tracedMost), KeyConditionExpression: aws.String("pk = :pk"),
			ExpressionAttributeValues: values{":pk": traceDigest(secret, t)}.marshal(),
		})
	})
	if err != nil {
		return nil, err
	}
	all := make([]Traced, len(out.Items))
	for i, found := range out.Items {
		var row traceRow
		if err := unmarshal(found, &row); err != nil {
			return nil, err
		}
		all[i] = Traced{account.ID(strings.TrimPrefix(row.SK, "account#")), row.Reference, row.No}
	}
	return all, nil
}

// SharedWith returns what of a case other accounts have handed in as well.
func (s *Store) SharedWith(ctx context.Context, c kyc.Case) (all []Shared, err error) {
	traces := c.Traces()
	found := make([][]Traced, len(traces))
	var reads errgroup.Group
	reads.SetLimit(tracesAtOnce)
	for i, t := range traces {
		reads.Go(func() (err error) {
			found[i], err = s.HandedInBy(ctx, t)
			return err
		})
	}
	if err := reads.Wait(); err != nil {
		return nil, err
	}
	for i, others := range found {
		for _, other := range others {
			if other.AccountID != c.AccountID {
				all = append(all, Shared{traces[i], other})
			}
		}
	}
	return all, nil
}

// tracesOf are the keys of all traces of an account, and of their list.
func (s *Store) tracesOf(ctx context.Context, id account.ID) ([]key, error) {
	var row tracesRow
	found, err := s.get(ctx, "read list of traces", s.users, tracesKey(id), &row)
	if err != nil || !found {
		return nil, err
	}
	var keys []key
	for _, digest := range row.Digests {
		keys = append(keys, traceKey(digest, id))
	}
	return append(keys, row.key), nil
}
