package rotate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"phonon.in/central/cmd/central/fleet/fleettest"
)

func (w *world) edgeStack() *EdgeStack {
	return &EdgeStack{Client: cloudformation.NewFromConfig(w.Config()), Name: "central-prod-edge", Pause: fleettest.NoPause}
}

func TestTheEdgeIsToldBetweenTheTwo(t *testing.T) {
	w := newWorld(t, `{}`)
	w.follow(edge, "EDGE_SECRET_ID", func(known map[string]map[string]any) {
		for name, m := range known {
			if sent := w.Stacks["central-prod-edge"].Parameters["EdgeSecret"]; m["current"] != sent && m["previous"] != sent {
				t.Errorf("%s refuses what the edge sends", name)
			}
		}
	})
	r, e := w.rotation(Edge), w.edgeStack()
	if err := r.Offer(t.Context()); err != nil {
		t.Fatal(err)
	}
	value, err := r.Value(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // told again, it has nothing to do
		if err := e.Tell(t.Context(), value); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Drop(t.Context()); err != nil {
		t.Fatal(err)
	}
	m, p := w.Members(edge), w.Stacks["central-prod-edge"].Parameters
	if m["current"] != p["EdgeSecret"] || m["current"] == old || m["previous"] != nil || m["currentRotation"] != nil || p["PublicHost"] != "central.example.com" {
		t.Errorf("%v %v", m, p)
	}
	if len(fmt.Sprint(m["current"])) != 48 || strings.Trim(fmt.Sprint(m["current"]), base62) != "" {
		t.Errorf("the template takes no %v", m["current"])
	}
	if w.Funcs["web"].Env["SECRET_VERSION"] == "" || w.Funcs["intake"].Env["SECRET_VERSION"] != "" {
		t.Error("those that have the secret read it again, and no others")
	}
}

func TestAnEdgeThatCannotBeUpdatedKeepsItsSecret(t *testing.T) {
	w := newWorld(t, `{}`)
	w.Stacks["central-prod-edge"].After = "UPDATE_ROLLBACK_COMPLETE"
	r := w.rotation(Edge)
	if err := r.Offer(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.edgeStack().Tell(t.Context(), "new"); err == nil || !strings.Contains(err.Error(), "UPDATE_ROLLBACK_COMPLETE") {
		t.Error(err)
	}
	if m := w.Members(edge); m["previous"] != old {
		t.Error("what the edge sends is refused")
	}
	w.Stacks["shop"] = &fleettest.Stack{Status: "CREATE_COMPLETE", Parameters: map[string]string{"A": "b"}}
	shop := w.edgeStack()
	shop.Name = "shop"
	if err := shop.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "no parameter EdgeSecret") {
		t.Error(err)
	}
}
