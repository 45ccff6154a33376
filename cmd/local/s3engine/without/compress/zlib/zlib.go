// Package zlib is that of the standard library.
package zlib

import "compress/zlib"

const (
	BestCompression = zlib.BestCompression
	HuffmanOnly     = zlib.HuffmanOnly
)

type (
	Resetter = zlib.Resetter
	Writer   = zlib.Writer
)

var (
	NewReader      = zlib.NewReader
	NewWriterLevel = zlib.NewWriterLevel
)
