package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// weaver puts a switch at each place.
type weaver struct {
	pkg, path string // path is how the package of switches is imported
	places    []place
	left      map[int]bool // places that cannot be switched
	sources   map[string][]byte
}

// edit replaces length bytes at an offset. Of those at one offset what closes comes first, the inner one before the outer; what opens
// comes the outer one before the inner.
type edit struct {
	at, length int
	text       string
	closes     bool
	size       int // of the expression
}

func (w *weaver) text(p place) string {
	return strings.TrimSpace(strings.Split(string(w.sources[p.file]), "\n")[p.line-1])
}

var complaint = regexp.MustCompile(`(?m)^(\S+\.go):(\d+):\d+: `)

// weave writes the sources anew until they build, each time without the switches of the lines that did not.
func (w *weaver) weave() error {
	w.sources = map[string][]byte{}
	for _, p := range w.places {
		text, err := os.ReadFile(filepath.Join(w.pkg, p.file))
		if err != nil {
			return err
		}
		w.sources[p.file] = text
	}
	for {
		for file := range w.sources {
			if err := w.write(file); err != nil {
				return err
			}
		}
		said, err := exec.Command("go", "build", "-gcflags=-e", "./"+w.pkg+"/...").CombinedOutput()
		if err == nil {
			return nil
		}
		before := len(w.left)
		for _, g := range complaint.FindAllStringSubmatch(string(said), -1) {
			file, _ := filepath.Rel(w.pkg, g[1])
			line, _ := strconv.Atoi(g[2])
			for n := len(w.left); len(w.left) == n && line <= bytes.Count(w.sources[file], []byte("\n")); line++ { // the operator may stand below
				w.leave(file, line)
			}
		}
		if len(w.left) == before {
			return fmt.Errorf("it does not build: %s", said)
		}
	}
}

// leave takes the switches of a line away: first those that want numbers, as a sum of texts does not.
func (w *weaver) leave(file string, line int) {
	var numbers, others []int
	for i, p := range w.places {
		switch {
		case p.file != file || p.line != line || w.left[i]:
		case p.kind == "CONDITIONALS_NEGATION":
			others = append(others, i)
		default:
			numbers = append(numbers, i)
		}
	}
	if len(numbers) == 0 {
		numbers = others
	}
	mark(w.left, numbers)
}

func (w *weaver) write(file string) error {
	source := w.sources[file]
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	at := map[int][]int{} // offset of the operator -> places
	for i, p := range w.places {
		if p.file == file && !w.left[i] {
			offset := set.Position(set.File(tree.Pos()).LineStart(p.line)).Offset + p.column - 1
			at[offset] = append(at[offset], i)
		}
	}
	if len(at) == 0 {
		return os.WriteFile(filepath.Join(w.pkg, file), source, 0o644)
	}
	offset := func(p token.Pos) int { return set.Position(p).Offset }
	edits := []edit{{at: offset(tree.Name.End()), text: fmt.Sprintf("; import %q", w.path), closes: true}}
	switched := map[int]bool{}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.BinaryExpr:
			here := at[offset(e.OpPos)]
			edits = append(edits, w.binary(here, e.Op.String(), offset(e.X.Pos()), offset(e.OpPos), offset(e.Y.End()))...)
			mark(switched, here)
		case *ast.IncDecStmt:
			if here := at[offset(e.TokPos)]; len(here) > 0 {
				by := map[token.Token]int{token.INC: 1, token.DEC: -1}[e.Tok]
				begin, end := offset(e.X.Pos()), offset(e.TokPos)
				edits = append(edits, edit{begin, 0, fmt.Sprintf("mutant.Step(%d, &", here[0]+1), false, end - begin}, edit{end, 2, fmt.Sprintf(", %d)", by), true, end - begin})
				mark(switched, here)
			}
		}
		return true
	})
	for _, all := range at {
		for _, i := range all {
			w.left[i] = w.left[i] || !switched[i]
		}
	}
	maps.DeleteFunc(w.left, func(_ int, left bool) bool { return !left })
	if len(switched) == 0 {
		edits = nil
	}
	return os.WriteFile(filepath.Join(w.pkg, file), apply(source, edits), 0o644)
}

func mark(set map[int]bool, places []int) {
	for _, i := range places {
		set[i] = true
	}
}

var switchOf = map[string]string{
	"<": "Less", "<=": "LessEq", ">": "More", ">=": "MoreEq", "+": "Plus", "-": "Minus", "*": "Times", "/": "Over", "%": "Rest",
}

// binary switches what is between two operands. A comparison may have two switches: the negation is around the edge.
func (w *weaver) binary(here []int, operator string, begin, middle, end int) (edits []edit) {
	size := end - begin
	around := func(open string, replaced bool) {
		edits = append(edits, edit{begin, 0, open, false, size}, edit{end, 0, ")", true, size})
		if replaced {
			edits = append(edits, edit{middle, len(operator), ",", true, size})
		}
	}
	slices.SortFunc(here, func(a, b int) int { return strings.Compare(w.places[b].kind, w.places[a].kind) }) // NEGATION before BOUNDARY
	for _, i := range here {
		if n := i + 1; w.places[i].kind == "CONDITIONALS_NEGATION" {
			around(fmt.Sprintf("mutant.Not(%d, ", n), false)
		} else {
			around(fmt.Sprintf("mutant.%s(%d, ", switchOf[operator], n), true)
		}
	}
	return edits
}

func apply(source []byte, edits []edit) (out []byte) {
	slices.SortStableFunc(edits, func(a, b edit) int {
		switch {
		case a.at != b.at:
			return a.at - b.at
		case a.closes != b.closes:
			if a.closes {
				return -1
			}
			return 1
		case a.closes:
			return a.size - b.size
		}
		return b.size - a.size
	})
	from := 0
	for _, e := range edits {
		out = append(append(out, source[from:e.at]...), e.text...)
		from = e.at + e.length
	}
	return append(out, source[from:]...)
}
