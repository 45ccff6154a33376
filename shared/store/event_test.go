package store_test

import (
	"reflect"
	"testing"
	"time"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
	"phonon.in/central/shared/store"
	"phonon.in/central/shared/store/storetest"
	"phonon.in/central/shared/token"
)

var now = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// claimed are the messages that a sweep gets at a time.
func claimed(t *testing.T, f storetest.Fixture, at time.Time) (all []message.Message) {
	t.Helper()
	for shard := range store.OutboxShards {
		got, err := f.ClaimMessages(t.Context(), at, shard, time.Minute, 25)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, got...)
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnEventIsDueAtOnceAndStaysInTheLog(t *testing.T) {
	f, id := storetest.Open(t), account.ID(token.NewID())
	e := event.NewKYCApproved(id, 2, "huf", now.AddDate(2, 0, 0), now)
	must(t, f.EmitAlone(t.Context(), e, time.Time{}))
	if early := claimed(t, f, now.Add(-time.Millisecond)); len(early) != 0 {
		t.Errorf("claimed before it happened: %v", early)
	}
	got := claimed(t, f, now)
	if len(got) != 1 {
		t.Fatalf("%d are due", len(got))
	}
	if read, err := event.Of(got[0]); err != nil || !reflect.DeepEqual(read, e) {
		t.Errorf("%+v %v", read, err)
	}
	must(t, f.MessageDelivered(t.Context(), got[0]))
	for at, want := range map[time.Time]int{now: 1, now.Add(399 * 24 * time.Hour): 1, now.Add(400 * 24 * time.Hour): 0} {
		told, err := f.EventsOf(t.Context(), id, at)
		if err != nil || len(told) != want || want == 1 && !reflect.DeepEqual(told[0].Event, e) {
			t.Errorf("at %s: %+v %v", at, told, err)
		}
	}
}

func TestWhatIsDueLaterMayBeTakenBackUntilSomebodyHasClaimedIt(t *testing.T) {
	f, id := storetest.Open(t), account.ID(token.NewID())
	due := now.Add(time.Minute)
	undone, done := event.NewKYCRejected(id, 1, false, now), event.NewKYCRejected(id, 1, true, now.Add(time.Second))
	mail := message.Message{
		ID: token.NewID(), Kind: message.PasswordChanged, To: "asha@example.com", Locale: "en", CreatedAt: now, Due: due, NotAfter: due.Add(time.Hour),
	}
	must(t, f.EmitAlone(t.Context(), undone, due))
	must(t, f.EmitAlone(t.Context(), done, due))
	must(t, f.QueueMessage(t.Context(), mail))
	if early := claimed(t, f, due.Add(-time.Millisecond)); len(early) != 0 {
		t.Errorf("claimed before they are due: %v", early)
	}
	must(t, f.UnemitAlone(t.Context(), undone))
	must(t, f.UnsendAlone(t.Context(), mail))
	got := claimed(t, f, due)
	if len(got) != 1 || got[0].ID != done.ID {
		t.Fatalf("%+v are due", got)
	}
	if err := f.UnemitAlone(t.Context(), done); !store.Refused(err) {
		t.Errorf("what is on its way was taken back: %v", err)
	}
	if err := f.UnemitAlone(t.Context(), undone); !store.Refused(err) {
		t.Errorf("it was taken back twice: %v", err)
	}
	must(t, f.MessageFailed(t.Context(), got[0], due))
	if err := f.UnemitAlone(t.Context(), done); !store.Refused(err) {
		t.Errorf("what may have gone out was taken back: %v", err)
	}
	if told, err := f.EventsOf(t.Context(), id, now); err != nil || len(told) != 1 || told[0].ID != done.ID || !told[0].Due.Equal(due) {
		t.Errorf("%+v %v", told, err)
	}
}

func TestEventsOfAllAccountsAreFoundSinceATime(t *testing.T) {
	f := storetest.Open(t)
	for day := range 5 {
		must(t, f.EmitAlone(t.Context(), event.NewAccountVerified(account.ID(token.NewID()), now.AddDate(0, 0, day)), time.Time{}))
	}
	found, read := 0, 0
	must(t, f.ScanEvents(t.Context(), now.AddDate(0, 0, 3), now, func(told []store.Told, n int) { found, read = found+len(told), read+n }))
	if found != 2 || read != 5 {
		t.Errorf("%d events in %d items", found, read)
	}
}

func TestErasingAnAccountErasesItsEventsAndNoOthers(t *testing.T) {
	f, id, other := storetest.Open(t), account.ID(token.NewID()), account.ID(token.NewID())
	email, err := account.ParseEmail("asha@example.com")
	must(t, err)
	must(t, f.EmitAlone(t.Context(), event.NewAccountVerified(id, now), time.Time{}))
	must(t, f.EmitAlone(t.Context(), event.NewAccountVerified(other, now), time.Time{}))
	tokens, err := f.EraseTokens(t.Context(), account.Profile{ID: id, Email: email})
	must(t, err)
	cases, err := f.EraseCases(t.Context(), id)
	must(t, err)
	if tokens != 1 || cases != 1 || len(f.Items(t)) != 2 {
		t.Errorf("erased %d and %d, %d items are left", tokens, cases, len(f.Items(t)))
	}
}
