package store

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"phonon.in/central/shared/account"
)

// Search says which accounts are meant: whose id, address, and number in E.164 begin so. An empty member is any.
type Search struct {
	ID, Email string
	Phones    []string // any of these
}

// ScanAccounts reads the whole table of accounts, page by page, in no order, beginning behind the account after ("" is the beginning). page gets
// the accounts of a page that are meant, and how many items were read for them; false ends the reading. It reads what may be a second old.
func (s *Store) ScanAccounts(ctx context.Context, q Search, after account.ID, page func(found []account.Profile, read int) bool) error {
	filter, v := q.filter()
	input := &dynamodb.ScanInput{TableName: &s.users, FilterExpression: &filter, ExpressionAttributeValues: v.marshal()}
	if after != "" {
		input.ExclusiveStartKey = marshal(profileKey(after))
	}
	for {
		out, err := s.scan(ctx, input)
		if err != nil {
			return err
		}
		found := make([]account.Profile, len(out.Items))
		for i, one := range out.Items {
			if found[i], err = decodeProfile(one); err != nil {
				return err
			}
		}
		if !page(found, int(out.ScannedCount)) || out.LastEvaluatedKey == nil {
			return nil
		}
		input.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// An operator waits longer for a page of a megabyte than a client may for an answer.
const scanDeadline = 30 * time.Second

func (s *Store) scan(ctx context.Context, input *dynamodb.ScanInput) (*dynamodb.ScanOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, scanDeadline)
	defer cancel()
	out, err := s.db.Scan(ctx, input)
	return out, described("scan accounts", err)
}

func (q Search) filter() (string, values) {
	parts, v := []string{"sk = :profile"}, values{":profile": profileKey("").SK}
	if q.ID != "" {
		parts, v[":id"] = append(parts, "begins_with(pk, :id)"), profileKey(account.ID(q.ID)).PK
	}
	if q.Email != "" {
		parts, v[":email"] = append(parts, "begins_with(email, :email)"), q.Email
	}
	var phones []string
	for i, prefix := range q.Phones {
		name := ":phone" + string(rune('0'+i))
		phones, v[name] = append(phones, "begins_with(phone, "+name+")"), prefix
	}
	if phones != nil {
		parts = append(parts, "("+strings.Join(phones, " OR ")+")")
	}
	return strings.Join(parts, " AND "), v
}

// AccountsWithPhone returns the accounts that have proven a number (E.164): at most five.
func (s *Store) AccountsWithPhone(ctx context.Context, e164 string) ([]account.ID, error) {
	var row struct {
		Accounts []string `dynamodbav:"accounts,stringset"`
	}
	if _, err := s.get(ctx, "read claim", s.users, phoneKey(e164), &row); err != nil {
		return nil, err
	}
	ids := make([]account.ID, len(row.Accounts))
	for i, id := range row.Accounts {
		ids[i] = account.ID(id)
	}
	return ids, nil
}

// ItemCount is about how many items the table of accounts has; DynamoDB counts them every six hours.
func (s *Store) ItemCount(ctx context.Context) (int, error) {
	out, err := call(ctx, "count items", func(ctx context.Context) (*dynamodb.DescribeTableOutput, error) {
		return s.db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &s.users})
	})
	if err != nil {
		return 0, err
	}
	return int(aws.ToInt64(out.Table.ItemCount)), nil
}
