#!/usr/bin/env bash
# make bench: brings what is measured, and measures it. Arguments are those of the bench.
set -euo pipefail
cd "$(dirname "$0")/.."

case " $* " in *" --help "* | *" -h "* | *" --redraw "*) ;; *)
  tools/install.sh dynoxide
  tools/install.sh versitygw
  ;;
esac
tools/go.sh "bench" bench build -v -o "$PWD/.local/bin/bench" .
exec .local/bin/bench "$@"
