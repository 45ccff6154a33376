#!/usr/bin/env bash
# Makes a release, unpacks it, and packages it as `sam deploy` does, into an S3 on this machine: each zip has the program of its function at
# its root, with the mode 755. And made again, later and with another umask, the archive has the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/install.sh sam
tools/install.sh judges
export SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=ap-south-1 AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none
sam=$PWD/.local/tools/sam/bin/sam judges=$PWD/.local/tools/judges/bin work=$(mktemp -d)
stop() {
  kill $(jobs -p) 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

version=v$(awk '/^## [0-9]/ { print $2; exit }' CHANGELOG.md)
made() { "$@" tools/release.sh "$version" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
made env
cp ".local/release/central-$version.zip" "$work"
(umask 077 && made env -u LANG)
cmp "$work/central-$version.zip" ".local/release/central-$version.zip"

unzip -q "$work/central-$version.zip" -d "$work"
cd "$work/central-$version"
"$OLDPWD/tools/check-build.sh" .
if grep -n BuildMethod template.yaml; then
  echo "the template of the release would have to be built" >&2
  exit 1
fi
"$sam" validate --lint >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

port=$("$judges/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export AWS_ENDPOINT_URL=http://127.0.0.1:$port
"$judges/moto_server" --host 127.0.0.1 --port "$port" >"$work/moto.log" 2>&1 &
curl --silent --fail --retry 60 --retry-connrefused --retry-delay 1 --output /dev/null "$AWS_ENDPOINT_URL/moto-api/"
"$judges/python" -c 'import boto3; boto3.client("s3").create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})'
"$sam" package --s3-bucket code --output-template-file packaged.yaml >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

"$judges/python" - <<'PYTHON'
import io, pathlib, re, sys, zipfile
import boto3
s3 = boto3.client("s3")
packaged = pathlib.Path("packaged.yaml").read_text()
functions = re.findall(r"^  (\w+)Function:\n(?:    .*\n)*?      CodeUri: s3://code/(\w+)$", packaged, re.MULTILINE)
if len(functions) != len(list(pathlib.Path("functions").iterdir())):
    sys.exit(f"not each function was uploaded: {functions}")
for name, key in functions:
    with zipfile.ZipFile(io.BytesIO(s3.get_object(Bucket="code", Key=key)["Body"].read())) as code:
        entry, mode = code.getinfo("bootstrap"), code.getinfo("bootstrap").external_attr >> 16 & 0o7777
        same = code.read("bootstrap") == pathlib.Path("functions", name.lower(), "bootstrap").read_bytes()
        if mode != 0o755 or not same or code.namelist() != ["bootstrap"]:
            sys.exit(f"{name}: {code.namelist()}, bootstrap of mode {mode:o}, {'the same' if same else 'another'} program")
        print(f"{name.lower():9} {entry.compress_size / 1e6:5.2f} MB, bootstrap -rwxr-xr-x at its root")
PYTHON
