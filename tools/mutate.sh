#!/usr/bin/env bash
# Mutation testing: gremlins changes the code of a package, one place at a time, and runs its tests; a change that no test notices lived.
# tools/mutate.sh [package of shared/...]. It works on a copy of what is committed. The figures are in docs/security.md, with what lives.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- password token phone account
here=$PWD
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git archive HEAD | tar -x -C "$copy" --exclude='*.webp' --exclude='*.ttf'
mkdir -p .local/mutate
gremlins=$PWD/.local/tools/gremlins/gremlins
[ -x "$gremlins" ] || GOBIN=$(dirname "$gremlins") go install github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0

for package in "$@"; do
  printf '\n== shared/%s\n' "$package"
  # One worker: two on two CPUs make tests time out, which says nothing of them.
  (cd "$copy" && "$gremlins" unleash "./shared/$package" --workers 1 --test-cpu 1 --timeout-coefficient 10 --exclude-files _gen.go) >".local/mutate/$package.log" 2>&1 || { cat ".local/mutate/$package.log" >&2; exit 1; }
  grep -E '^ *(LIVED|TIMED OUT) ' ".local/mutate/$package.log" || true
  grep -E '^(Killed|Timed out)' ".local/mutate/$package.log"
  (cd "$copy" && python3 "$here/tools/mutate-rest.py" "shared/$package" "$here/.local/mutate/$package.log")
done
