// Package commands has the commands that are one file; those with several have a folder below. What they share is beside it: console,
// where, holder, outfile.
package commands

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"phonon.in/central/cmd/central/console"
	"phonon.in/central/cmd/central/where"
)

// Terms is `central terms`, with what is below it.
func Terms(c *where.Call) *cobra.Command {
	return console.Group(&cobra.Command{Use: "terms", Short: "A new version of the terms"}, publishCommand(c))
}

const publishHelp = `Checks a new version of the terms and prints the steps that publish it. The text of the terms is a file of the project,
web/legal/terms.<language>.html, and its version the parameter TermsVersion: both reach people with a deployment, and with nothing else.

It is checked that the version is a date, is newer than the one in use (of the system that --stack or --local names, or else the
default in template.yaml), and that the text is UTF-8 and differs from the one in the project. With --write the file is replaced.

Accounts that accepted an earlier version are not asked again: nothing in Central does that yet.`

// publication is what publishing a version takes.
type publication struct {
	Version string   `json:"version"`
	Current string   `json:"current"`
	File    string   `json:"file"`
	Written bool     `json:"written"`
	Steps   []string `json:"steps"`
}

func publishCommand(c *where.Call) *cobra.Command {
	var text, language, root string
	var write bool
	cmd := &cobra.Command{Use: "publish <version>", Short: "Check a new version and say how to publish it", Long: publishHelp, Args: console.One("which version")}
	cmd.Flags().StringVar(&text, "text", "", "`file` with the new text, HTML")
	cmd.Flags().StringVar(&language, "language", "en", "`tag` of the text's language")
	cmd.Flags().StringVar(&root, "root", "", "`folder` of the project (found from the working directory)")
	cmd.Flags().BoolVar(&write, "write", false, "replace the file in the project")
	cmd.RunE = c.Action(func(ctx context.Context, args []string) error {
		if text == "" {
			return console.BadUsage("--text is needed: the file with the new text")
		}
		if !regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]+)*$`).MatchString(language) {
			return console.BadUsage("--language is %q, not a tag like en or hi", language)
		}
		root, err := projectRoot(root)
		if err != nil {
			return err
		}
		p := publication{Version: args[0], File: filepath.Join(root, "web", "legal", "terms."+language+".html")}
		if p.Current, err = currentTerms(ctx, c, root); err != nil {
			return err
		}
		if err := newer(p.Version, p.Current); err != nil {
			return err
		}
		body, err := changedText(text, p.File)
		if err != nil {
			return err
		}
		if write {
			if err := c.Confirm(ctx, "This will replace "+p.File+"."); err != nil {
				return err
			}
			if err := os.WriteFile(p.File, body, 0o644); err != nil {
				return err
			}
			p.Written = true
		}
		p.Steps = p.steps(text, c.Stack)
		return c.Show(p, func(w io.Writer) {
			fmt.Fprintf(w, "version %s follows %s\n", p.Version, p.Current)
			for i, s := range p.Steps {
				fmt.Fprintf(w, "%d. %s\n", i+1, s)
			}
		})
	})
	return cmd
}

// projectRoot is the folder of template.yaml: start, or else the first from the working directory upwards.
func projectRoot(start string) (string, error) {
	if start != "" {
		return start, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if root := where.ProjectAbove(dir); root != "" {
		return root, nil
	}
	return "", errors.New("this is not inside the project; use --root")
}

func (p publication) steps(text, stack string) []string {
	steps := []string{"written: " + p.File}
	if !p.Written {
		steps[0] = fmt.Sprintf("cp %s %s", text, p.File)
	}
	environment := "prod"
	if _, name, ok := strings.Cut(stack, "central-"); ok {
		environment = name
	}
	return append(steps,
		fmt.Sprintf("add TermsVersion=%s to parameter_overrides of [%s.deploy.parameters] in samconfig.toml", p.Version, environment),
		"make test, and commit both files",
		fmt.Sprintf("sam build --config-env %s && sam deploy --config-env %s", environment, environment),
		fmt.Sprintf(`GET /v1/terms of the system now answers {"version": "%s"}`, p.Version))
}

// newer says what is wrong with a version that should follow current.
func newer(version, current string) error {
	if _, err := time.Parse(time.DateOnly, version); err != nil {
		return fmt.Errorf("the version %q is no date like 2026-11-01", version)
	}
	if version <= current { // dates of this form sort as text
		return fmt.Errorf("the version %s is not newer than %s, which is in use", version, current)
	}
	return nil
}

// changedText reads the new text, which must differ from what the file in the project says.
func changedText(from, file string) ([]byte, error) {
	body, err := os.ReadFile(from)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(body)) == 0 || !utf8.Valid(body) {
		return nil, fmt.Errorf("%s is empty, or not UTF-8", from)
	}
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if bytes.Equal(bytes.TrimSpace(old), bytes.TrimSpace(body)) {
		return nil, fmt.Errorf("%s says the same as %s: a new version needs a new text", from, file)
	}
	return body, nil
}

// currentTerms is the version that a sign-up must accept: of the system that was named, or else of the template in the project.
func currentTerms(ctx context.Context, c *where.Call, root string) (string, error) {
	if c.Stack == "" && c.Local == "" {
		return templateTerms(filepath.Join(root, "template.yaml"))
	}
	sys, err := c.Open(ctx)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, sys.PublicURL+"/v1/terms", nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var terms struct{ Version string }
	if err := json.NewDecoder(answer.Body).Decode(&terms); err != nil || terms.Version == "" {
		return "", fmt.Errorf("%s/v1/terms does not say which version is in use (status %d)", sys.PublicURL, answer.StatusCode)
	}
	return terms.Version, nil
}

var versionLine = regexp.MustCompile(`^    Default: "(\d{4}-\d{2}-\d{2})"$`)

// templateTerms is the default of the parameter TermsVersion.
func templateTerms(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("is this not the project's folder? Use --root: %w", err)
	}
	defer f.Close()
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if !strings.HasPrefix(line, "   ") {
			inside = line == "  TermsVersion:"
		}
		if m := versionLine.FindStringSubmatch(line); inside && m != nil {
			return m[1], nil
		}
	}
	return "", fmt.Errorf("%s has no parameter TermsVersion with a date", file)
}
