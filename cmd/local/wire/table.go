package wire

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// tablesOf lists the tables in the body of a DynamoDB call, separated by a space.
func tablesOf(body []byte) string {
	var in struct {
		TableName     string
		RequestItems  map[string]json.RawMessage
		TransactItems []map[string]struct{ TableName string }
	}
	if json.Unmarshal(body, &in) != nil {
		return ""
	}
	names := map[string]bool{}
	if in.TableName != "" {
		names[in.TableName] = true
	}
	for name := range in.RequestItems {
		names[name] = true
	}
	for _, item := range in.TransactItems {
		for _, action := range item {
			names[action.TableName] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

var (
	writes     = map[string]bool{"PutItem": true, "UpdateItem": true, "DeleteItem": true, "TransactWriteItems": true}
	reads      = map[string]bool{"GetItem": true, "BatchGetItem": true, "Query": true, "Scan": true}
	consistent = regexp.MustCompile(`"ConsistentRead"\s*:\s*true`)
)

// Writes reports an operation of DynamoDB that a transaction of somebody else can keep from being done.
func Writes(operation string) bool { return writes[operation] }

// Reads reports a read of items of DynamoDB outside a transaction.
func Reads(operation string) bool { return reads[operation] }

// MayBeStale reports a read of DynamoDB that did not ask for what is true now.
func MayBeStale(operation string, body []byte) bool {
	return reads[operation] && !consistent.Match(body)
}
