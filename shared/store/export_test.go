package store

import (
	"context"
	"time"

	"phonon.in/central/shared/event"
	"phonon.in/central/shared/message"
)

// What the transactions of other changes hold, alone.

func (s *Store) EmitAlone(ctx context.Context, e event.Event, due time.Time) error {
	return s.transact(ctx, "emit", s.emit(e, due)...)
}

func (s *Store) UnemitAlone(ctx context.Context, e event.Event) error {
	return s.transact(ctx, "unemit", s.unemit(e)...)
}

func (s *Store) UnsendAlone(ctx context.Context, m message.Message) error {
	return s.transact(ctx, "unsend", s.unsend(m))
}

func Refused(err error) bool { _, _, failed := failedAt(err); return failed }
