// Package legal has the KYC notice as this build shows it, for the record of who accepted which text.
package legal

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"strings"
	"sync"
)

//go:embed kyc.*.html
var texts embed.FS

// source is the language that stands in for those without a text.
const source = "en"

// Notice is the text that says what is done with the papers of a KYC case.
type Notice struct {
	Version string            // 12 hex digits, others whenever the text of any language is another
	hashes  map[string]string // SHA-256 of the text, lower-case hex, by language
}

// In is what somebody with a language reads: the language of that text, which is English where there is no other, and its hash.
func (n Notice) In(language string) (shown, hash string) {
	if hash, there := n.hashes[language]; there {
		return language, hash
	}
	return source, n.hashes[source]
}

// KYC is the notice of this build.
var KYC = sync.OnceValue(func() Notice {
	n, all := Notice{hashes: map[string]string{}}, sha256.New()
	files, _ := fs.Glob(texts, "kyc.*.html") // sorted; the pattern is right, and what it finds is embedded
	for _, name := range files {
		text, _ := texts.ReadFile(name)
		sum := sha256.Sum256(text)
		all.Write(sum[:])
		n.hashes[strings.Split(name, ".")[1]] = hex.EncodeToString(sum[:])
	}
	n.Version = hex.EncodeToString(all.Sum(nil))[:12]
	return n
})
