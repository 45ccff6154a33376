#!/usr/bin/env bash
# Makes clients of api/openapi.yaml with three generators, each in a pinned version, into .local/clients; compiles and imports all of them,
# with warnings as errors, and makes every model. What was made of the same contract before is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<TEXT
tools/clients.sh [go|typescript|python|all]

  go          oapi-codegen: .local/clients/go
  typescript  openapi-typescript, with openapi-fetch: .local/clients/typescript
  python      openapi-python-client: .local/clients/python. e2e takes the whole journey with it
  all         all of them (default)
TEXT
}

made=$PWD/.local/clients source=$PWD/e2e/clients contract=$PWD/api/openapi.yaml
need() { command -v "$1" >/dev/null || { echo "tools/clients.sh: $1 is needed for the client in $2" >&2; exit 1; }; }

# What a client is made of, as one sum.
sum() { cat "$contract" tools/clients.sh "$source"/instances/* "$source/$1"/* | git hash-object --stdin; }

# Makes the client of a language anew where that is needed: a folder that was not finished has no sum.
client() {
  local language=$1 sum
  need "$2" "$language"
  sum=$(sum "$language")
  [ "$(cat "$made/$language/.made" 2>/dev/null)" = "$sum" ] && return
  mkdir -p "$made"/{go,typescript,python}
  rm -f "$made/$language/.made"
  cp "$source/$language"/* "$made/$language/"
  go run ./e2e/clients/instances "$made" >/dev/null
  (cd "$made/$language" && "in_$language")
  echo "$sum" >"$made/$language/.made"
}

in_go() {
  go tool oapi-codegen -generate types,client -package central -o client.gen.go "$contract"
  gofmt -l . | (! grep .)
  go vet ./...
  go test ./...
}

in_typescript() {
  npm ci --silent --no-audit --no-fund --ignore-scripts
  npx openapi-typescript "$contract" --output central.d.ts >/dev/null
  npx tsc
  echo "ok    TypeScript: $(grep -c '^export const' instances.ts) values"
}

in_python() {
  cmp -s requirements.txt .venv/installed || { rm -rf .venv && python3 -m venv .venv && .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt; }
  cp requirements.txt .venv/installed
  PATH=$PWD/.venv/bin:$PATH openapi-python-client generate --path "$contract" --config config.yaml --meta none --output-path central_client --overwrite --fail-on-warning >/dev/null
  .venv/bin/python -W error -m compileall -q central_client
  .venv/bin/python -W error instances.py
}

case "${1:-all}" in
  go) client go go ;;
  typescript) client typescript npm ;;
  python) client python python3 ;;
  all) client go go; client typescript npm; client python python3 ;;
  -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
