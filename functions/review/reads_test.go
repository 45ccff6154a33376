package main

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/store"
)

// counter counts the calls of DynamoDB by their name.
type counter struct {
	mu    sync.Mutex
	calls map[string]int
}

func (c *counter) Do(r *http.Request) (*http.Response, error) {
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.mu.Lock()
	c.calls[name]++
	c.mu.Unlock()
	return http.DefaultClient.Do(r)
}

// waits lets that many copies of a case wait in its lane.
func (w *world) waits(t *testing.T, c kyc.Case, n int) {
	t.Helper()
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	items := w.Items(t)
	one := items[slices.IndexFunc(items, func(i map[string]types.AttributeValue) bool {
		sk, _ := i["sk"].(*types.AttributeValueMemberS)
		return sk != nil && sk.Value == "kyc#0001"
	})]
	place := one["queueKey"].(*types.AttributeValueMemberS).Value
	var puts []types.WriteRequest
	for no := 2; no <= n; no++ {
		reference := fmt.Sprintf("0000-%04d", no)
		copied, number := maps.Clone(one), &types.AttributeValueMemberN{Value: strconv.Itoa(no)}
		copied["sk"], copied["no"], copied["reference"] = text(fmt.Sprintf("kyc#%04d", no)), number, text(reference)
		copied["queueKey"] = text(strings.TrimSuffix(place, "0001") + fmt.Sprintf("%04d", no))
		leads := map[string]types.AttributeValue{"pk": text("reference#" + reference), "sk": text("case"), "accountId": text(string(c.AccountID)), "no": number}
		puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: copied}}, types.WriteRequest{PutRequest: &types.PutRequest{Item: leads}})
	}
	for batch := range slices.Chunk(puts, 25) {
		_, err := w.DB.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{w.Users: batch}})
		must(t, err)
	}
}

// calls counts what one request of a reviewer asks of DynamoDB while that many cases wait.
func calls(t *testing.T, waiting int, method, path string) map[string]int {
	t.Helper()
	w := newWorld(t)
	p := w.reviewer(t, "Ravi", false)
	one := w.submitted(t)
	w.waits(t, one, waiting)
	w.reviewer(t, "Meena", false).takes(t, one) // the only one that has documents, and so more to read
	counted := &counter{calls: map[string]int{}}
	db := dynamodb.New(w.DB.Options(), func(o *dynamodb.Options) { o.HTTPClient = counted })
	s := store.New(db, w.Users, w.Tokens)
	w.api = (&handler{store: s, policy: kyc.DefaultPolicy, scanner: "off"}).routes(httpapi.Config{
		PublicURL: "https://central.example.com", Now: w.now, Sessions: s, Limits: s, Log: slog.New(slog.DiscardHandler),
	})
	p.want(t, "200", method, path, nil)
	return counted.calls
}

func TestALongQueueTakesNoMoreReadsThanAShortOne(t *testing.T) {
	const long = 200 // four pages of the index
	for _, route := range []string{"GET /v1/review", "GET /v1/review/cases?lane=new", "POST /v1/review/next"} {
		method, path, _ := strings.Cut(route, " ")
		short := calls(t, 10, method, path)
		if got := calls(t, long, method, path); !maps.Equal(got, short) || short["Query"] == 0 {
			t.Errorf("%s: %v with 10 cases, %v with %d", route, short, got, long)
		}
		t.Logf("%s: %v", route, short)
	}
}
