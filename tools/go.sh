#!/usr/bin/env bash
# Runs go in a folder and says how far it is: modules fetched, packages compiled, seconds. On a terminal that is one line that changes;
# elsewhere a line every ten seconds. Where nothing is to be done it says nothing.
# Usage: tools/go.sh what folder build|list ... (with -v, which names what is compiled)
set -euo pipefail

what=$1 folder=$2
shift 2
stop() { printf '%s\n' "$@" >&2; exit 1; }

command -v go >/dev/null || stop "Go is not installed: https://go.dev/dl (or your system's package golang), version $(awk '$1 == "go" {print $2}' "$folder/go.mod") or later."
version=$(go env GOVERSION 2>/dev/null) && version=${version#go}
major=${version%%.*} minor=${version#*.} && minor=${minor%%[!0-9]*}
# From 1.21 on Go fetches the version that go.mod asks for.
[ "${major:-0}" -gt 1 ] || [ "${minor:-0}" -ge 21 ] ||
  stop "Go $version is too old: https://go.dev/dl has the version that $folder/go.mod asks for, $(awk '$1 == "go" {print $2}' "$folder/go.mod"), or a later one."

# The modules of go.mod that are not in the cache. Some of them only tests need, so that fewer may be fetched.
missing() {
  local path version
  awk '$1 == "require" && $2 != "(" {print $2, $3} $1 == "require" && $2 == "(" {on = 1; next} $1 == ")" {on = 0} on {print $1, $2}' "$folder/go.mod" |
    awk '{out = ""; for (i = 1; i <= length($1); i++) {c = substr($1, i, 1); out = out (c ~ /[A-Z]/ ? "!" tolower(c) : c)} print out, $2}' |
    while read -r path version; do
      [ -e "$cache/cache/download/$path/@v/$version.zip" ] || echo "$path"
    done | wc -l | tr -d ' '
}
cache=$(go env GOMODCACHE)
of=$(missing)
began=$SECONDS fetched=0 compiled=0 packages="" said=$SECONDS errors=""

progress() {
  local now=
  [ "$compiled" -gt 0 ] && now="compiled $compiled${packages:+ of at most $packages} packages"
  [ "$compiled" -eq 0 ] && [ "$fetched" -gt 0 ] && now="fetching module $fetched of at most $of ($last)"
  [ -n "$now" ] || return 0
  now="$what: $now, $((SECONDS - began)) s"
  if [ -t 2 ]; then
    printf '\r\033[K%.79s' "$now" >&2
  elif [ $((SECONDS - said)) -ge 10 ]; then
    said=$SECONDS
    printf '%s\n' "$now" >&2
  fi
}

take() { # a line of go
  case $1 in
    "go: downloading "*) fetched=$((fetched + 1)) last=${1#go: downloading } ;;
    "go: "* | "# "* | *" "* | "") errors=$errors$1$'\n' ;;
    *)
      # Which packages there are is known once all are fetched.
      [ "$compiled" -gt 0 ] || packages=$(go -C "$folder" list -deps "${@:2}" 2>/dev/null | wc -l | tr -d ' ') || true
      compiled=$((compiled + 1))
      ;;
  esac
}

hint() {
  case $errors in
    *"no space left on device"*) echo "The disk is full. Go's caches are in $cache and $(go env GOCACHE); go clean -cache empties the second." ;;
    *"requires go >= "*) echo "This Go ($version) may not fetch a newer one (GOTOOLCHAIN=$(go env GOTOOLCHAIN)): install it from https://go.dev/dl, or set GOTOOLCHAIN=auto." ;;
    *"dial tcp"* | *"no such host"* | *"timeout"* | *"proxyconnect"* | *"connection re"* | *"TLS handshake"* | *"reading http"* | *"unexpected EOF"* | *"disabled by GOPROXY"*)
      echo "The Go modules cannot be fetched from $(go env GOPROXY). Look at the network; behind a proxy set HTTPS_PROXY, or GOPROXY to a mirror that you reach."
      echo "What was fetched is kept: run the same again." ;;
  esac
}

# The packages of the command line: what follows the options.
of_command=()
for argument; do
  case $argument in ./* | .) of_command+=("$argument") ;; esac
done

# A tick each second lets the line move while go says nothing.
exec 3< <(
  while sleep 1; do echo tick; done &
  ticks=$! ended=0
  go -C "$folder" "$@" 2>&1 >/dev/null || ended=$?
  kill "$ticks" 2>/dev/null
  echo "ended $ended"
)
code=1 # unless it says how it ended
while IFS= read -r line <&3; do
  case $line in
    tick) ;;
    "ended "*)
      code=${line#ended }
      break
      ;;
    *) take "$line" "${of_command[@]}" ;;
  esac
  progress
done
[ ! -t 2 ] || [ $((fetched + compiled)) -eq 0 ] || printf '\r\033[K' >&2
if [ "$code" -ne 0 ]; then
  printf '%s' "$errors" >&2
  hint >&2
  exit "$code"
fi
if [ $((fetched + compiled)) -gt 0 ] && [ $((SECONDS - began)) -ge 2 ]; then
  echo "$what: fetched $fetched modules, compiled $compiled packages, $((SECONDS - began)) s" >&2
fi
