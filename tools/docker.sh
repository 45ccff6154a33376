#!/usr/bin/env bash
# Installs and starts Docker's engine from Debian's packages, where none answers. For machines without an init, such as those of CI.
# Ends with 3 where the machine is not allowed to run containers at all.
set -euo pipefail

docker info >/dev/null 2>&1 && exit
if ! command -v dockerd >/dev/null || ! command -v busybox >/dev/null || ! command -v ip >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq docker.io iptables iproute2 busybox-static >/dev/null
fi
# In a container that is not privileged none can start.
capabilities=$((16#$(awk '/^CapEff/ {print $2}' /proc/self/status)))
(((capabilities >> 12) & (capabilities >> 21) & 1)) || { echo "This machine may not make networks and mounts (CAP_NET_ADMIN, CAP_SYS_ADMIN): no Docker here." >&2; exit 3; }

log=$(mktemp /tmp/dockerd-XXXXXX.log)
for options in "" "--storage-driver=vfs --iptables=false --ip6tables=false"; do # the second for kernels without overlay and netfilter
  # shellcheck disable=SC2086
  dockerd $options >>"$log" 2>&1 &
  engine=$!
  for _ in $(seq 60); do
    docker info >/dev/null 2>&1 && exit
    kill -0 "$engine" 2>/dev/null || break
    read -rt 1 <> <(:) || true
  done
  kill "$engine" 2>/dev/null && wait "$engine" 2>/dev/null || true
done
echo "dockerd does not start:" >&2
tail -n 30 "$log" >&2
exit 1
