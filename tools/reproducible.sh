#!/usr/bin/env bash
# sam build makes the binaries that `make build` makes, and twice the same: what was reviewed is what is deployed.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install.sh sam
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=ap-south-1
sam=$PWD/.local/tools/sam/bin/sam work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

built() { # folder -> one line for each function: its hash and its name
  (cd "$1" && for f in */bootstrap; do
    name=$(dirname "$f")
    printf '%s  %s\n' "$(sha256sum "$f" | cut -d' ' -f1)" "$(tr '[:upper:]' '[:lower:]' <<<"${name%Function}")"
  done | sort -k2)
}

sam_build() { # name, folder of the sources, options
  (cd "$2" && "$sam" build --build-dir "$work/$1" "${@:3}" >"$work/$1.log" 2>&1) || { cat "$work/$1.log" >&2; exit 1; }
  built "$work/$1" >"$work/$1.sums"
}

make --no-print-directory build >"$work/make.log"
built .local/build >"$work/make.sums"
sam_build here . --build-in-source --parallel # else it copies all of this folder, with the tools and node_modules, for each function
# As people build, but elsewhere: the folder may not matter. Nor may what was compiled before: one function is built from nothing as well.
mkdir "$work/sources"
git ls-files -z | grep -zv '^docs/screens/' | xargs -0 cp --parents -t "$work/sources"
sam_build elsewhere "$work/sources"
GOCACHE=$work/cache sam_build nothing "$work/sources" LoginFunction

for build in here elsewhere; do
  diff "$work/make.sums" "$work/$build.sums" || { echo "sam build $build differs from make build" >&2; exit 1; }
done
grep -qxf "$work/nothing.sums" "$work/make.sums" || { echo "login, built without a cache, differs from make build" >&2; exit 1; }
echo "make build, sam build, sam build in another folder, and one without a cache agree:"
cat "$work/make.sums"
