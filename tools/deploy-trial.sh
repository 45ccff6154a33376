#!/usr/bin/env bash
# Deploys this tree to an emulator of AWS and tries what an operator and what people would: tools/deploy-trial.sh --help.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install.sh sam
tools/install.sh ministack
export PYTHONDONTWRITEBYTECODE=1
exec .local/tools/ministack/bin/python tools/trial/trial.py "$@"
