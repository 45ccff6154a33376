package main

import (
	"context"
	"fmt"
	"net/http"

	"phonon.in/central/cmd/local/engine"
	"phonon.in/central/cmd/local/proxy"
	"phonon.in/central/cmd/local/wire"
)

// storage is S3 behind its proxy. Only uploads need it: where its engine has to be built first, nothing else waits for that, and calls
// of S3 wait until it is there.
type storage struct {
	later  bool // its engine has to be built first
	ready  chan struct{}
	engine http.Handler // set, like err, before ready is closed
	err    error
}

func newStorage() *storage { return &storage{ready: make(chan struct{})} }

func (s *storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-s.ready:
	case <-r.Context().Done():
		return
	}
	if s.err != nil {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>ServiceUnavailable</Code><Message>The local run has no S3 engine; its log says why.</Message></Error>`)
		return
	}
	s.engine.ServeHTTP(w, r)
}

// startStorage makes S3 usable: its engine, unless another endpoint stands in its place, and the buckets.
func (s *services) startStorage(ctx context.Context, l *local) error {
	one := s.named(wire.S3)
	if one.engine == "" {
		e, err := l.installation().S3(ctx, l.options.data, s.keys, l.journal.Beside(one.name))
		if err == nil {
			err = e.Start(ctx)
		}
		if err != nil {
			return err
		}
		one.engine, s.engines = e.Endpoint, append(s.engines, e)
	}
	s.s3 = engine.S3Client(one.engine, s.keys)
	for _, bucket := range l.template.Buckets {
		if err := engine.MakeBucket(ctx, s.s3, bucket); err != nil {
			return err
		}
	}
	var err error
	s.storage.engine, err = proxy.ForwardTo(one.engine)
	return err
}

// openStorage lets the calls through that wait for S3, and delivers what the last run left undelivered.
func (l *local) openStorage(ctx context.Context) error {
	l.events.S3 = l.services.s3
	close(l.services.storage.ready)
	return l.events.Resume(ctx)
}

// bringStorage builds what uploads need, while all else runs.
func (l *local) bringStorage(ctx context.Context) {
	err := l.services.startStorage(ctx, l)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		l.services.storage.err = err
		close(l.services.storage.ready)
		l.journal.Say("No upload works: the S3 engine is missing: %v. The next start tries again.", err)
	default:
		if err := l.openStorage(ctx); err != nil {
			l.journal.Wrong("what the last run left of uploads: %v", err)
		}
		l.journal.Say("Uploads work now.")
	}
}
