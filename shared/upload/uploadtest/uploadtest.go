// Package uploadtest gives tests a bucket on a real S3 engine that checks signatures and policies.
package uploadtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"phonon.in/central/shared/token"
)

const (
	region    = "ap-south-1"
	accessKey = "AKIALOCALLOCALLOCAL0"
	secretKey = "local-secret-that-opens-nothing-anywhere"
	install   = "tools/install.sh versitygw"
	patience  = 30 * time.Second
)

// Bucket makes a fresh versioned bucket on the engine at CENTRAL_S3_ENDPOINT (with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or on
// the engine of the local run, which lives as long as the test binary. Without an engine the test is skipped; with
// CENTRAL_ENGINES=required it fails.
func Bucket(t testing.TB) (api *s3.Client, name string) {
	t.Helper()
	endpoint, err := engine()
	if errors.Is(err, os.ErrNotExist) && os.Getenv("CENTRAL_ENGINES") != "required" {
		t.Skipf("the S3 engine is not built; run %s", install)
	}
	if err != nil {
		t.Fatalf("the S3 engine does not start (%s): %v", install, err)
	}
	api, name = Client(endpoint), "documents-"+strings.ToLower(token.NewID())
	if _, err := api.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &name, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: region},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatal(err)
	}
	return api, name
}

// Client makes a client of the engine at endpoint.
func Client(endpoint string) *s3.Client {
	who := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}
	if os.Getenv("CENTRAL_S3_ENDPOINT") != "" {
		who = aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}
	}
	return s3.New(s3.Options{
		Region: region, BaseEndpoint: &endpoint, UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return who, nil }),
	})
}

var engine = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("CENTRAL_S3_ENDPOINT"); given != "" {
		return given, nil
	}
	binary := filepath.Join(root(), ".local", "tools", "versitygw", "versitygw")
	if _, err := os.Stat(binary); err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	data, err := os.MkdirTemp("", "central-s3-")
	if err != nil {
		return "", err
	}
	var log strings.Builder
	cmd := exec.Command(binary, "--port", port, "--dir", data)
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+accessKey, "AWS_SECRET_ACCESS_KEY="+secretKey)
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started, exited := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the kernel ends the child with the thread that started it: this one stays
		started <- cmd.Start()
		exited <- cmd.Wait()
		select {}
	}()
	if err := <-started; err != nil {
		return "", err
	}
	endpoint := "http://127.0.0.1:" + port
	for late := time.After(patience); ; {
		if resp, err := http.Get(endpoint + "/healthz"); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			return endpoint, nil
		}
		select {
		case err := <-exited:
			return "", fmt.Errorf("it ended: %v: %s", err, log.String())
		case <-late:
			return "", fmt.Errorf("it does not answer after %s", patience)
		case <-time.After(10 * time.Millisecond):
		}
	}
})

// root is the folder of the module, where template.yaml is.
func root() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "template.yaml")); err == nil {
			return dir
		}
	}
	panic("uploadtest: not inside the project")
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
