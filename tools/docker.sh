#!/usr/bin/env bash
# Installs and starts Docker's engine from Debian's packages, where none answers. For machines without an init, such as those of CI.
set -euo pipefail

docker info >/dev/null 2>&1 && exit
if ! command -v dockerd >/dev/null || ! command -v busybox >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq docker.io iptables busybox-static >/dev/null
fi
log=$(mktemp /tmp/dockerd-XXXXXX.log)
dockerd >"$log" 2>&1 &
for _ in $(seq 60); do
  docker info >/dev/null 2>&1 && exit
  read -rt 1 <> <(:) || true
done
echo "dockerd does not start:" >&2
tail -n 20 "$log" >&2
exit 1
