#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<TEXT
tools/sam-local.sh [run|test]

The functions in Lambda's containers by \`sam local start-api\`, in front of the same engines as \`make run\`.

  run     (default) until Ctrl-C: http://127.0.0.1:3000 (PORT)
  test    starts all, takes the journeys and most other tests of e2e through it, says how many requests it answered, and stops

  BASE_IMAGE=...   the image of the runtime; without it the public one of Lambda where it can be pulled, and else a stand-in made of busybox

Needs Docker (tools/docker.sh starts it on Debian), Go, and Python for the SAM CLI.
TEXT
}

case "${1:-run}" in
  run | test) mode=${1:-run} ;;
  -h | --help) usage; exit ;;
  *) usage >&2; exit 2 ;;
esac
docker info >/dev/null 2>&1 || { echo "Docker does not answer. Start it (on Debian: tools/docker.sh), and see that this user may use it." >&2; exit 1; }

port=${PORT:-3000} lambda=$((${PORT:-3000} + 20)) work=$PWD/.local/sam-local
sam=$PWD/.local/tools/sam/bin/sam
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=ap-south-1
mkdir -p "$work"
tools/install.sh sam
tools/install.sh dynoxide
tools/install.sh versitygw

# What the machine runs without emulating, and the variables that lead to the engines: sam local sets only those that a template names.
arch=$(uname -m) && arch=${arch/aarch64/arm64}
endpoints=$(printf '        AWS_ENDPOINT_URL_%s: ""\\n' DYNAMODB S3 SES SNS PINPOINT_SMS_VOICE_V2 SECRETS_MANAGER)
sed -e "s/Architectures: \[arm64\]/Architectures: [$arch]/" -e "s|^        LOG_LEVEL: .*|&\n${endpoints%\\n}|" template.yaml >"$work/template.yaml"
echo "building for $arch" >&2
ARCH=${arch/x86_64/amd64} "$sam" build --template-file "$work/template.yaml" --base-dir . --build-dir "$work/build" --build-in-source --parallel >"$work/build.log" 2>&1 ||
  { cat "$work/build.log" >&2; exit 1; }

public=public.ecr.aws/lambda/provided:al2023
image=${BASE_IMAGE:-}
if [ -z "$image" ]; then
  image=$public
  if ! docker image inspect "$public" >/dev/null 2>&1 && ! timeout 90 docker pull --quiet "$public" >/dev/null 2>&1; then
    image=central-stand-in:latest
    echo "######## The image $public cannot be pulled: a stand-in of busybox takes its place. ########" >&2
    tools/stand-in-image.sh "$image"
  fi
fi

pids=()
stop() {
  kill "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  # A sam that is stopped while it starts leaves containers behind. Ours have a folder of this build in them.
  local folder
  for folder in "$work"/build/*Function; do
    docker ps --all --quiet --filter "volume=$folder" | xargs -r docker rm --force >/dev/null
  done
}
trap stop EXIT INT TERM

# Containers reach this machine at the bridge's address.
bridge=$(docker network inspect bridge --format '{{(index .IPAM.Config 0).Gateway}}')
# After a restart the engine may know the subnet alone; the interface has the address.
[ -n "$bridge" ] || bridge=$(ip -4 -o addr show docker0 | sed -n 's|.* inet \([0-9.]*\)/.*|\1|p')
[ -n "$bridge" ] || { echo "The address of Docker's bridge is not known: docker network inspect bridge" >&2; exit 1; }
CGO_ENABLED=0 tools/go.sh "the engines" . build -v -trimpath -buildvcs=false "-ldflags=-s -w" -o "$PWD/.local/bin/local" ./cmd/local
PORT=$port .local/bin/local --root . --data "$work/data" --fresh --engines-only --address "$bridge" --lambda "http://127.0.0.1:$lambda" >"$work/engines.env" 2>"$work/engines.log" &
pids+=($!)
until grep -q USERS_TABLE "$work/engines.env" 2>/dev/null; do
  kill -0 "${pids[0]}" 2>/dev/null || { cat "$work/engines.log" >&2; exit 1; }
  read -rt 0.2 <> <(:) || true
done
# shellcheck disable=SC1091
. "$work/engines.env"
PUBLIC_URL=http://127.0.0.1:$port python3 -c '
import json, os
names = [n for n in os.environ if n.startswith("AWS_ENDPOINT_URL_")] + ["PUBLIC_URL", "USERS_TABLE", "TOKENS_TABLE", "UPLOADS_BUCKET", "SECRET_ID", "MAIL_FROM", "MAIL_CONFIGURATION_SET", "EVENTS_TOPIC_ARN"]
print(json.dumps({"Parameters": {n: os.environ[n] for n in names}}))' >"$work/env.json"

options=(--template "$work/build/template.yaml" --env-vars "$work/env.json" --host 127.0.0.1 --invoke-image "$image" --skip-pull-image
  --shutdown --parameter-overrides "Environment=local PublicUrl=http://127.0.0.1:$port MailFrom=$MAIL_FROM")
"$sam" local start-lambda "${options[@]}" --port "$lambda" --warm-containers LAZY >"$work/lambda.log" 2>&1 &
pids+=($!)
"$sam" local start-api "${options[@]}" --port "$port" --warm-containers EAGER >"$work/api.log" 2>&1 &
pids+=($!)

echo "starting; Lambda's log is .local/sam-local/api.log" >&2
for _ in $(seq 240); do
  curl --silent --fail --max-time 5 --output /dev/null "http://127.0.0.1:$port/v1/health" && break
  kill -0 "${pids[2]}" 2>/dev/null || { cat "$work/api.log" >&2; exit 1; }
  read -rt 0.5 <> <(:) || true
done
curl --silent --fail --output /dev/null "http://127.0.0.1:$port/v1/health" || { tail -n 40 "$work/api.log" >&2; echo "sam local does not answer" >&2; exit 1; }

if [ "$mode" = run ]; then
  echo "Central     http://127.0.0.1:$port  (sam local; at this address alone, not at localhost: it is the origin that the functions know)"
  echo "Its inside  $CENTRAL_LOCAL_URL  (mail, SMS, calls, tables)"
  wait "${pids[2]}"
  exit
fi
# All but those that stop engines or functions, race on purpose (a container has one request at a time), or send what sam local itself refuses.
tests='^Test(Journey|ABrowser|AnotherBrowser|Sessions|AForgotten|AChanged|Storage|WhatGotThrough|ADocument|AnotherEntity|LogInBefore|Details|Mails|AnAnswer|Links|BadInput)'
began=$SECONDS
CENTRAL_URL=http://127.0.0.1:$port CENTRAL_LOCAL_URL=$CENTRAL_LOCAL_URL go test -count=1 -run "$tests" -v ./e2e | grep -E '^(---|ok|FAIL|PASS|panic|    [a-z_]+test.go)'
echo "sam local answered $(grep -c '[A-Z] /[^ ]* HTTP/1' "$work/api.log") requests, $((SECONDS - began)) s"
