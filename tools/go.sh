#!/usr/bin/env bash
# Runs go in a folder and says how far it is: modules fetched, packages compiled, seconds. On a terminal that is one line that changes;
# elsewhere a line every ten seconds. Where there is nothing to do it says nothing.
# Usage: tools/go.sh what folder build|list options packages (with -v, which names what is compiled)
set -euo pipefail

what=$1 folder=$2
shift 2
stop() { printf '%s\n' "$@" >&2; exit 1; }
wanted() { awk '$1 == "go" {print $2}' "$folder/go.mod"; }

command -v go >/dev/null || stop "Go is not installed: https://go.dev/dl, or your system's package golang, version $(wanted) or later."
version=$(go env GOVERSION 2>/dev/null || true) version=${version#go}
minor=${version#1.} minor=${minor%%[!0-9]*}
# From 1.21 on Go fetches the version that go.mod asks for.
[[ $version != 1.* ]] || [ "${minor:-0}" -ge 21 ] || stop "Go $version is too old: https://go.dev/dl has $(wanted), which $folder/go.mod asks for."
cache=$(go env GOMODCACHE)

# missing counts the modules of go.mod that are not in the cache. Some only tests need, so that fewer may be fetched.
missing() {
  awk '$1 == "require" && $2 == "(" {on = 1; next} $1 == ")" {on = 0} on {print $1, $2} $1 == "require" && $2 != "(" {print $2, $3}' "$folder/go.mod" |
    awk '{name = ""; for (i = 1; i <= length($1); i++) {c = substr($1, i, 1); name = name (c ~ /[A-Z]/ ? "!" tolower(c) : c)} print name, $2}' |
    while read -r path version; do
      [ -e "$cache/cache/download/$path/@v/$version.zip" ] || echo "$path"
    done | wc -l | tr -d ' '
}

packages=()
for argument; do
  case $argument in ./* | .) packages+=("$argument") ;; esac
done
of=$(missing) all="" began=$SECONDS said=$SECONDS fetched=0 compiled=0 last="" errors=""

progress() {
  local now
  if [ "$compiled" -gt 0 ]; then
    now="compiled $compiled${all:+ of at most $all} packages"
  elif [ "$fetched" -gt 0 ]; then
    now="fetching module $fetched of at most $of ($last)"
  else
    return 0
  fi
  now="$what: $now, $((SECONDS - began)) s"
  if [ -t 2 ]; then
    printf '\r\033[K%.79s' "$now" >&2
  elif [ $((SECONDS - said)) -ge 10 ]; then
    said=$SECONDS
    printf '%s\n' "$now" >&2
  fi
}

# run runs go, follows what it says, and returns its code. What it says of errors is in $errors.
run() {
  local line code=1 # unless it says how it ended
  errors=""
  # A tick each second lets the line move while go says nothing.
  exec 3< <(
    while sleep 1; do echo tick; done 2>/dev/null &
    ticks=$! ended=0
    go -C "$folder" "$@" 2>&1 >/dev/null || ended=$?
    kill "$ticks" 2>/dev/null
    echo "ended $ended"
  )
  while IFS= read -r line <&3; do
    case $line in
      tick) ;;
      "ended "*)
        code=${line#ended }
        break
        ;;
      "go: downloading "*) fetched=$((fetched + 1)) last=${line#go: downloading } ;;
      "go: "* | "# "* | *" "* | "") errors=$errors$line$'\n' ;;
      *) # a package
        [ "$compiled" -gt 0 ] || all=$(go -C "$folder" list -deps "${packages[@]}" 2>/dev/null | wc -l | tr -d ' ')
        compiled=$((compiled + 1))
        ;;
    esac
    progress
  done
  exec 3<&-
  return "$code"
}

line_off() { [ ! -t 2 ] || [ $((fetched + compiled)) -eq 0 ] || printf '\r\033[K' >&2; }

# advice says what to do about an error that is none of the sources. It ends here.
advice() {
  local first=${errors%%$'\n'*}
  case $errors in
    *"no space left on device"*) set -- "The disk is full. Go keeps what it fetches in $cache, and what it compiles in $(go env GOCACHE); go clean -cache empties that." ;;
    *"requires go >= "* | *"download go1"*) set -- "This Go is $version, and it could not fetch a newer one (GOTOOLCHAIN=$(go env GOTOOLCHAIN)): https://go.dev/dl has it." ;;
    *"dial tcp"* | *"no such host"* | *timeout* | *proxyconnect* | *"connection re"* | *"TLS "* | *"x509: "* | *"reading http"* | *"unexpected EOF"* | *"by GOPROXY"* | *"Forbidden"* | *"Bad Gateway"*)
      set -- "Modules could not be fetched from $(go env GOPROXY). Look at the network; behind a proxy set HTTPS_PROXY, or GOPROXY to a mirror that you reach." \
        "What was fetched is kept: run the same again." ;;
    *) return 0 ;;
  esac
  line_off
  stop "$first" "$@"
}

if [ "$of" -gt 0 ]; then # first, so that what is wrong with the network is not said once for each file
  run list -deps "${packages[@]}" || advice
fi
code=0
run "$@" || code=$?
[ "$code" -eq 0 ] || advice
line_off
if [ "$code" -ne 0 ]; then
  printf '%s' "$errors" >&2
elif [ "$fetched" -gt 0 ] || [ "$compiled" -gt 20 ]; then # less than that is an edit
  echo "$what: fetched $fetched modules, compiled $compiled packages, $((SECONDS - began)) s" >&2
fi
exit "$code"
