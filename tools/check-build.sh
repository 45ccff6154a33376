#!/usr/bin/env bash
# Refuses what Lambda could not start. Of a folder that sam deploy would upload (.aws-sam/build, or a release unpacked): each function of its
# template.yaml has a bootstrap of mode 0755, which is a program for the template's architecture.
# A zip with another mode would also stay: SAM names it by what is in it, without modes, and does not upload a good one of the same name.
# Usage: tools/check-build.sh folder
set -euo pipefail

folder=${1:?usage: tools/check-build.sh folder}
template=$folder/template.yaml
[ -f "$template" ] || { echo "tools/check-build.sh: $template is missing" >&2; exit 1; }

# One word: in brackets in the sources, a list of one in what sam build writes.
architecture=$(awk '/^ +Architectures:/ { on = 1; sub(/.*:/, "") } on && match($0, /[a-z][a-z0-9_]+/) { print substr($0, RSTART, RLENGTH); on = 0 }' "$template" | sort -u)
case $architecture in
  arm64) machine="b7 00" ;;
  x86_64) machine="3e 00" ;;
  *) echo "tools/check-build.sh: $template must name one architecture: $architecture" >&2; exit 1 ;;
esac

functions=$(grep -c '^ *Type: AWS::Serverless::Function$' "$template" || true)
places=()
while read -r place; do places+=("$place"); done < <(sed -n 's/^ *CodeUri: *//p' "$template")
if [ "$functions" -eq 0 ] || [ "${#places[@]}" -ne "$functions" ]; then
  echo "tools/check-build.sh: $template has $functions functions and ${#places[@]} places of their code" >&2
  exit 1
fi

bad=0
wrong() { echo "tools/check-build.sh: $*" >&2; bad=1; }
for place in "${places[@]}"; do
  file=$folder/${place%/}/bootstrap
  if [ ! -f "$file" ]; then
    wrong "$file is missing"
    continue
  fi
  [ -n "$(find "$file" -perm 755)" ] || wrong "$file has the mode $(ls -l "$file" | cut -c 2-10), not rwxr-xr-x"
  header=($(od -An -v -tx1 -N20 "$file"))
  [ "${header[*]:0:5}" = "7f 45 4c 46 02" ] && [ "${header[*]:18:2}" = "$machine" ] || wrong "$file is no program for $architecture"
done
[ "$bad" -eq 0 ] && echo "$functions functions for $architecture can be started"
exit "$bad"
