package xray

import (
	"fmt"
	"testing"
)

// A file may be rendered for seconds while hundreds of requests come: what it does meanwhile is still known to be its own.
func TestARunningInvocationIsKnownHoweverManyRequestsCome(t *testing.T) {
	requests := New()
	ended := requests.Begin("Root=1-long", Request{Function: "render"})
	for i := range 2 * keptRequests {
		requests.Begin(fmt.Sprintf("Root=1-%d", i), Request{Function: "login"})(200, false)
	}
	if who := requests.Function("Root=1-long"); who != "render" {
		t.Errorf("while it runs it is %q", who)
	}
	ended(200, false)
	if who := requests.Function("Root=1-long"); who != "" {
		t.Errorf("it ended long after the requests that are kept, and is %q", who)
	}
	if len(requests.all) != keptRequests || len(requests.byRoot) != keptRequests {
		t.Errorf("%d requests and %d roots are kept", len(requests.all), len(requests.byRoot))
	}
}
