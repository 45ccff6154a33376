#!/usr/bin/env bash
# Makes an image that sam local can put Lambda's runtime emulator into, where the public one cannot be pulled: a shell and its
# commands, from Debian's busybox-static. The functions are static binaries and need no more.
# Usage: tools/stand-in-image.sh name:tag
set -euo pipefail

name=${1:?usage: tools/stand-in-image.sh name:tag}
busybox=$(command -v busybox) || { echo "busybox is needed: apt-get install busybox-static" >&2; exit 1; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,tmp,etc,var/task,var/runtime,opt}
chmod 1777 "$root/tmp"
cp "$busybox" "$root/bin/busybox"
for command in sh mv cp ls cat chmod mkdir rm env; do ln -s busybox "$root/bin/$command"; done
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
tar -C "$root" -c . | docker import --change 'ENV PATH=/bin:/usr/bin' --change 'WORKDIR /var/task' - "$name" >/dev/null
