#!/usr/bin/env bash
# Installs what the local run and the tests need into .local/tools, each in a pinned version. What is there already is left alone.
set -euo pipefail

usage() {
  cat <<TEXT
tools/install.sh [dynoxide|versitygw|dynamodb-local|clamav|sam|checkov|judges|ministack|pages|examples|kratos|postgres|all]

  dynoxide        the DynamoDB of the local run and the tests (npm)
  versitygw       the S3 of the local run and the tests, built of cmd/local/s3engine (Go modules)
  dynamodb-local  AWS's own DynamoDB for one machine, on Java: the second opinion (Maven)
  clamav          the scanner of malware of the local run and the tests, which knows EICAR's test file (Debian's packages)
  sam             AWS SAM CLI and cfn-lint, which check the template (PyPI)
  checkov         looks for what is not safe in the template (PyPI)
  judges          moto, cloudformation-validate and roto, which judge templates and calls a second time (PyPI)
  ministack       the AWS that make deploy-trial deploys to, and AWS CLI (PyPI)
  pages           Playwright, axe and html-validate, which test the pages (npm); they need Chromium
  examples        the products of examples/, which log people in by libraries of others (Go modules, npm, PyPI, Maven)
  kratos          Ory Kratos, which make bench measures beside Central, built of bench/peers/kratos (Go modules)
  postgres        its database, where this machine has none (Debian's packages)
  all             all of them but the last two (default)
TEXT
}

root=$(cd "$(dirname "$0")/.." && pwd)
tools=$root/.local/tools
mkdir -p "$tools"

sha256="sha256sum"
command -v sha256sum >/dev/null || sha256="shasum -a 256"
tmp=

fetching() { echo "fetching $1 …" >&2; }

need() { # command, for what
  command -v "$1" >/dev/null && return
  local where=
  case $1 in
    npm) where=", which comes with Node.js: https://nodejs.org, or your system's packages nodejs and npm" ;;
    java) where=", 17 or later: your system's package openjdk-17-jre-headless or a later one" ;;
    mvn) where=", Apache Maven: your system's package maven" ;;
    javac) where=", of a JDK, 17 or later: your system's package openjdk-17-jdk-headless or a later one" ;;
  esac
  echo "tools/install.sh: $2 needs $1$where" >&2
  exit 1
}

dynoxide_version=1.2.1

dynoxide() {
  [ -x "$tools/dynoxide/dynoxide" ] && [ -f "$tools/dynoxide/$dynoxide_version" ] && return
  local platform integrity # the SHA-512 of the package, as npm publishes it
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x64 integrity="sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==" ;;
    *)
      echo "dynoxide has no package for $(uname -s) on $(uname -m) that we have checked: DynamoDB Local takes its place." >&2
      dynamodb_local
      return
      ;;
  esac
  need npm "dynoxide, the DynamoDB of the local run,"
  local file sum
  tmp=$(mktemp -d "$tools/.new-XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  if ! file=$(cd "$tmp" && npm pack --loglevel=error --ignore-scripts "@dynoxide/$platform@$dynoxide_version" 2>"$tmp/said" | tail -n 1); then
    echo "tools/install.sh: npm cannot fetch @dynoxide/$platform@$dynoxide_version from $(npm config get registry):" >&2
    grep -v -e 'complete log' -e '    at ' "$tmp/said" | head -n 5 >&2
    echo "Look at the network; behind a proxy: npm config set proxy and https-proxy. Then run the same again." >&2
    exit 1
  fi
  sum=$(openssl dgst -sha512 -binary "$tmp/$file" | openssl base64 -A)
  if [ "$sum" != "$integrity" ]; then
    echo "tools/install.sh: dynoxide $dynoxide_version is not the package that was checked (SHA-512 $sum)" >&2
    exit 1
  fi
  tar -xzf "$tmp/$file" -C "$tmp" package/dynoxide
  chmod 755 "$tmp/package/dynoxide"
  touch "$tmp/package/$dynoxide_version"
  # One move at the end: an interrupted run leaves nothing half.
  rm -rf "$tools/dynoxide"
  mv "$tmp/package" "$tools/dynoxide"
  rm -rf "$tmp"
  trap - EXIT
  echo "installed dynoxide $dynoxide_version" >&2
}

versitygw() {
  local sources=$root/cmd/local/s3engine stamp
  stamp=$(cd "$sources" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 $sha256 | $sha256)
  [ "$(cat "$tools/versitygw/sources" 2>/dev/null)" = "$stamp" ] && return
  tmp=$(mktemp -d "$tools/.new-XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  # With the flags of the functions: what they share is compiled once.
  CGO_ENABLED=0 "$root/tools/go.sh" "S3 engine" "$sources" build -v -trimpath -buildvcs=false "-ldflags=-s -w" -o "$tmp/package/versitygw" .
  printf '%s\n' "$stamp" >"$tmp/package/sources"
  rm -rf "$tools/versitygw"
  mv "$tmp/package" "$tools/versitygw"
  rm -rf "$tmp"
  trap - EXIT
}

# A minute or two: a thousand packages.
kratos() {
  local sources=$root/bench/peers/kratos stamp
  stamp=$(cd "$sources" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 $sha256 | $sha256)
  [ "$(cat "$tools/kratos/sources" 2>/dev/null)" = "$stamp" ] && return
  tmp=$(mktemp -d "$tools/.new-XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  CGO_ENABLED=0 "$root/tools/go.sh" "Ory Kratos" "$sources" build -v -trimpath -buildvcs=false "-ldflags=-s -w" -o "$tmp/package/kratos" .
  printf '%s\n' "$stamp" >"$tmp/package/sources"
  rm -rf "$tools/kratos"
  mv "$tmp/package" "$tools/kratos"
  rm -rf "$tmp"
  trap - EXIT
}

# The SHA-256 of DynamoDB Local and of everything that it needs.
dynamodb_local_sums=$root/tools/dynamodb-local.sha256

dynamodb_local() {
  cmp -s "$dynamodb_local_sums" "$tools/dynamodb-local/SHA256SUMS" && return
  need mvn "DynamoDB Local"
  need java "DynamoDB Local"
  fetching "DynamoDB Local, 92 files, 50 MB (Maven)"
  tmp=$(mktemp -d "$tools/.new-XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  if ! mvn -q -B -f "$root/tools/dynamodb-local.pom.xml" dependency:copy-dependencies -DoutputDirectory="$tmp/jars" >&2; then
    echo "tools/install.sh: Maven cannot fetch DynamoDB Local" >&2
    exit 1
  fi
  if ! (cd "$tmp/jars" && $sha256 -c "$dynamodb_local_sums" >/dev/null && [ "$(ls | wc -l)" -eq "$(wc -l <"$dynamodb_local_sums")" ]); then
    echo "tools/install.sh: DynamoDB Local is not what tools/dynamodb-local.sha256 says" >&2
    exit 1
  fi
  cp "$dynamodb_local_sums" "$tmp/jars/SHA256SUMS"
  rm -rf "$tools/dynamodb-local"
  mv "$tmp/jars" "$tools/dynamodb-local"
  rm -rf "$tmp"
  trap - EXIT
  echo "installed DynamoDB Local" >&2
}

# debian unpacks packages of Debian into $tmp/package, with the libraries that this machine lacks; nothing is installed in the system.
debian() { # packages
  fetching "$* (Debian's packages)"
  tmp=$(mktemp -d "$tools/.new-XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  if ! apt-cache show "$@" >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
    apt-get update -qq
  fi
  local libraries
  libraries=$(apt-get install --simulate --no-install-recommends "$@" 2>/dev/null | awk '/^Inst lib/ {print $2}')
  # shellcheck disable=SC2086 # a list of names
  if ! (cd "$tmp" && apt-get download -qq "$@" $libraries 2>said && for file in *.deb; do dpkg-deb -x "$file" package; done); then
    cat "$tmp/said" >&2
    echo "tools/install.sh: apt-get cannot fetch $*; apt-get update first" >&2
    exit 1
  fi
}

# That of this Debian, unless the machine has one already.
postgres() {
  local found name
  for found in /usr/lib/postgresql/*/bin/initdb "$tools"/postgres/usr/lib/postgresql/*/bin/initdb; do
    [ ! -x "$found" ] || return 0
  done
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "tools/install.sh: PostgreSQL comes out of Debian's packages, and this is no Debian: install it, or leave peers out of the bench with --only." >&2
    exit 1
  fi
  name=$(apt-cache depends postgresql 2>/dev/null | awk '$1 == "Depends:" && $2 ~ /^postgresql-[0-9]+$/ {print $2}')
  name=${name:-postgresql-15}
  debian "$name" "${name/-/-client-}"
  rm -rf "$tools/postgres"
  mv "$tmp/package" "$tools/postgres"
  rm -rf "$tmp"
  trap - EXIT
  echo "installed $name" >&2
}

# ClamAV's daemon out of Debian's packages, with the libraries that this machine lacks; nothing is installed in the system. The official
# signatures are large and change daily; what is to be seen here is that a finding is acted on.
clamav() {
  local signatures=$root/tools/clamav.ndb
  cmp -s "$signatures" "$tools/clamav/signatures/clamav.ndb" && [ -x "$tools/clamav/usr/sbin/clamd" ] && return
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "tools/install.sh: ClamAV comes out of Debian's packages, and this is no Debian: the local run scans nothing then." >&2
    return
  fi
  debian clamav-daemon
  mkdir -p "$tmp/package/signatures"
  cp "$signatures" "$tmp/package/signatures/clamav.ndb"
  rm -rf "$tools/clamav"
  mv "$tmp/package" "$tools/clamav"
  rm -rf "$tmp"
  trap - EXIT
  echo "installed ClamAV" >&2
}

# Apart from SAM: both pin what they need.
checkov() {
  local version=3.3.30
  [ -f "$tools/checkov/$version" ] && return
  need python3 checkov
  fetching "checkov $version (PyPI), about a minute"
  rm -rf "$tools/checkov"
  python3 -m venv "$tools/checkov"
  "$tools/checkov/bin/pip" install --quiet --disable-pip-version-check "checkov==$version"
  touch "$tools/checkov/$version"
  echo "installed checkov $version"
}

# Apart from SAM: what a judge needs is its own affair. The stamp says what is in it.
judges() {
  local packages=("moto[server,cloudformation]==5.2.5" aws-sam-translator==1.115.0 cloudformation-validate==1.14.0 roto-aws==0.10.1)
  [ "$(cat "$tools/judges/packages" 2>/dev/null)" = "${packages[*]}" ] && return
  need python3 "the second judges"
  fetching "moto, cloudformation-validate and roto (PyPI), about half a minute"
  rm -rf "$tools/judges"
  python3 -m venv "$tools/judges"
  "$tools/judges/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"
  echo "${packages[*]}" >"$tools/judges/packages"
  echo "installed the second judges" >&2
}

# Each apart: all three pin what they share.
ministack() {
  local name
  for name in ministack aws-cli; do
    cmp -s "$root/tools/trial/$name.txt" "$tools/$name/installed" && continue
    need python3 "$name"
    fetching "$name (PyPI), about half a minute"
    rm -rf "${tools:?}/$name"
    python3 -m venv "$tools/$name"
    "$tools/$name/bin/pip" install --quiet --disable-pip-version-check -r "$root/tools/trial/$name.txt"
    cp "$root/tools/trial/$name.txt" "$tools/$name/installed"
    echo "installed $name"
  done
}

sam() {
  [ -x "$tools/sam/bin/sam" ] && "$tools/sam/bin/cfn-lint" --version >/dev/null 2>&1 && return
  need python3 "AWS SAM CLI"
  fetching "AWS SAM CLI and cfn-lint (PyPI), about a minute"
  rm -rf "$tools/sam"
  python3 -m venv "$tools/sam"
  "$tools/sam/bin/pip" install --quiet --disable-pip-version-check -r "$root/tools/requirements.txt"
  echo "installed AWS SAM CLI and cfn-lint"
}

pages() {
  local folder=$root/e2e/browser browser=${CHROMIUM:-/usr/bin/chromium}
  if [ ! -x "$browser" ]; then
    echo "tools/install.sh: Chromium is needed to test the pages: apt-get install chromium, or say where it is with CHROMIUM=..." >&2
    exit 1
  fi
  cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed" && return
  need npm "the tests of the pages"
  fetching "Playwright, axe, html-validate and what else tests the pages (npm)"
  (cd "$folder" && npm ci --silent --no-audit --no-fund --ignore-scripts)
  cp "$folder/package-lock.json" "$folder/node_modules/.installed"
  echo "installed what tests the pages"
}

# Each product of examples/ is made ready to start, all at once; what was made of the same sources before is left alone.
examples() {
  local name pids=() pid
  for name in product clients/go clients/node clients/python clients/java; do
    example "$name" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
}

example() {
  local sources=$root/examples/$1 name=${1#clients/} stamp
  local made=$tools/examples/$name
  stamp=$(cd "$sources" && find . -type f -not -path "./node_modules/*" -not -path "./target/*" -print0 | LC_ALL=C sort -z | xargs -0 $sha256 | $sha256)
  [ "$(cat "$made/sources" 2>/dev/null)" = "$stamp" ] && return
  mkdir -p "$made"
  rm -f "$made/sources"
  "example_$name" "$sources" "$made"
  printf '%s\n' "$stamp" >"$made/sources"
  echo "installed examples/$1" >&2
}

example_product() { example_go "$@"; }

example_go() {
  CGO_ENABLED=0 "$root/tools/go.sh" "${1#"$root"/}" "$1" build -v -trimpath -buildvcs=false "-ldflags=-s -w" -o "$2/product" .
}

example_node() {
  need npm "the example"
  cp "$1/product.js" "$1/package.json" "$1/package-lock.json" "$2"
  (cd "$2" && npm ci --silent --no-audit --no-fund --ignore-scripts)
}

example_python() {
  need python3 "the example"
  cp "$1/product.py" "$2"
  cmp -s "$1/requirements.txt" "$2/requirements.txt" && return
  rm -rf "$2/venv"
  python3 -m venv "$2/venv"
  "$2/venv/bin/pip" install --quiet --disable-pip-version-check -r "$1/requirements.txt"
  cp "$1/requirements.txt" "$2"
}

example_java() {
  need mvn "the example"
  need javac "the example"
  if ! cmp -s "$1/pom.xml" "$2/pom.xml"; then
    fetching "Spring Boot for the example, 27 MB (Maven)"
    rm -rf "$2/jars"
    mvn -q -B -f "$1/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$2/jars" >&2
    cp "$1/pom.xml" "$2"
  fi
  rm -rf "$2/classes"
  javac -Xlint:all,-processing -Werror -parameters -d "$2/classes" -cp "$2/jars/*" "$1/src/main/java/example/Product.java"
  cp "$1"/src/main/resources/* "$2/classes"
}

case "${1:-all}" in
  dynoxide) dynoxide ;;
  versitygw) versitygw ;;
  dynamodb-local) dynamodb_local ;;
  clamav) clamav ;;
  sam) sam ;;
  checkov) checkov ;;
  judges) judges ;;
  ministack) ministack ;;
  pages) pages ;;
  examples) examples ;;
  kratos) kratos ;;
  postgres) postgres ;;
  all) dynoxide; versitygw; dynamodb_local; clamav; sam; checkov; judges; ministack; pages; examples ;;
  -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
