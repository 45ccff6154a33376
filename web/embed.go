// Package web is the pages: templates, styles, scripts and words, made into whole files once, when the function starts.
// Nothing is built before: what is in this folder is what people get, but for comments in scripts.
package web

import "embed"

//go:embed pages partials static styles messages legal/*.html products.json
var sources embed.FS
