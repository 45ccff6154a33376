#!/usr/bin/env bash
# Makes .local/release: in one archive the functions as Lambda runs them and the templates, for `sam deploy` alone; the SBOM (CycloneDX),
# checksums, and the notes.
# Usage: tools/release.sh v1.2.3
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?usage: tools/release.sh v1.2.3}
[[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "tools/release.sh: $version is not like v1.2.3" >&2; exit 2; }
out=.local/release
folder=$out/central-$version
rm -rf "$out"
mkdir -p "$folder/docs"

# The section of the version in CHANGELOG.md.
awk -v heading="## ${version#v}" 'index($0, "## ") == 1 { on = index($0, heading) == 1; next } on' CHANGELOG.md >"$out/notes.md"
[ -s "$out/notes.md" ] || { echo "tools/release.sh: CHANGELOG.md has no section ${version#v}" >&2; exit 1; }

make --no-print-directory build
for built in .local/build/*/bootstrap; do
  place=$folder/functions/$(basename "$(dirname "$built")")
  mkdir -p "$place"
  cp -p "$built" "$place/bootstrap"
done
cp $(grep -l '^AWSTemplateFormatVersion' ./*.yaml) samconfig.toml LICENSE "$folder"
cp docs/*.md "$folder/docs"
# The template with the places of what is built, and without how to build it.
awk '
  /^  [A-Z][A-Za-z]*:$/ { id = tolower($1) }
  /^    Metadata:$/ { held = $0; next }
  held != "" { if ($0 == "      BuildMethod: makefile") { held = ""; next }; print held; held = "" }
  /^      CodeUri: \.$/ { sub(/function:$/, "", id); print "      CodeUri: functions/" id "/"; next }
  { print }' template.yaml >"$folder/template.yaml"
cat >"$folder/README.md" <<TEXT
# Central $version

The functions as Lambda runs them, and the templates. Nothing has to be built. With the SAM CLI and credentials of an AWS account, in this folder:

    sam deploy --guided --config-env prod

It makes the stack central-prod, and asks for its parameters. docs/deploy.md says what to answer, and what comes before and after. The answers stay in
samconfig.toml: put that file into the folder of a later version, and there it is \`sam deploy --config-env prod\`.
TEXT
tools/check-build.sh "$folder"

go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0 mod -licenses -json -output "$out/sbom.cdx.json" .

python3 - "$out" "central-$version" <<'PYTHON'
# The same bytes from the same sources: names in order, one time, two modes.
import pathlib, sys, zipfile
out, name = pathlib.Path(sys.argv[1]), sys.argv[2]
with zipfile.ZipFile(out / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for file in sorted(f for f in (out / name).rglob("*") if f.is_file()):
        entry = zipfile.ZipInfo(str(file.relative_to(out)), (1980, 1, 1, 0, 0, 0))
        entry.external_attr = (0o100755 if file.name == "bootstrap" else 0o100644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, file.read_bytes())
PYTHON
rm -r "$folder"
(cd "$out" && sha256sum central-*.zip sbom.cdx.json >SHA256SUMS)
ls -l "$out"
