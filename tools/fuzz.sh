#!/usr/bin/env bash
# Runs every fuzz target of the functions' module for a while, two at a time: tools/fuzz.sh [seconds] [part of a name]. An input that makes
# one fail is printed and stays in testdata/fuzz of its package, where every later test tries it: commit it with the mend. What Go found
# on the way it keeps in its cache; making that smaller, which may take a minute for each find, gets a second.
# Before Go 1.27 the end of the time may itself make a target fail (go.dev/issue/75804), with no word against any input: such a target is
# tried once more, and then has to pass.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-30} part=${2:-}
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT

targets=$(grep -rnoE "^func Fuzz\w*$part\w*" --include='*_test.go' shared functions web e2e cmd | sed -E 's|^(.*)/[^/]*:[0-9]+:func (Fuzz.*)$|\1 \2|' | sort) || true
[ -n "$targets" ] || { echo "tools/fuzz.sh: no fuzz target has \"$part\" in its name" >&2; exit 1; }

try() { # folder, target, seconds, where to write what it says
  go -C "$1" test -run='^$' -fuzz="^$2\$" -fuzztime="${3}s" -fuzzminimizetime=1s -parallel=1 . >"$4" 2>&1
}

ended_late() { # what it said: only that its time was over
  grep -qx '    context deadline exceeded' "$1" && ! grep -qE '[Ff]ailing input|panic:|fatal error:|_test\.go:|hung or terminated' "$1"
}

fuzz() { # folder, target, seconds, where to write what they say
  local log=$4/$2 last
  if try "$1" "$2" "$3" "$log" || { ended_late "$log" && try "$1" "$2" "$3" "$log"; }; then
    last=$(grep -oE 'execs: [0-9]+' "$log" | tail -n 1)
    printf '%-50s %12s tries\n' "$2" "${last#execs: }"
  else
    printf '######## FAILED: %s in %s\n' "$2" "$1"
    cat "$log"
    grep -oE 'testdata/fuzz/\S+' "$log" | sort -u | while read -r input; do printf '%s:\n' "$1/$input"; cat "$1/$input"; done
    echo "$2" >>"$4/failed"
  fi
}
export -f try ended_late fuzz

xargs -P 2 -L 1 bash -c 'fuzz "$1" "$2" "'"$seconds"'" "'"$said"'"' fuzz <<<"$targets"

total=$(wc -l <<<"$targets")
if [ -s "$said/failed" ]; then
  echo "FAILED: $(sort "$said/failed" | tr '\n' ' ')" >&2
  exit 1
fi
echo "$total fuzz targets for $seconds s each: no input failed"
