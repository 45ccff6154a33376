#!/usr/bin/env bash
# Makes .local/release: the functions as for Lambda with the template in one archive, the SBOM (CycloneDX), checksums, and the notes.
# Usage: tools/release.sh v1.2.3
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?usage: tools/release.sh v1.2.3}
[[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "tools/release.sh: $version is not like v1.2.3" >&2; exit 2; }
out=.local/release
rm -rf "$out"
mkdir -p "$out"

# The section of the version in CHANGELOG.md.
awk -v heading="## ${version#v}" 'index($0, "## ") == 1 { on = index($0, heading) == 1; next } on' CHANGELOG.md >"$out/notes.md"
[ -s "$out/notes.md" ] || { echo "tools/release.sh: CHANGELOG.md has no section ${version#v}" >&2; exit 1; }

make --no-print-directory build
go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0 mod -licenses -json -output "$out/sbom.cdx.json" .

python3 - "$version" "$out/central-$version.zip" <<'PYTHON'
# The same bytes from the same sources: names in order, one time, one mode.
import pathlib, sys, zipfile
version, target = sys.argv[1:]
files = [pathlib.Path("template.yaml"), pathlib.Path("edge.yaml"), pathlib.Path("samconfig.toml"), pathlib.Path("LICENSE"), *sorted(pathlib.Path(".local/build").glob("*/bootstrap"))]
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for file in files:
        name = str(file).replace(".local/build", "functions")
        entry = zipfile.ZipInfo(f"central-{version}/{name}", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = (0o755 if file.name == "bootstrap" else 0o644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, file.read_bytes())
PYTHON
(cd "$out" && sha256sum central-*.zip sbom.cdx.json >SHA256SUMS)
ls -l "$out"
