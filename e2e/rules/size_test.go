package rules

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hostBuild builds a function as for Lambda, but for this machine, and returns the binary.
func hostBuild(t testing.TB, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, "./functions/"+name)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+hostArch())
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return out
}

var sizeRow = regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| ([0-9.]+) \\|")

// TestBinariesStayAsSmallAsTheTableSays builds the functions as they are released. A binary may grow by 3 %; more needs a new figure in
// docs/performance.md, and a line that says why. What usually makes it jump is an import that calls methods by name.
func TestBinariesStayAsSmallAsTheTableSays(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "docs", "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := sizeRow.FindAllStringSubmatch(string(text), -1)
	if _, found := functions(t); len(rows) != len(found) {
		t.Fatalf("docs/performance.md has %d rows of sizes, want one for each function", len(rows))
	}
	if said, err := exec.Command("make", "-C", root(t), "build", "ARCH=arm64").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, row := range rows {
		written, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(root(t), ".local", "build", row[1], "bootstrap"))
		if err != nil {
			t.Fatal(err)
		}
		size := float64(info.Size()) / 1e6
		if size > written*1.03 {
			t.Errorf("%s is %.2f MB, docs/performance.md says %.2f", row[1], size, written)
		}
		if row[1] == "signup" && size > 11 {
			t.Errorf("signup is %.2f MB, at most 11 are allowed", size)
		}
	}
}

// BenchmarkStart measures from the start of a function's process to its first request for an event, with Secrets Manager and
// DynamoDB on this machine: go test ./e2e/rules -bench Start -run - -benchtime 30x
func BenchmarkStart(b *testing.B) {
	if os.Getenv("GOARCH") != "" {
		b.Skip("only for this machine's architecture")
	}
	for _, name := range []string{"signup", "verify", "login", "account", "factor", "oidc", "otp", "kyc", "papers", "review", "intake", "render", "notify", "clock", "feedback", "web"} {
		binary := hostBuild(b, name)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				startOnce(b, binary)
			}
		})
	}
}

func hostArch() string {
	out, err := exec.Command("go", "env", "GOARCH").Output()
	if err != nil {
		return "amd64"
	}
	return strings.TrimSpace(string(out))
}

func startOnce(b *testing.B, binary string) {
	b.StopTimer()
	asked := make(chan struct{}, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
		<-r.Context().Done()
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "GetSecretValue") {
			io.WriteString(w, `{"SecretString":"{\"current\":\"0123456789abcdef0123456789abcdef\"}"}`)
		}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	defer server.Close()
	cmd := exec.Command(binary)
	cmd.Env = startEnvironment(l.Addr().String())
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	b.StartTimer()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(10 * time.Second):
		b.Error("it never asked for an event")
	}
	b.StopTimer()
	cmd.Process.Kill()
	cmd.Wait()
	b.StartTimer()
}

func startEnvironment(address string) []string {
	return []string{
		"AWS_LAMBDA_RUNTIME_API=" + address, "AWS_REGION=ap-south-1", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local",
		fmt.Sprintf("AWS_ENDPOINT_URL=http://%s", address), "AWS_LAMBDA_FUNCTION_NAME=bench",
		"USERS_TABLE=u", "TOKENS_TABLE=t", "UPLOADS_BUCKET=b", "MALWARE_SCAN=off", "SECRET_ID=s", "PUBLIC_URL=https://central.example.com", "TERMS_VERSION=1",
		"CAPTCHA_PROVIDER=altcha", "MAIL_FROM=a@example.com", "SMS_ENTITY_ID=1", "SMS_TEMPLATE_ID=1", "SMS_SENDER_ID=CNTRAL", "SMS_MAX_PRICE_USD=0.01",
		"SMS_DAILY_BUDGET=1", "CALL_DAILY_BUDGET=1", "CALL_PROVIDER=aws", "VOICE_ORIGINATION_IDENTITY=x", "VOICE_MAX_PRICE_USD_PER_MINUTE=0.1", "UPLOADS_ORIGIN=https://uploads.example.com",
	}
}
