#!/usr/bin/env bash
# Everything that can be said of the sources without running them. Every check runs, whatever the others found; two at a time, and what one
# says stays together.
set -euo pipefail
cd "$(dirname "$0")/.."

said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
n=0
check() { # name, command
  while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n || true; done
  n=$((n + 1))
  one "$said/$n" "$@" &
}

one() { # file, name, command
  local file=$1 name=$2 began=$SECONDS
  shift 2
  "$@" >"$file" 2>&1 || echo "$name" >>"$said/failed"
  printf '\n== %s (%d s)\n' "$name" $((SECONDS - began)) | cat - "$file"
}

formatted() {
  local unformatted
  unformatted=$(gofmt -l $(git ls-files '*.go')) || return 1
  [ -z "$unformatted" ] && return
  printf 'not formatted (make fmt):\n%s\n' "$unformatted" >&2
  return 1
}

# By the Go that go.mod names, which releases are built with, whatever this machine has. The database: its own address, or else the module that
# it is made of, which comes as any other module does.
vulnerabilities() {
  local db=https://vuln.go.dev module found toolchain bad=0
  if ! curl --silent --fail --max-time 10 --output /dev/null "$db/index/db.json"; then
    if ! found=$(cd "$said" && go mod download -json golang.org/x/vulndb@latest); then
      echo "Neither vuln.go.dev, the Go vulnerability database, nor the module golang.org/x/vulndb can be reached from here." >&2
      echo govulncheck >>"$said/not_run"
      return
    fi
    db=file://$(sed -n 's/.*"Dir": "\(.*\)".*/\1/p' <<<"$found")/data/osv
    echo "vuln.go.dev cannot be reached. The database is the module: ${db#file://}"
  fi
  toolchain=$(sed -n 's/^toolchain //p' go.mod)
  if ! GOTOOLCHAIN=$toolchain go version; then
    echo "$toolchain, which the functions are built with, cannot be fetched from here." >&2
    echo govulncheck >>"$said/not_run"
    return
  fi
  for module in . cmd/local/s3engine cmd/central bench examples/product; do
    GOTOOLCHAIN=$toolchain go -C "$module" run golang.org/x/vuln/cmd/govulncheck@v1.9.0 -db "$db" ./... || bad=1
  done
  return "$bad"
}

# gosec on what is deployed. Each exception has its reason; whoever changes what it rests on takes it out.
weaknesses() {
  local except=(
    'shared/(store/storetest|upload/uploadtest|httpapi/(contract|sameness))/.*:*' # only tests use these
    'shared/document/.*:G401,G405,G501,G503,G505'                      # MD5, RC4, SHA-1: what PDFs of others are made with, and nothing of ours
    'web/.*:G203'                                                      # what becomes HTML unescaped are files of ours
    'shared/store/(store|casemove)\.go:G404'                           # when to try again is no secret
    'functions/kyc/case\.go:G404'                                      # nor here
    'functions/web/serve\.go:G124'                                     # scripts set the language, too
    'shared/(kyc/reason|oidc/claims)\.go:G101'                        # names of reasons and of ways to log in, not passwords
    'shared/token/seal\.go:G407'                                       # the cipher draws a nonce by itself, and is given none
  )
  # G104: what is not looked at are writes to hashes, and to answers that nobody waits for. G115: numbers are bounded before they are made smaller; fuzz targets try.
  go run github.com/securego/gosec/v2/cmd/gosec@v2.30.0 -quiet -exclude=G104,G115 -exclude-rules="$(IFS=';' && echo "${except[*]}")" ./functions/... ./shared/... ./web/...
}

scripts() { npm --silent --prefix e2e/browser run check; }

openapi() { npx --yes --loglevel=error @redocly/cli@2.77.0 lint api/openapi.yaml; }

template() {
  local bin=.local/tools/sam/bin bad=0
  export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=ap-south-1
  "$bin/cfn-lint" template.yaml || bad=1
  # And what SAM makes of it: only there does cfn-lint see into the functions.
  "$bin/python" tools/expand-template.py template.yaml >.local/expanded.json && "$bin/cfn-lint" --ignore-checks W2001 -- .local/expanded.json || bad=1
  "$bin/cfn-lint" --regions us-east-1 -- edge.yaml || bad=1
  "$bin/cfn-lint" -- adopt.yaml || bad=1
  .local/tools/checkov/bin/checkov --config-file .checkov.yaml --file .local/expanded.json edge.yaml || bad=1
  "$bin/sam" validate --lint --template template.yaml || bad=1
  return "$bad"
}

# Enter alone answers all that sam deploy --guided asks, up to the credentials that are not there.
guided() {
  local folder sam=$PWD/.local/tools/sam/bin/sam said
  folder=$(mktemp -d)
  cp template.yaml samconfig.toml "$folder"
  said=$(cd "$folder" && printf '\n%.0s' {1..80} | env -u AWS_ACCESS_KEY_ID -u AWS_PROFILE AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null \
    AWS_EC2_METADATA_DISABLED=true SAM_CLI_TELEMETRY=0 timeout 120 "$sam" deploy --guided --config-env prod 2>&1) || true
  rm -rf "$folder"
  [[ $said == *"Unable to locate credentials"* ]] || { printf '%s\n' "$said" >&2; return 1; }
  echo "$(grep -o 'Parameter [A-Za-z]* \[' <<<"$said" | wc -l) parameters, and nothing that Enter does not answer"
}

second_judge() { .local/tools/judges/bin/python tools/second-judge.py; }

# Fetching waits more than it works: what needs none of it is checked meanwhile.
install() {
  local tool pids=() pid
  for tool in pages sam checkov judges; do
    tools/install.sh "$tool" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || touch "$said/not_installed"; done
}
install &
installing=$!
check gofmt formatted
# Vet and staticcheck read each module on its own. What all of them need is compiled by vet, one module after the other: two at once would
# compile the same.
modules=(. cmd/local/s3engine cmd/central bench examples/product examples/clients/go)
vet() {
  local module bad=0
  for module in "${modules[@]}"; do go -C "$module" vet ./... || bad=1; done
  return "$bad"
}
n=$((n + 1))
one "$said/$n" "go vet" vet
for module in "${modules[@]}"; do
  check "staticcheck ($module)" go -C "$module" run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
done
check govulncheck vulnerabilities
check gosec weaknesses
check "workflows" go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
check "clients of the contract" tools/clients.sh
wait "$installing" || true
[ ! -e "$said/not_installed" ] || { wait; echo "a tool of the checks could not be installed: see above" >&2; exit 1; }
check "types of scripts" scripts
check "OpenAPI" openapi
check "template" template
check "sam deploy --guided" guided
check "second judges of it" second_judge

wait

echo
for list in not_run failed; do touch "$said/$list"; done
while read -r name; do
  echo "######## NOT RUN: $name. Run make check where it can be. ########" >&2
done <"$said/not_run"
while read -r name; do
  echo "FAILED: $name" >&2
done <"$said/failed"
[ ! -s "$said/failed" ] && echo "every check that ran has passed"
