// Package kafka refuses: the local run tells functions of uploads itself.
package kafka

import (
	"context"
	"errors"
	"time"
)

type (
	Writer       struct{}
	LeastBytes   struct{}
	Message      struct{ Key, Value []byte }
	WriterConfig struct {
		Brokers      []string
		Topic        string
		Balancer     any
		BatchTimeout time.Duration
	}
)

func NewWriter(WriterConfig) *Writer { return &Writer{} }

func (*Writer) WriteMessages(context.Context, ...Message) error {
	return errors.New("this S3 engine is built without Kafka")
}

func (*Writer) Close() error { return nil }
