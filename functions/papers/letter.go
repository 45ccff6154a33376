package main

import (
	"context"
	"embed"
	"strconv"
	"strings"

	"phonon.in/central/shared/account"
	"phonon.in/central/shared/fault"
	"phonon.in/central/shared/httpapi"
	"phonon.in/central/shared/kyc"
	"phonon.in/central/shared/limit"
	"phonon.in/central/shared/pattern"
)

//go:embed letters/*.txt
var letters embed.FS

var errPaper = fault.New(fault.NotFound, "paper_unknown", "There is no such paper.")

// letter is a paper for the holder to print on letterhead, sign and stamp.
func (h *handler) letter(ctx context.Context, c *httpapi.Call) (httpapi.File, error) {
	name := c.Path("name")
	text, err := letters.ReadFile("letters/" + name + ".txt")
	if err != nil { // an invalid path, too, is none of ours
		return httpapi.File{}, errPaper
	}
	if _, err := c.Take(ctx, limit.PaperAccount.By(string(c.Profile.ID))); err != nil {
		return httpapi.File{}, err
	}
	found, err := h.store.Case(ctx, c.Profile.ID)
	if err != nil {
		return httpapi.File{}, err
	}
	known := facts(found, c.Profile)
	known["date"] = dateOf(c.Now)
	pdf, err := typeset(string(text), known)
	return httpapi.File{Name: strings.ReplaceAll(name, "_", "-") + ".pdf", Type: "application/pdf", Body: pdf}, err
}

// blank is where something is to be written by hand.
const blank = "____________________"

// facts are what is known of who holds the case, by the names that letters use. What the case does not say the account may.
func facts(c kyc.Case, p account.Profile) map[string]string {
	known := map[string]string{}
	for _, name := range []string{"legalName", "pan", "cin", "signatoryName", "signatoryDesignation", "signatoryPan"} {
		known[name] = c.Fields[name]
	}
	known["address"] = address(c.Fields)
	person := strings.TrimSpace(p.Details.FirstName + " " + p.Details.LastName)
	if known["legalName"] == "" {
		known["legalName"] = p.Details.CompanyName
	}
	if known["legalName"] == "" {
		known["legalName"] = person
	}
	if known["signatoryName"] == "" {
		known["signatoryName"] = person
	}
	return known
}

// address is one line; a part of one is none.
func address(fields map[string]string) string {
	if fields["addressLine1"] == "" {
		return ""
	}
	var parts []string
	for _, name := range []string{"addressLine1", "addressLine2", "city"} {
		if fields[name] != "" {
			parts = append(parts, fields[name])
		}
	}
	return strings.TrimSpace(strings.Join(append(parts, fields["state"]), ", ") + " " + fields["pinCode"])
}

var placeholder = pattern.New(`\{([a-zA-Z]+)\}`)

// typeset makes a PDF of a letter. An empty line ends a paragraph; "# " begins the title, "= " a line to write on, "| " the head of a
// table, and "|8" is eight rows of it. What stands in braces is filled in, or left to be written by hand.
func typeset(text string, known map[string]string) ([]byte, error) {
	filled := placeholder.Regexp().ReplaceAllStringFunc(text, func(name string) string {
		if value := known[strings.Trim(name, "{}")]; value != "" {
			return strings.Join(strings.Fields(value), " ") // one line, so that no value is taken for a mark
		}
		return blank
	})
	title, body, _ := strings.Cut(strings.TrimPrefix(filled, "# "), "\n")
	s := newSheet(title, letterhead)
	s.write(titleSize, title)
	var heads []string
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		label, isLine := strings.CutPrefix(line, "= ")
		head, isHead := strings.CutPrefix(line, "| ")
		switch {
		case line == "":
			s.gap(paragraphGap)
		case isLine:
			s.toSign(label)
		case isHead:
			heads = strings.Split(head, " | ")
			s.row(heads, 0)
		case strings.HasPrefix(line, "|"):
			rows, err := strconv.Atoi(line[1:])
			if err != nil {
				return nil, err
			}
			for range rows {
				s.row(make([]string, len(heads)), emptyRow)
			}
		default:
			s.write(textSize, line)
		}
	}
	return s.pdf()
}
