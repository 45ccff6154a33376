#!/usr/bin/env bash
# make run: brings what the local run is made of, and starts it. Arguments are those of the local run.
set -euo pipefail
cd "$(dirname "$0")/.."

# As the functions are compiled, so that nothing is compiled twice. What does not compile is said below, by who needs it.
flags=(-tags lambda.norpc,nethttpomithttp2 -trimpath -buildvcs=false "-ldflags=-s -w")
CGO_ENABLED=0 tools/go.sh "Central" . list -e -export -v "${flags[@]}" ./cmd/local ./functions/...
CGO_ENABLED=0 go build "${flags[@]}" -o .local/bin/local ./cmd/local
# The run brings the engines that are missing while it builds; here those of another version are replaced.
for engine in dynoxide versitygw; do
  [ ! -e ".local/tools/$engine" ] || tools/install.sh "$engine"
done
exec .local/bin/local "$@"
