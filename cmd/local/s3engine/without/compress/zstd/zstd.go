// Package zstd refuses: nobody asks the local run for Zstandard, and the standard library has none.
package zstd

import (
	"errors"
	"io"
)

var errWithout = errors.New("this S3 engine is built without Zstandard")

type (
	Decoder      struct{ io.Reader }
	Encoder      struct{ io.Writer }
	EncoderLevel int
)

func NewReader(io.Reader) (*Decoder, error)         { return nil, errWithout }
func (*Decoder) Reset(io.Reader) error              { return errWithout }
func NewWriter(io.Writer, ...any) (*Encoder, error) { return nil, errWithout }
func WithEncoderLevel(EncoderLevel) any             { return nil }
func (*Encoder) Reset(io.Writer)                    {}
func (*Encoder) Flush() error                       { return errWithout }
func (*Encoder) Close() error                       { return errWithout }
