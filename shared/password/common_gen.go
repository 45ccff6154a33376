//go:build ignore

// Command common_gen writes common.txt from the frequency list of leaked passwords that the zxcvbn package carries
// (MIT licence, Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc.):
//
//	npm pack zxcvbn@4.4.2 && tar -xzf zxcvbn-4.4.2.tgz
//	go run common_gen.go package/lib/frequency_lists.js > common.txt
package main

import (
	"bufio"
	"fmt"
	"log"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// count is how many of the most frequent leaked passwords are used.
const count = 15_000

// more are words that the leaked list is too short, too old or too foreign to have, and our own names.
var more = strings.Fields(`abc qwe asd zxc xyz aaa admin administrator root user guest welcome welcome@123 test testing demo
	default secret changeme letmein temp login pass@word india bharat hindustan mumbai delhi bangalore bengaluru chennai
	hyderabad kolkata pune vadodara gujarat cricket krishna ganesh shivam jaimatadi jaishreeram omnamahshivay saibaba waheguru
	phonon central phononcentral`)

var list = regexp.MustCompile(`passwords: "([^"]*)"`)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run common_gen.go <frequency_lists.js of zxcvbn 4.4.2>")
	}
	source, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	found := list.FindSubmatch(source)
	if found == nil {
		log.Fatal("no list of passwords in the file")
	}
	entries := map[string]bool{}
	for _, w := range more {
		entries[w] = true
	}
	for _, w := range strings.Split(string(found[1]), ",")[:count] {
		if e := entry(strings.ToLower(w)); e != "" {
			entries[e] = true
		}
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintln(out, "# From zxcvbn 4.4.2, MIT licence, Copyright (c) 2012-2016 Dan Wheeler and Dropbox, Inc. Made by common_gen.go.")
	for _, e := range slices.Sorted(maps.Keys(entries)) {
		fmt.Fprintln(out, e)
	}
}

// entry is what to remember of a leaked password: without the digits and signs at its end, which isCommon takes off too,
// where a word is left; the whole of a shorter one; nothing of what has no letter or is too short to matter.
func entry(w string) string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	word := w[:strings.LastIndexAny(w, letters)+1]
	switch {
	case len(word) >= 4:
		return word
	case word != "" && len(w) >= 6:
		return w
	}
	return ""
}
