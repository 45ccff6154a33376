package main

import (
	"strings"
	"testing"

	"phonon.in/central/cmd/central/console"
)

func TestReviewersAreAddedOnceListedAndRemoved(t *testing.T) {
	l := startLocal(t)
	made := demoAccounts(t, l, 3)
	who, other, disabled := made[0].Email, made[1].Email, made[2].Email
	list := func() (ours []reviewerView) {
		t.Helper()
		var all []reviewerView
		l.central(t, "", "reviewer", "list", "--reveal", "--json").want(t, console.Good).json(t, &all)
		if all == nil {
			t.Fatal("no list")
		}
		for _, r := range all {
			if r.By != "seed" { // demo cases bring reviewers of their own
				ours = append(ours, r)
			}
		}
		return ours
	}
	change := func(code int, args ...string) (done console.Audit) {
		t.Helper()
		l.central(t, "", append(append([]string{"reviewer"}, args...), "--yes", "--json")...).want(t, code).json(t, &done)
		return done
	}
	if all := list(); len(all) != 0 {
		t.Fatalf("%v", all)
	}
	l.central(t, "", "reviewer", "add", who, "--yes").want(t, console.Usage) // no reason
	l.central(t, "no\n", "reviewer", "add", who, "--reason", "new").want(t, console.Wrong)
	change(console.Good, "add", who, "--reason", "new", "--dry-run")
	l.central(t, "", "account", "disable", disabled, "--reason", "a test", "--yes").want(t, console.Good)
	change(console.Wrong, "add", disabled, "--reason", "new")
	change(console.Wrong, "add", "nobody@example.com", "--reason", "new")
	if all := list(); len(all) != 0 {
		t.Fatalf("added without being asked to: %v", all)
	}
	if done := change(console.Good, "add", who, "--reason", "works in support"); !done.Changed || done.By != "local run" {
		t.Errorf("%+v", done)
	}
	if done := change(console.Good, "add", who, "--reason", "again"); done.Changed {
		t.Error("it was added twice")
	}
	change(console.Good, "add", other, "--reason", "works in support", "--lead")
	all := list()
	if len(all) != 2 || all[0].Email != who || all[1].Email != other || all[0].Reason != "works in support" || all[0].AddedAt.IsZero() || all[0].Lead || !all[1].Lead {
		t.Fatalf("%+v", all)
	}
	if text := l.central(t, "", "reviewer", "list").want(t, console.Good).out; strings.Contains(text, who) || !strings.Contains(text, "works in support") {
		t.Error(text)
	}
	if done := change(console.Good, "remove", who, "--reason", "left"); !done.Changed {
		t.Errorf("%+v", done)
	}
	if done := change(console.Good, "remove", who, "--reason", "left"); done.Changed {
		t.Error("it was removed twice")
	}
	if text := l.central(t, "", "account", "show", who).want(t, console.Good).out; !strings.Contains(text, "reviewer_removed by local run: left") {
		t.Error(text)
	}
	l.central(t, "", "account", "erase", other, "--yes").want(t, console.Good)
	if all := list(); len(all) != 0 {
		t.Errorf("an erased account is a reviewer: %+v", all)
	}
}
