#!/usr/bin/env bash
# make bench: brings what is measured, and measures it. Arguments are those of the bench.
set -euo pipefail
cd "$(dirname "$0")/.."

case " $* " in *" --help "* | *" -h "* | *" --redraw "*) ;; *)
  tools/install.sh dynoxide
  tools/install.sh versitygw
  if [[ $* != *--only* || $* == *peers* ]]; then # a minute or two the first time
    tools/install.sh kratos
    tools/install.sh postgres
  fi
  ;;
esac
tools/go.sh "bench" bench build -v -o "$PWD/.local/bin/bench" .
exec .local/bin/bench "$@"
