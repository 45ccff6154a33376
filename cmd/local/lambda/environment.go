package lambda

import (
	"os"
	"path/filepath"
	"strconv"

	"phonon.in/central/cmd/local/template"
)

// name is what the function is called on AWS.
func (f *Function) name() string { return f.Stack + "-" + f.Spec.Name }

func (f *Function) arn() string {
	return "arn:aws:lambda:" + template.Region + ":" + template.Account + ":function:" + f.name()
}

// environment is what Lambda gives a function, and nothing of this machine's own but whom it trusts: a product on it may have a certificate of its own.
func (f *Function) environment(api string) []string {
	name := f.name()
	env := map[string]string{
		"AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.Spec.MemoryMB), "AWS_LAMBDA_RUNTIME_API": api,
		"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/" + name,
		"AWS_LAMBDA_LOG_STREAM_NAME": "local", "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023",
		"_HANDLER": "bootstrap", "LAMBDA_TASK_ROOT": filepath.Dir(f.Binary), "LAMBDA_RUNTIME_DIR": "/var/runtime",
		"AWS_REGION": template.Region, "AWS_DEFAULT_REGION": template.Region,
		"TZ": ":UTC", "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
	}
	for _, more := range []map[string]string{f.Spec.Env, f.Env} {
		for name, v := range more {
			env[name] = v
		}
	}
	for _, name := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if v := os.Getenv(name); v != "" {
			env[name] = v
		}
	}
	list := make([]string, 0, len(env))
	for name, v := range env {
		list = append(list, name+"="+v)
	}
	return list
}
