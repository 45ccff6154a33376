#!/usr/bin/env bash
# While a new version takes over, functions of both versions work on the same tables. This runs the last release (or the commit given) and
# the sources here on one database, one bucket and one secret, and takes the journeys with every second request on the other version.
# Usage: tools/upgrade.sh [commit]
set -euo pipefail
cd "$(dirname "$0")/.."

before=${1:-$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || git rev-list --first-parent --max-count=40 HEAD | tail -n 1)}
work=$(mktemp -d "$([ -d /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")/central-upgrade-XXXXXX")
old=4800 new=4900
stop() {
  kill $(jobs -p) 2>/dev/null || true
  wait
  git worktree remove --force "$work/before" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

tools/install.sh dynoxide
git worktree add --quiet --detach "$work/before" "$before"
mkdir -p "$work/before/.local" && ln -s "$PWD/.local/tools" "$work/before/.local/tools"
go -C "$work/before/cmd/local" build -o "$work/before/.local/bin/local" .
tools/install.sh versitygw
go build -o .local/bin/local ./cmd/local

up() { # port
  for _ in $(seq 600); do
    curl --silent --fail --max-time 2 --output /dev/null "http://127.0.0.1:$1/v1/health" && return
    read -rt 0.5 <> <(:) || true
  done
  echo "the run on port $1 does not answer" >&2
  cat "$work"/*.log >&2
  exit 1
}

PORT=$old "$work/before/.local/bin/local" --root "$work/before" --data "$work/data" --no-watch --schedule-every 1s >"$work/before.log" 2>&1 &
up $old
# The engines of the first take the ports after its own, in this order.
n=$old
for service in DYNAMODB S3 SES SNS PINPOINT_SMS_VOICE_V2 SECRETS_MANAGER; do
  n=$((n + 1))
  export "AWS_ENDPOINT_URL_$service=http://127.0.0.1:$n"
done
PORT=$new .local/bin/local --root . --data "$work/new" --no-watch --schedule-every 1s >"$work/new.log" 2>&1 &
up $new

echo "before: $(git log -1 --format='%h %s' "$before")"
echo "now:    $(git log -1 --format='%h %s')$(git diff --quiet || echo ', with changes')"
cd e2e
CENTRAL_URL=http://127.0.0.1:$old CENTRAL_OTHER_URL=http://127.0.0.1:$new CENTRAL_CONTRACT=$work/before/api/openapi.yaml go test -count=1 -run "${TESTS:-^TestJourney|^TestFifty}" -v . | grep -E '^(=== RUN|--- |\s+---|\s+\S+_test\.go:|ok|FAIL|PASS|panic)' | grep -v '=== RUN'
