package inspector

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/cmd/local/template"
)

// forgetLimits takes back what the limits have counted, for who tries things out and for tests that cannot wait. Part is a part of the
// counter's key, such as "mail-gap"; empty for all. It returns how many counters there were.
func forgetLimits(ctx context.Context, db *dynamodb.Client, tables []template.Table, part string) (forgotten int, err error) {
	for _, t := range tables {
		pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{
			TableName: &t.Name, ConsistentRead: aws.Bool(true), ProjectionExpression: aws.String("pk, sk"),
			FilterExpression:          aws.String("begins_with(pk, :limit)"),
			ExpressionAttributeValues: map[string]ddb.AttributeValue{":limit": &ddb.AttributeValueMemberS{Value: "limit#"}},
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return forgotten, err
			}
			for _, key := range page.Items {
				if pk, ok := key["pk"].(*ddb.AttributeValueMemberS); !ok || !strings.Contains(pk.Value, part) {
					continue
				}
				if _, err := db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &t.Name, Key: key}); err != nil {
					return forgotten, err
				}
				forgotten++
			}
		}
	}
	return forgotten, nil
}
