// Package rules holds the project to its own rules: who may import whom, and that template, contract, code and documentation say
// the same.
package rules

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "phonon.in/central"

// root is the folder of template.yaml.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "template.yaml")); err != nil {
		t.Fatal(err)
	}
	return dir
}

var (
	pure     = []string{"oidc", "jose", "typed", "spent", "ocsf", "header", "aadhaar", "account", "carrier", "kyc", "document", "password", "token", "captcha", "phone", "phone/numbering", "fault", "limit", "deadline", "message", "event", "speech", "workday", "pattern"}
	adapters = []string{"store", "email", "sms", "voice", "topic", "callapi", "backchannel", "upload", "outbox", "httpapi", "apigw", "obs", "siteverify", "env", "awsenv",
		"awsenv/dynamodb", "awsenv/s3", "awsenv/ses", "awsenv/sns", "awsenv/voice", "awsenv/secret"}

	// speakHTTP and speakAWS are the only rooms with net/http and the AWS SDK. upload has net/http because the SDK's
	// interface of a signer does.
	speakHTTP = []string{"httpapi", "apigw", "siteverify", "callapi", "backchannel", "awsenv", "upload"}
	speakAWS  = []string{"store", "email", "sms", "voice", "topic", "upload", "awsenv"}

	// domain libraries that pure packages may use.
	domain = []string{"golang.org/x/crypto", "golang.org/x/net/idna", "golang.org/x/text", "github.com/smallstep/pkcs7", "github.com/go-jose/go-jose/v4"}
)

// sources calls look for each Go file under a folder that is not a test, with its imports.
func sources(t *testing.T, dir string, look func(path string, imports []string)) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root(t), dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "testdata" {
			if err == nil {
				return filepath.SkipDir
			}
			return err
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, name)
		}
		path, err = filepath.Rel(root(t), path)
		look(path, imports)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func isTestSupport(path string) bool {
	for _, name := range []string{"store/storetest/", "captcha/captchatest/", "upload/uploadtest/", "httpapi/contract/", "httpapi/sameness/"} {
		if strings.Contains(path, name) {
			return true
		}
	}
	return false
}

func within(name string, of []string) bool {
	return slices.ContainsFunc(of, func(p string) bool { return name == p || strings.HasPrefix(name, p+"/") })
}

func TestLayersImportOnlyWhatTheyMay(t *testing.T) {
	seen := 0
	sources(t, "shared", func(path string, imports []string) {
		seen++
		room := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "shared/")
		if isTestSupport(path) {
			return
		}
		isPure, isAdapter := slices.Contains(pure, room), slices.Contains(adapters, room)
		if !isPure && !isAdapter {
			t.Errorf("%s: the rule does not know shared/%s: say in e2e/rules whether it is pure or an adapter", path, room)
		}
		for _, name := range imports {
			own, isOwn := strings.CutPrefix(name, module+"/shared/")
			std := !strings.Contains(strings.SplitN(name, "/", 2)[0], ".")
			switch {
			case strings.HasPrefix(name, module+"/functions"), strings.HasPrefix(name, module+"/cmd"):
				t.Errorf("%s imports %s: shared packages know nothing of functions and commands", path, name)
			case isPure && isOwn && !slices.Contains(pure, own):
				t.Errorf("%s imports %s: pure packages hold rules and know no adapter", path, name)
			case isPure && !isOwn && !std && !within(name, domain):
				t.Errorf("%s imports %s: pure packages use the standard library and libraries of their own field", path, name)
			case isAdapter && isOwn && slices.Contains(adapters, own) && !(room == "outbox" && own == "store") && !(strings.HasPrefix(room, "awsenv/") && own == "awsenv"):
				t.Errorf("%s imports %s: adapters wrap one outside system each and do not know each other", path, name)
			case name == "net/http" && !within(room, speakHTTP):
				t.Errorf("%s imports net/http, which belongs to %v and the functions", path, speakHTTP)
			case strings.HasPrefix(name, "github.com/aws/aws-sdk-go-v2") && !within(room, speakAWS):
				t.Errorf("%s imports the AWS SDK, which belongs to %v", path, speakAWS)
			}
		}
	})
	if seen < 50 {
		t.Errorf("only %d files were looked at", seen)
	}
}

// TestTheContractsLibraryIsForTests also holds what only tests link: a function must not carry a validator of documents.
func TestTheContractsLibraryIsForTests(t *testing.T) {
	for _, dir := range []string{"shared", "functions"} {
		sources(t, dir, func(path string, imports []string) {
			for _, name := range imports {
				if strings.HasPrefix(name, "github.com/getkin") && !isTestSupport(filepath.ToSlash(path)) {
					t.Errorf("%s imports %s, which is for tests", path, name)
				}
			}
		})
	}
}

func TestTheLocalRunKnowsNothingOfTheFunctions(t *testing.T) {
	sources(t, "cmd/local", func(path string, imports []string) {
		for _, name := range imports {
			if strings.HasPrefix(name, module+"/") && !strings.HasPrefix(name, module+"/cmd/local/") {
				t.Errorf("%s imports %s: the local run starts the functions' binaries and speaks to them as AWS does", path, name)
			}
		}
	})
}

func TestTheCommandLineKnowsNothingOfFunctionsAndLocalRun(t *testing.T) {
	sources(t, "cmd/central", func(path string, imports []string) {
		for _, name := range imports {
			own, isOwn := strings.CutPrefix(name, module+"/")
			if isOwn && !strings.HasPrefix(own, "shared/") && !strings.HasPrefix(own, "cmd/central/") {
				t.Errorf("%s imports %s: the command line works on stored data with shared, and speaks to a local run over HTTP", path, name)
			}
		}
	})
}

// below is what a room of the command line may know of the others. A command may know all that are no commands, too.
var below = map[string]string{
	"console": "", "outfile": "", "where": "console fleet", "holder": "console where",
	"cost": "", "seed": "", "fleet": "", "fleet/fleettest": "fleet", "release": "fleet", "rotate": "fleet release", "doctor": "fleet release",
	"commands": "commands/accounts", "commands/accounts": "commands/messages",
}

func TestTheRoomsOfTheCommandLineKnowOnlyWhatIsBelow(t *testing.T) {
	const rooms = module + "/cmd/central/"
	isCommand := func(room string) bool { return room == "commands" || strings.HasPrefix(room, "commands/") }
	seen := 0
	sources(t, "cmd/central", func(path string, imports []string) {
		room := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "cmd/central/")
		for _, name := range imports {
			own, isOwn := strings.CutPrefix(name, rooms)
			if !isOwn || room == "cmd/central" || isCommand(room) && !isCommand(own) {
				continue
			}
			seen++
			if !slices.Contains(strings.Fields(below[room]), own) {
				t.Errorf("%s imports %s: commands stand on what they share, what they share knows none of them, and what does the work knows no terminal", path, name)
			}
		}
	})
	if seen < 10 {
		t.Errorf("only %d imports were looked at", seen)
	}
}

func TestThePagesAreMadeOfTheStandardLibraryAlone(t *testing.T) {
	seen := 0
	sources(t, "web", func(path string, imports []string) {
		seen++
		for _, name := range imports {
			if strings.Contains(strings.SplitN(name, "/", 2)[0], ".") || name == "net/http" {
				t.Errorf("%s imports %s: web makes files of files; functions/web answers requests", path, name)
			}
		}
	})
	if seen < 3 {
		t.Errorf("only %d files were looked at", seen)
	}
}

func TestFunctionsKeepToThemselves(t *testing.T) {
	sources(t, "functions", func(path string, imports []string) {
		for _, name := range imports {
			if strings.HasPrefix(name, module+"/functions") {
				t.Errorf("%s imports another function", path)
			}
			if strings.HasPrefix(name, "github.com/aws/aws-sdk-go-v2") && filepath.Base(path) != "main.go" {
				t.Errorf("%s imports the AWS SDK: only a function's main.go wires clients", path)
			}
		}
	})
}

// What only an operator may do is in the store for the command line. No function's code comes near it.
func TestNoFunctionDoesWhatIsAnOperatorsToDo(t *testing.T) {
	operators := regexp.MustCompile(`\.(SetStatus|AddReviewer|RemoveReviewer|BeginFactorReset|EraseTokens|EraseCases|EraseProfile|RetryMessage|ScanAccounts|ScanEvents|NoteDeed)\(`)
	if !operators.MatchString("s.AddReviewer(") {
		t.Fatal("the pattern finds nothing")
	}
	for _, dir := range []string{"functions", "shared"} {
		sources(t, dir, func(path string, _ []string) {
			if strings.Contains(filepath.ToSlash(path), "shared/store/") {
				return
			}
			text, err := os.ReadFile(filepath.Join(root(t), path))
			if err != nil {
				t.Fatal(err)
			}
			if found := operators.Find(text); found != nil {
				t.Errorf("%s calls %s", path, found)
			}
		})
	}
}

// heavy libraries belong to the functions that need them, and to no other: each costs megabytes of a cold start.
var heavy = map[string][]string{
	"github.com/nyaruka/phonenumbers":          {},
	"codeberg.org/go-pdf/fpdf":                 {"papers"},
	"github.com/go-text/typesetting/shaping":   {"papers"},
	"github.com/go-webauthn/webauthn/webauthn": {"factor"},
	"github.com/go-jose/go-jose/v4":            {"oidc", "notify"},
	"github.com/pquerna/otp":                   {"factor"},
	"github.com/boombuler/barcode/qr":          {"factor"},
	"go.yaml.in/yaml/v3":                       {},
	"github.com/aws/aws-sdk-go-v2/service/s3":  {"kyc", "intake", "render", "review", "clock"},
	"github.com/aws/aws-sdk-go-v2/service/sns": {"otp", "notify"},
	"github.com/aws/aws-sdk-go-v2/config":      {},
	// docs/decisions/0039: made anew at every start.
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/schemas": {},
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager":   {},
	"github.com/getkin/kin-openapi/openapi3":                {},
	"github.com/tetratelabs/wazero":                         {"render"},
	"net/rpc":                                               {},
	"text/template":                                         {"web"},
	"html/template":                                         {"web"},
	"github.com/aws/aws-sdk-go-v2/service/ses":              {},
}

func TestHeavyLibrariesStayWhereTheyAreNeeded(t *testing.T) {
	folders, err := os.ReadDir(filepath.Join(root(t), "functions"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		cmd := exec.Command("go", "list", "-tags", "lambda.norpc,nethttpomithttp2", "-deps", "-json=ImportPath", "./functions/"+f.Name())
		cmd.Dir = root(t)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
			var p struct{ ImportPath string }
			if err := d.Decode(&p); err != nil {
				t.Fatal(err)
			}
			if allowed, known := heavy[p.ImportPath]; known && !slices.Contains(allowed, f.Name()) {
				t.Errorf("functions/%s links %s, which is for %v", f.Name(), p.ImportPath, allowed)
			}
		}
	}
}

const longestFile = 300

func TestNoSourceFileTellsMoreThanOneStory(t *testing.T) {
	for _, dir := range []string{"shared", "functions", "cmd", "web"} {
		sources(t, dir, func(path string, _ []string) {
			text, err := os.ReadFile(filepath.Join(root(t), path))
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(text), "\n"); n > longestFile {
				t.Errorf("%s has %d lines: split what it tells into files of at most %d", path, n, longestFile)
			}
		})
	}
}
