// Package report makes of what was measured what people read: tables, plots and goals in docs/performance.md.
package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Section is what one part has to say. It depends on what was measured alone.
type Section struct {
	Name   string // of the part, as in the marks around it
	Title  string
	Text   string // sentences that come before the tables
	Tables []Table
	Plots  []Plot
	Goals  []Goal
}

// Table is figures with a head; its first column is text, the others are figures.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// Goal is a figure that was to be reached.
type Goal struct {
	Figure, Goal, Reached string
	Met                   bool
	Why                   string // it was not met
}

// Markdown is the section without its title. Plots are below folder.
func (s Section) Markdown(folder string) string {
	var parts []string
	if s.Text != "" {
		parts = append(parts, s.Text)
	}
	for _, t := range s.Tables {
		parts = append(parts, t.markdown())
	}
	for _, p := range s.Plots {
		parts = append(parts, fmt.Sprintf("![%s](%s/%s.svg)", p.Title, folder, p.Name))
	}
	return strings.Join(parts, "\n\n") + "\n"
}

func (t Table) markdown() string {
	var b strings.Builder
	if t.Caption != "" {
		b.WriteString(t.Caption + "\n\n")
	}
	b.WriteString(row(t.Head))
	b.WriteString("|" + strings.Repeat("---|", len(t.Head)) + "\n")
	for _, r := range t.Rows {
		b.WriteString(row(r))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func row(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// Goals is the table of all goals: the ones that were missed say why.
func Goals(sections []Section) Table {
	t := Table{Head: []string{"figure", "goal", "reached", ""}}
	for _, s := range sections {
		for _, g := range s.Goals {
			verdict := "yes"
			if !g.Met {
				verdict = "**no**: " + g.Why
			}
			t.Rows = append(t.Rows, []string{g.Figure, g.Goal, g.Reached, verdict})
		}
	}
	return t
}

// Terminal is the section for a terminal.
func (s Section) Terminal() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n", s.Title)
	for _, t := range s.Tables {
		b.WriteString("\n" + t.terminal())
	}
	for _, g := range s.Goals {
		mark := "reached"
		if !g.Met {
			mark = "MISSED"
		}
		fmt.Fprintf(&b, "  %-8s %s: %s (goal %s)\n", mark, g.Figure, g.Reached, g.Goal)
	}
	return b.String()
}

func (t Table) terminal() string {
	width := make([]int, len(t.Head))
	all := append([][]string{t.Head}, t.Rows...)
	for _, r := range all {
		for i, cell := range r {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	if t.Caption != "" {
		b.WriteString(t.Caption + "\n")
	}
	for _, r := range all {
		for i, cell := range r {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				b.WriteString("  " + cell + pad)
			} else {
				b.WriteString("  " + pad + cell)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Insert puts text between the marks of a name in a page, and errors where the page has no such marks.
func Insert(page, name, text string) (string, error) {
	open, shut := fmt.Sprintf("<!-- bench: %s -->", name), fmt.Sprintf("<!-- bench: end of %s -->", name)
	before, rest, found := strings.Cut(page, open)
	_, after, ended := strings.Cut(rest, shut)
	if !found || !ended {
		return "", fmt.Errorf("the page lacks %s or %s", open, shut)
	}
	return before + open + "\n" + strings.TrimSpace(text) + "\n" + shut + after, nil
}
