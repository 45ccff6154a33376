// Package gzip is that of the standard library.
package gzip

import "compress/gzip"

const (
	BestCompression = gzip.BestCompression
	HuffmanOnly     = gzip.HuffmanOnly
)

type (
	Reader = gzip.Reader
	Writer = gzip.Writer
)

var (
	NewReader      = gzip.NewReader
	NewWriterLevel = gzip.NewWriterLevel
)
