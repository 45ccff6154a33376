#!/usr/bin/env bash
# Mutation testing: the code of a package is changed, one place at a time, and its tests run; a change that no test notices lived.
# tools/mutate.sh [package of shared/..., or package=how many places]. Gremlins lists the places; tools/mutate builds all changes at once, each behind
# a switch; what has no switch, as constants, mutate-rest.py builds one by one. It works on a copy of what is committed. The figures are in docs/security.md.
set -euo pipefail
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- password token phone account
here=$PWD
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p .local/mutate
gremlins=$PWD/.local/tools/gremlins/gremlins
[ -x "$gremlins" ] || GOBIN=$(dirname "$gremlins") go install github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0
go build -o .local/mutate/mutate ./tools/mutate

for wanted in "$@"; do
  package=${wanted%%=*} most=0 log=.local/mutate/${wanted%%=*}
  [ "$wanted" = "$package" ] || most=${wanted#*=}
  printf '\n== shared/%s\n' "$package"
  rm -rf "${copy:?}"/* "$copy/.local"
  git archive HEAD | tar -x -C "$copy" --exclude='*.webp' --exclude='*.ttf'
  # One engine is enough, and the quicker one.
  mkdir -p "$copy/.local/tools"
  ln -s "$here/.local/tools/dynoxide" "$here/.local/tools/versitygw" "$copy/.local/tools/"
  further=()
  # What these do they do with the store on that engine.
  [ "$package" != store ] || further=(functions/account functions/clock functions/factor functions/kyc functions/login functions/review functions/signup)
  (cd "$copy" && "$gremlins" unleash "./shared/$package" --dry-run --exclude-files _gen.go --exclude-files 'test/') >"$log.places"
  (cd "$copy" && "$here/.local/mutate/mutate" "shared/$package" "$here/$log.places" "$most" "${further[@]}") >"$log.log"
  grep -E '^ *LIVED|^Behind' "$log.log"
  rm -rf "$copy/shared" "$copy/mutant"
  git archive HEAD shared | tar -x -C "$copy" --exclude='*.webp' --exclude='*.ttf'
  (cd "$copy" && python3 "$here/tools/mutate-rest.py" "shared/$package" "$here/$log.log")
done
