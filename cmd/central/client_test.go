package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"phonon.in/central/cmd/central/console"
)

func TestClientsOfALocalRun(t *testing.T) {
	l := startLocal(t)
	command := func(args ...string) result {
		return central(t, "", append(args, "--yes", "--json", "--local", l.url)...)
	}
	view := func(r result) (v clientView) { r.want(t, console.Good).json(t, &v); return v }
	made := view(command("client", "add", "--name", "Sentinel", "--redirect", "https://calls.example.com/cb", "--needs", "details,kyc"))
	id := string(made.ID)
	if len(id) != 26 || len(made.Secret) != 43 || made.Issuer != l.url {
		t.Fatalf("%+v", made)
	}
	t.Run("its secret was shown once, and is nowhere", func(t *testing.T) {
		for _, r := range []result{command("client", "show", id), command("client", "list")} {
			if strings.Contains(r.want(t, console.Good).out, made.Secret) {
				t.Error(r.out)
			}
		}
		c, err := l.store.Client(t.Context(), made.ID)
		if text, _ := json.Marshal(c); err != nil || strings.Contains(string(text), made.Secret) || !c.HasSecret(made.Secret) {
			t.Errorf("%v %s", err, text)
		}
	})
	t.Run("a client that cannot be is refused, and nothing changes", func(t *testing.T) {
		r := command("client", "set", "sentinel", "--redirect", "https://calls.example.com/cb?state=1", "--pkce", "plain").want(t, console.Wrong)
		for _, part := range []string{"redirect_uris[0] must not have state", "pkce must be"} {
			if !strings.Contains(r.out, part) {
				t.Errorf("%q is not in %s", part, r.out)
			}
		}
		if v := view(command("client", "show", id)); v.Redirects[0] != "https://calls.example.com/cb" || v.PKCE != "required" {
			t.Errorf("%+v", v)
		}
	})
	t.Run("what an operator did not confirm is not done", func(t *testing.T) {
		r := central(t, "no\n", "client", "remove", "Sentinel", "--local", l.url).want(t, console.Wrong)
		if !strings.Contains(r.err, "FOR GOOD") || view(command("client", "show", id)).Disabled {
			t.Error(r.err)
		}
	})
	t.Run("it is disabled, enabled and removed", func(t *testing.T) {
		if !view(command("client", "disable", "Sentinel")).Disabled || view(command("client", "enable", id)).Disabled {
			t.Error("it is not")
		}
		view(command("client", "remove", id))
		if r := command("client", "show", id).want(t, console.Wrong); !strings.Contains(r.out, "no client is called") {
			t.Error(r.out)
		}
	})
	t.Run("the local run has keys from its start", func(t *testing.T) {
		var keys []keyView
		command("keys", "list").want(t, console.Good).json(t, &keys)
		algs := []string{}
		for _, k := range keys {
			if k.State == "signs" {
				algs = append(algs, k.Alg)
			}
		}
		if slices.Sort(algs); !slices.Equal(algs, []string{"ES256", "RS256"}) {
			t.Errorf("%+v", keys)
		}
	})
}
