package xray

import (
	"fmt"
	"strings"
	"time"

	"phonon.in/central/cmd/local/id"
)

// NewHeader makes a trace header. The SDK sends it with every call that the invocation makes.
func NewHeader() string {
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=1", time.Now().Unix(), id.Hex(12), id.Hex(8))
}

// Root is the part of a trace header that all calls of one invocation share.
func Root(header string) string {
	for part := range strings.SplitSeq(header, ";") {
		if root, ok := strings.CutPrefix(strings.Trim(part, " \t"), "Root="); ok {
			return root
		}
	}
	return ""
}
