package storetest

import (
	"testing"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/store"
)

func TestReviewers(t *testing.T) {
	onEachEngine(t, func(t *testing.T, f Fixture) {
		first, second, disabled := member(t, f, "first@example.com"), member(t, f, "second@example.com"), member(t, f, "disabled@example.com")
		_, err := f.SetStatus(t.Context(), disabled, account.Disabled, deed("account_disabled"))
		must(t, err)
		add := func(id account.ID) error {
			return f.AddReviewer(t.Context(), id, id == first.ID, deed("reviewer_added"))
		}
		remove := func(id account.ID) error { return f.RemoveReviewer(t.Context(), id, deed("reviewer_removed")) }
		ids := func() (all []account.ID) {
			found, err := f.Reviewers(t.Context())
			must(t, err)
			for _, r := range found {
				if !r.AddedAt.Equal(now) || r.By != deed("").By || r.Reason != "asked for by letter" {
					t.Errorf("got %+v", r)
				}
				all = append(all, r.AccountID)
			}
			return all
		}
		t.Run("an account is added once, however often it is pressed", func(t *testing.T) {
			wantOneWinner(t, atOnce(16, func(int) error { return add(first.ID) }), store.ErrReviewer)
			if all := ids(); len(all) != 1 || all[0] != first.ID {
				t.Errorf("got %v", all)
			}
		})
		t.Run("a lead is one, and who is no reviewer is none", func(t *testing.T) {
			must(t, add(second.ID))
			for id, lead := range map[account.ID]bool{first.ID: true, second.ID: false} {
				if r, is, err := f.Reviewer(t.Context(), id); !is || err != nil || r.Lead != lead || r.AccountID != id {
					t.Errorf("%+v, %v, %v", r, is, err)
				}
			}
			must(t, remove(second.ID))
			if r, is, err := f.Reviewer(t.Context(), second.ID); is || err != nil || r.Lead {
				t.Errorf("%+v, %v, %v", r, is, err)
			}
		})
		t.Run("who is disabled or not there is not added", func(t *testing.T) {
			want(t, add(disabled.ID), account.ErrDisabled)
			want(t, add("AAAAAAAAAAAAAAAAAAAAAAAAAA"), account.ErrDisabled)
			if all := ids(); len(all) != 1 {
				t.Errorf("got %v", all)
			}
		})
		t.Run("an account is removed once, and the other stays", func(t *testing.T) {
			must(t, add(second.ID))
			wantOneWinner(t, atOnce(16, func(int) error { return remove(first.ID) }), store.ErrNoReviewer)
			if all := ids(); len(all) != 1 || all[0] != second.ID {
				t.Errorf("got %v", all)
			}
		})
		t.Run("the log has each change once", func(t *testing.T) {
			events, err := f.Events(t.Context(), first.ID)
			must(t, err)
			count := map[string]int{}
			for _, e := range events {
				count[e.Kind]++
			}
			if count["reviewer_added"] != 1 || count["reviewer_removed"] != 1 {
				t.Errorf("got %v", count)
			}
		})
	})
}
