package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestThePageIsWhatTheKeptDataMakes(t *testing.T) {
	root := filepath.Join("..")
	sections, err := kept(options{root: root})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	page, plots, err := draw(string(text), sections)
	if err != nil {
		t.Fatal(err)
	}
	if page != string(text) {
		t.Error("docs/performance.md is not what bench/data makes: make bench ARGS=--redraw")
	}
	for name, want := range plots {
		if got, err := os.ReadFile(filepath.Join(root, "docs", plotFolder, name+".svg")); err != nil || string(got) != string(want) {
			t.Errorf("docs/%s/%s.svg is not what bench/data makes: make bench ARGS=--redraw (%v)", plotFolder, name, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(root, "docs", plotFolder, "*.svg"))
	if err != nil || len(left) != len(plots) {
		t.Errorf("%d plots are kept, %d are made", len(left), len(plots))
	}
}

func TestAMistakeInTheFlagsIsNamed(t *testing.T) {
	for _, row := range []struct{ args []string }{{[]string{"--only", "strat"}}, {[]string{"quick"}}, {[]string{"--fast"}}} {
		if _, err := readOptions(row.args); err == nil {
			t.Errorf("%q was taken", row.args)
		}
	}
	if o, err := readOptions([]string{"--quick", "--only", "machine"}); err != nil || !o.quick || len(o.only) != 1 || o.folder() == (options{root: o.root}).folder() {
		t.Errorf("%+v, %v", o, err)
	}
}
