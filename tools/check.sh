#!/usr/bin/env bash
# Everything that can be said of the sources without running them.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD

step() { printf '\n== %s\n' "$*"; }

step gofmt
unformatted=$(gofmt -l $(git ls-files '*.go'))
if [ -n "$unformatted" ]; then
  printf 'not formatted (make fmt):\n%s\n' "$unformatted" >&2
  exit 1
fi

# Vet and staticcheck read each module on its own.
for module in . cmd/local; do
  step "go vet ($module)"
  go -C "$module" vet ./...
  step "staticcheck ($module)"
  go -C "$module" run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
done

step govulncheck
if curl --silent --fail --max-time 10 --output /dev/null https://vuln.go.dev/index/db.json; then
  for module in . cmd/local; do
    go -C "$module" run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...
  done
else
  echo "NOT RUN: the Go vulnerability database (vuln.go.dev) cannot be reached from here. Run 'make check' where it can." >&2
fi

step "OpenAPI lint"
npx --yes @redocly/cli@2.77.0 lint api/openapi.yaml 2>&1 | grep -v -e 'npm warn' -e '[║╔╚]'

step "template"
tools/install.sh sam
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=ap-south-1
"$root/.local/tools/sam/bin/cfn-lint" template.yaml
"$root/.local/tools/sam/bin/sam" validate --lint --template template.yaml
