#!/usr/bin/env bash
# Installs what the local run and the tests need into .local/tools, each in a pinned version. What is there already is left alone.
set -euo pipefail

usage() {
  cat <<TEXT
tools/install.sh [dynoxide|dynamodb-local|sam|all]

  dynoxide        the DynamoDB of the local run and the tests (npm)
  dynamodb-local  AWS's own DynamoDB for one machine, on Java: the second opinion (Maven)
  sam             AWS SAM CLI and cfn-lint, which check the template (PyPI)
  all             all of them (default)
TEXT
}

root=$(cd "$(dirname "$0")/.." && pwd)
tools=$root/.local/tools
mkdir -p "$tools"

need() { command -v "$1" >/dev/null || { echo "tools/install.sh: $1 is needed to install $2" >&2; exit 1; }; }

# The SHA-512 of each package, as npm publishes it.
dynoxide_version=1.2.1
declare -A dynoxide_integrity=(
  [linux-x64]="sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg=="
)

dynoxide() {
  [ -x "$tools/dynoxide/dynoxide" ] && return
  local platform
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x64 ;;
    *)
      echo "dynoxide has no package for $(uname -s) on $(uname -m) that we have checked: DynamoDB Local takes its place." >&2
      dynamodb_local
      return
      ;;
  esac
  need npm dynoxide
  local tmp file sum
  tmp=$(mktemp -d)
  file=$(cd "$tmp" && npm pack --silent "@dynoxide/$platform@$dynoxide_version" 2>/dev/null | tail -n 1)
  sum=$(openssl dgst -sha512 -binary "$tmp/$file" | openssl base64 -A)
  if [ "$sum" != "${dynoxide_integrity[$platform]}" ]; then
    echo "tools/install.sh: dynoxide $dynoxide_version is not the package that was checked (SHA-512 $sum)" >&2
    exit 1
  fi
  tar -xzf "$tmp/$file" -C "$tmp"
  mkdir -p "$tools/dynoxide"
  mv "$tmp/package/dynoxide" "$tools/dynoxide/dynoxide"
  chmod +x "$tools/dynoxide/dynoxide"
  rm -rf "$tmp"
  echo "installed dynoxide $dynoxide_version"
}

dynamodb_local_jar=DynamoDBLocal-3.3.1.jar
dynamodb_local_sha256=41a32e0a840a1fa375d7b3955e60d4b1db94c423ef9e14a43ee9b4cf9c2fb536

dynamodb_local() {
  [ -f "$tools/dynamodb-local/$dynamodb_local_jar" ] && return
  need mvn "DynamoDB Local"
  need java "DynamoDB Local"
  local tmp=$tools/dynamodb-local.new
  rm -rf "$tmp"
  mvn -q -B -f "$root/tools/dynamodb-local.pom.xml" dependency:copy-dependencies -DoutputDirectory="$tmp"
  echo "$dynamodb_local_sha256  $tmp/$dynamodb_local_jar" | sha256sum --check --quiet
  rm -rf "$tools/dynamodb-local"
  mv "$tmp" "$tools/dynamodb-local"
  echo "installed DynamoDB Local 3.3.1"
}

sam() {
  [ -x "$tools/sam/bin/sam" ] && "$tools/sam/bin/cfn-lint" --version >/dev/null 2>&1 && return
  need python3 "AWS SAM CLI"
  rm -rf "$tools/sam"
  python3 -m venv "$tools/sam"
  "$tools/sam/bin/pip" install --quiet --disable-pip-version-check -r "$root/tools/requirements.txt"
  echo "installed AWS SAM CLI and cfn-lint"
}

case "${1:-all}" in
  dynoxide) dynoxide ;;
  dynamodb-local) dynamodb_local ;;
  sam) sam ;;
  all) dynoxide; dynamodb_local; sam ;;
  -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
