// Package flate is that of the standard library.
package flate

import "compress/flate"

const (
	NoCompression      = flate.NoCompression
	BestSpeed          = flate.BestSpeed
	BestCompression    = flate.BestCompression
	DefaultCompression = flate.DefaultCompression
	HuffmanOnly        = flate.HuffmanOnly
)

type (
	Writer   = flate.Writer
	Resetter = flate.Resetter
)

var (
	NewReader = flate.NewReader
	NewWriter = flate.NewWriter
)
