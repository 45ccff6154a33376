package services

import (
	"context"
	"fmt"
	"net/http"

	"phonon.in/central/cmd/local/engine"
	"phonon.in/central/cmd/local/proxy"
	"phonon.in/central/cmd/local/wire"
)

// startTables starts the engine of DynamoDB, unless another endpoint stands in its place, and makes the tables.
func (s *Services) startTables(ctx context.Context) error {
	one := s.named(wire.DynamoDB)
	if one.engine == "" {
		e, note, err := s.config.Installation.DynamoDB(ctx, s.config.Data, s.config.Log(one.name))
		if err != nil {
			return err
		}
		if err := e.Start(ctx); err != nil {
			return err
		}
		if note != "" {
			s.Notes = append(s.Notes, note)
		}
		one.engine, s.Engines = e.Endpoint, append(s.Engines, e)
	}
	s.DB = engine.DynamoDBClient(one.engine, s.Keys)
	for _, table := range s.config.Template.Tables {
		if err := engine.MakeTable(ctx, s.DB, table); err != nil {
			return err
		}
	}
	return nil
}

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

// StartS3 makes S3 usable: its engine, which may have to be built, unless another endpoint stands in its place, and the buckets.
func (s *Services) StartS3(ctx context.Context) error {
	one := s.named(wire.S3)
	if one.engine == "" {
		e, err := s.config.Installation.S3(ctx, s.config.Data, s.Keys, s.config.Log(one.name))
		if err == nil {
			err = e.Start(ctx)
		}
		if err != nil {
			return err
		}
		one.engine, s.Engines = e.Endpoint, append(s.Engines, e)
	}
	s.S3 = engine.S3Client(one.engine, s.Keys)
	for _, bucket := range s.config.Template.Buckets {
		if err := engine.MakeBucket(ctx, s.S3, bucket); err != nil {
			return err
		}
	}
	var err error
	s.storage.engine, err = proxy.ForwardTo(one.engine)
	return err
}

// S3Later says that S3 has an engine only once StartS3 has built it. Its calls wait until OpenS3.
func (s *Services) S3Later() bool { return s.storage.later }

// OpenS3 lets the calls through that wait for S3; where StartS3 has failed they are refused.
func (s *Services) OpenS3(failed error) {
	s.storage.err = failed
	close(s.storage.ready)
}
