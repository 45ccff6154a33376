package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// unitsTable is as the table of users: one index holds keys alone.
const unitsTable = `{"TableName":"units","BillingMode":"PAY_PER_REQUEST",
	"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"},{"AttributeName":"q","AttributeType":"S"},{"AttributeName":"qk","AttributeType":"S"}],
	"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
	"GlobalSecondaryIndexes":[{"IndexName":"byQ","KeySchema":[{"AttributeName":"q","KeyType":"HASH"},{"AttributeName":"qk","KeyType":"RANGE"}],
		"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["at"]}}]}`

// keyOf, itemOf and actionOf write parts of calls. An item has size bytes of data besides its names and its key.
func keyOf(pk string) string { return fmt.Sprintf(`{"pk":{"S":%q},"sk":{"S":"a"}}`, pk) }

func itemOf(pk string, size int, more string) string {
	return fmt.Sprintf(`{"pk":{"S":%q},"sk":{"S":"a"},"data":{"S":%q}%s}`, pk, strings.Repeat("x", size), more)
}

const (
	inUnits = `"TableName":"units",`
	set     = `"UpdateExpression":"SET #a=:v","ExpressionAttributeNames":{"#a":"%s"},"ExpressionAttributeValues":{":v":{"S":"1"}}`
)

func update(pk, attribute string) string {
	return inUnits + `"Key":` + keyOf(pk) + `,` + fmt.Sprintf(set, attribute)
}

func putOf(item string) string { return inUnits + `"Item":` + item }

func ofUnits(pk string) string {
	return inUnits + `"KeyConditionExpression":"pk=:p","ExpressionAttributeValues":{":p":{"S":"` + pk + `"}}`
}

const (
	strong = `,"ConsistentRead":true`
	old    = `,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"`
	absent = `,"ConditionExpression":"attribute_not_exists(pk)"`
)

// units are calls in their order, with the units that AWS's rules give them (AWS, "DynamoDB read and write operations"). local is what DynamoDB Local
// says where that is something else, with the reason to believe it less.
var units = []struct {
	name, operation, body string
	reads, writes         float64
	local                 *use
	why                   string
}{
	{"a small item", "PutItem", putOf(itemOf("small", 10, "")), 0, 1, nil, ""},
	{"an item of 3 KB", "PutItem", putOf(itemOf("large", 2900, "")), 0, 3, nil, ""},
	{"the larger of before and after", "PutItem", putOf(itemOf("large", 10, "")), 0, 3, nil, ""},
	{"an item of 9 KB", "PutItem", putOf(itemOf("large", 9000, "")), 0, 9, nil, ""},
	{"a condition that fails on nothing", "UpdateItem", update("none", "z") + `,"ConditionExpression":"attribute_exists(pk)"` + old, 0, 1, nil, ""},
	{"a condition that fails on 9 KB", "PutItem", putOf(itemOf("large", 10, "")) + absent + old, 0, 9, nil, ""},
	{"an entry of an index", "PutItem", putOf(itemOf("indexed", 10, `,"q":{"S":"a"},"qk":{"S":"1"},"at":{"S":"x"}`)), 0, 2, nil, ""},
	{"what no index holds", "UpdateItem", update("indexed", "z"), 0, 1, nil, ""},
	{"what an index holds", "UpdateItem", update("indexed", "at"), 0, 2, nil, ""},
	{"an entry that moves", "UpdateItem", update("indexed", "q"), 0, 3, nil, ""},
	{"an entry that moves in a transaction", "TransactWriteItems", `"TransactItems":[{"Update":{` + update("indexed", "qk2") + `}},{"Update":{` +
		strings.ReplaceAll(update("large", "z"), `"S":"1"`, `"S":"2"`) + `}}]`, 0, 2 + 18, nil, ""},
	{"an update of 9 KB", "UpdateItem", update("large", "z") + `,"ReturnValues":"ALL_NEW"`, 0, 9, nil, ""},
	{"a consistent read", "GetItem", inUnits + `"Key":` + keyOf("small") + strong, 1, 0, nil, ""},
	{"a read", "GetItem", inUnits + `"Key":` + keyOf("small"), 0.5, 0, nil, ""},
	{"a read of nothing", "GetItem", inUnits + `"Key":` + keyOf("none") + strong, 1, 0, nil, ""},
	{"a read of 9 KB", "GetItem", inUnits + `"Key":` + keyOf("large"), 1.5, 0, nil, ""},
	{"a query of 9 KB", "Query", ofUnits("large") + strong, 3, 0, nil, ""},
	{"a query whose filter lets nothing pass", "Query", ofUnits("large") + `,"FilterExpression":"z=:p"` + strong, 3, 0, nil, ""},
	{"a query that finds nothing", "Query", ofUnits("none") + strong, 1, 0, &use{}, "a read of nothing costs as one of an item"},
	{"a query of an index", "Query", inUnits + `"IndexName":"byQ","KeyConditionExpression":"q=:p","ExpressionAttributeValues":{":p":{"S":"1"}}`, 0.5, 0, nil, ""},
	{"a scan", "Scan", inUnits + `"ConsistentRead":true`, 3, 0, nil, ""},
	{"a batch of reads", "BatchGetItem", `"RequestItems":{"units":{"Keys":[` + keyOf("small") + "," + keyOf("large") + `],"ConsistentRead":true}}`, 4, 0, nil, ""},
	{"a batch with one that is not there", "BatchGetItem", `"RequestItems":{"units":{"Keys":[` + keyOf("small") + "," + keyOf("none") + `],"ConsistentRead":true}}`,
		2, 0, &use{ReadUnits: 1}, "each of a batch is as a read alone, and that of nothing costs"},
	{"a batch of writes", "BatchWriteItem", `"RequestItems":{"units":[{"PutRequest":{"Item":` + itemOf("b1", 10, "") + `}},{"PutRequest":{"Item":` + itemOf("b2", 2900, "") + `}}]}`,
		0, 4, nil, ""},
	{"a transaction", "TransactWriteItems", `"TransactItems":[{"Put":{` + putOf(itemOf("t1", 10, "")) + `}},{"Delete":{` + inUnits + `"Key":` + keyOf("b2") + `}}]`, 0, 8, nil, ""},
	{"a transaction that checks", "TransactWriteItems", `"TransactItems":[{"Put":{` + putOf(itemOf("t2", 10, "")) + `}},{"ConditionCheck":{` + inUnits + `"Key":` +
		keyOf("small") + `,"ConditionExpression":"attribute_exists(pk)"}}]`, 0, 4, &use{WriteUnits: 2}, "not published; a check is counted as a write, which is dearer"},
	{"a transaction with an index", "TransactWriteItems", `"TransactItems":[{"Put":{` + putOf(itemOf("t3", 10, `,"q":{"S":"a"},"qk":{"S":"9"}`)) + `}}]`, 0, 4, nil, ""},
	{"a transaction that fails", "TransactWriteItems", `"TransactItems":[{"Put":{` + putOf(itemOf("t1", 10, "")) + absent + old + `}},{"Put":{` +
		putOf(itemOf("t4", 10, "")) + `}}]`, 0, 4, nil, ""},
	{"a transaction", "TransactWriteItems", `"ClientRequestToken":"once","TransactItems":[{"Put":{` + putOf(itemOf("t5", 10, "")) + `}}]`, 0, 2, nil, ""},
	{"reads that are one", "TransactGetItems", `"TransactItems":[{"Get":{` + inUnits + `"Key":` + keyOf("small") + `}},{"Get":{` + inUnits + `"Key":` + keyOf("large") + `}}]`,
		8, 0, nil, ""},
	{"a delete", "DeleteItem", inUnits + `"Key":` + keyOf("large"), 0, 9, nil, ""},
	{"a delete of nothing", "DeleteItem", inUnits + `"Key":` + keyOf("large"), 0, 1, nil, ""},
	{"a delete with an entry", "DeleteItem", inUnits + `"Key":` + keyOf("t3"), 0, 2, nil, ""},
	{"what is no call of items", "DescribeTable", `"TableName":"units"`, 0, 0, nil, ""},
}

// TestUnitsAreThoseOfDynamoDBLocal: what the local run says that a call takes is what AWS's own engine says, and what AWS's rules say.
func TestUnitsAreThoseOfDynamoDBLocal(t *testing.T) {
	t.Parallel()
	ours, theirs := meteredEngine(t, "dynoxide"), meteredEngine(t, "dynamodb-local")
	for _, c := range units {
		got, plain := ours(c.operation, "{"+c.body+"}"), theirs(c.operation, "{"+c.body+"}")
		if got.ReadUnits != c.reads || got.WriteUnits != c.writes {
			t.Errorf("%s: %g read and %g write units, not %g and %g", c.name, got.ReadUnits, got.WriteUnits, c.reads, c.writes)
		}
		want := use{ReadUnits: c.reads, WriteUnits: c.writes}
		if c.local != nil {
			want = *c.local
		}
		if plain.ReadUnits != want.ReadUnits || plain.WriteUnits != want.WriteUnits {
			t.Errorf("%s: DynamoDB Local says %g and %g, not %g and %g", c.name, plain.ReadUnits, plain.WriteUnits, want.ReadUnits, want.WriteUnits)
		}
	}
}

// meteredEngine starts an engine with an empty table, and returns what makes a call of it.
func meteredEngine(t *testing.T, name string) func(operation, body string) use {
	root, err := findRoot("")
	if err != nil {
		t.Fatal(err)
	}
	tool := filepath.Join(root, ".local", "tools", name)
	if !exists(tool) {
		if os.Getenv("CENTRAL_ENGINES") == "required" {
			t.Fatalf("%[1]s is not installed; run tools/install.sh %[1]s", name)
		}
		t.Skipf("%[1]s is not installed; run tools/install.sh %[1]s", name)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	e := &engine{name: name, endpoint: "http://127.0.0.1:" + port, ready: "/", log: io.Discard, wrong: t.Logf}
	e.command = func() *exec.Cmd {
		if name == "dynoxide" {
			return plainCommand(filepath.Join(tool, name), "serve", "--port", port)
		}
		return plainCommand("java", "-cp", tool+"/*", "software.amazon.dynamodb.services.local.main.ServerRunner", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", port)
	}
	if err := e.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.stop)
	forward, err := forwardTo(e.endpoint)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{service: serviceDynamoDB, engine: metered(forward), requests: newTraces(), used: newPermissions(), faults: &faults{}}
	call := func(operation, body string) use {
		const trace = "Root=1-units"
		p.requests.begin(trace, request{})
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		for name, value := range map[string]string{
			"X-Amz-Target": "DynamoDB_20120810." + operation, "Content-Type": "application/x-amz-json-1.0", "X-Amzn-Trace-Id": trace, "X-Amz-Date": "20261127T000000Z",
			"Authorization": "AWS4-HMAC-SHA256 Credential=a/20261127/ap-south-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
		} {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		u := p.requests.newest()[0].Calls[0].use
		if w.Code != http.StatusOK && !strings.Contains(body, "_exists(") {
			t.Errorf("%s %s: %d %s", operation, body, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "ConsumedCapacity") || u.Sent != int64(len(body)) || u.Received != int64(w.Body.Len()) || u.Received == 0 {
			t.Errorf("%s: %+v of %d bytes: %s", operation, u, len(body), w.Body)
		}
		return u
	}
	call("CreateTable", unitsTable)
	return call
}

func TestOnlyTheMemberThatWasAskedForIsTakenOut(t *testing.T) {
	for object, want := range map[string]string{
		`{"a":1,"ConsumedCapacity":{"x":[1]},"b" : "<"}`:         `{"a":1,"b" : "<"}`,
		`{"ConsumedCapacity":[],"b":1}`:                          `{"b":1}`,
		`{"b":1,"ConsumedCapacity":{}}`:                          `{"b":1}`,
		`{"ConsumedCapacity":{}}`:                                `{}`,
		`{"Item":{"ConsumedCapacity":{"S":"ConsumedCapacity"}}}`: `{"Item":{"ConsumedCapacity":{"S":"ConsumedCapacity"}}}`,
		`{"a":"ConsumedCapacity"}`:                               `{"a":"ConsumedCapacity"}`,
		`no JSON`:                                                `no JSON`,
		``:                                                       ``,
	} {
		if rest, _ := withoutMember([]byte(object), "ConsumedCapacity"); !bytes.Equal(rest, []byte(want)) {
			t.Errorf("%s became %s", object, rest)
		}
	}
}

func TestASizeIsThatOfNamesAndValues(t *testing.T) {
	item := map[string]map[string]any{
		"s": {"S": "été"}, "n": {"N": "12345"}, "b": {"B": "AAAA"}, "t": {"BOOL": true}, "ss": {"SS": []any{"a", "bc"}},
		"l": {"L": []any{map[string]any{"S": "abc"}}}, "m": {"M": map[string]any{"k": map[string]any{"N": "7"}}},
	}
	// By hand: 1+5, 1+4, 1+3, 1+1, 2+3+3, 1+3+1+3, 1+3+1+1+2.
	n := 0
	for name, v := range item {
		n += len(name) + sizeOf(v)
	}
	if n != 6+5+4+2+8+8+8 {
		t.Errorf("%d bytes", n)
	}
}
