package inspector

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/cmd/local/template"
)

// allItems reads every item of every table as plain JSON. A table is called by its logical id without "Table", in lower case.
func allItems(ctx context.Context, db *dynamodb.Client, tables []template.Table) (map[string][]map[string]any, error) {
	all := map[string][]map[string]any{}
	for _, t := range tables {
		items := []map[string]any{}
		pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &t.Name, ConsistentRead: aws.Bool(true)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, item := range page.Items {
				items = append(items, plainMap(item))
			}
		}
		all[strings.ToLower(strings.TrimSuffix(t.ID, "Table"))] = items
	}
	return all, nil
}

func plainMap(item map[string]ddb.AttributeValue) map[string]any {
	m := make(map[string]any, len(item))
	for name, v := range item {
		m[name] = plain(v)
	}
	return m
}

// plain keeps numbers as they are written, and gives sets as lists and binary as base64.
func plain(v ddb.AttributeValue) any {
	switch v := v.(type) {
	case *ddb.AttributeValueMemberS:
		return v.Value
	case *ddb.AttributeValueMemberN:
		return json.Number(v.Value)
	case *ddb.AttributeValueMemberBOOL:
		return v.Value
	case *ddb.AttributeValueMemberB:
		return base64.StdEncoding.EncodeToString(v.Value)
	case *ddb.AttributeValueMemberM:
		return plainMap(v.Value)
	case *ddb.AttributeValueMemberL:
		l := make([]any, len(v.Value))
		for i, item := range v.Value {
			l[i] = plain(item)
		}
		return l
	case *ddb.AttributeValueMemberSS:
		return v.Value
	case *ddb.AttributeValueMemberNS:
		l := make([]json.Number, len(v.Value))
		for i, n := range v.Value {
			l[i] = json.Number(n)
		}
		return l
	case *ddb.AttributeValueMemberBS:
		l := make([]string, len(v.Value))
		for i, b := range v.Value {
			l[i] = base64.StdEncoding.EncodeToString(b)
		}
		return l
	}
	return nil
}
