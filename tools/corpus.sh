#!/usr/bin/env bash
# Makes PDFs and pictures with the programs that people have, for TestCorpus in shared/document: .local/corpus/<reason>/<program>-<what>,
# where <reason> is "clean", "flattened" or the code that the file must be refused with. Made again only when this script or a program changed.
set -euo pipefail
cd "$(dirname "$0")/.."

corpus=$PWD/.local/corpus
chromium=${CHROMIUM:-/usr/bin/chromium}
magick=$(command -v magick || echo convert-im6.q16) # version 7, or Debian 12's 6

# The programs, each with the Debian package that has it.
declare -A packages=(
  [qpdf]=qpdf [gs]=ghostscript [pdfunite]=poppler-utils [cjpeg]=libjpeg-turbo-progs [soffice]=libreoffice-writer-nogui ["$magick"]=imagemagick ["$chromium"]=chromium
)
missing=()
for program in "${!packages[@]}"; do
  command -v "$program" >/dev/null || missing+=("${packages[$program]}")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "tools/corpus.sh: install first: ${missing[*]} (Debian's names of the packages)" >&2
    exit 1
  fi
  echo "tools/corpus.sh: installing ${missing[*]}" >&2
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

stamp=$(
  sha256sum "$0"
  dpkg-query -W -f '${Package} ${Version}\n' "${packages[@]}" 2>/dev/null || true
)
if [ "$(cat "$corpus/STAMP" 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi

began=$SECONDS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'echo "tools/corpus.sh: line $LINENO failed" >&2' ERR
rm -rf "$corpus"
cd "$work"
clean=$corpus/clean active=$corpus/flattened
mkdir -p "$clean" "$active" "$corpus"/{file_password_protected,file_without_page,file_too_many_pages,file_blank,file_polyglot,image_not_shown}

# Runs a program and says what it said only when it failed.
quiet() { "$@" >said 2>&1 || { echo "failed: $*" >&2; cat said >&2; exit 1; }; }

# --- Chromium: pages with every word that must not matter, and one of pictures

cat >article.html <<'HTML'
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>OpenAction /JS /Launch (EmbeddedFile) /Encrypt</title>
<meta name="keywords" content="/JavaScript, /AA, /XFA, RichMedia"></head>
<body><h1>What /JavaScript is</h1><p>Read <a href="https://example.com/article/JavaScript">the article</a>, <a href="#more">more</a>, or
<a href="mailto:asha@example.com?subject=/Launch">write</a>. हिन्दी में: <a href="https://example.com/लेख/JavaScript">लेख</a>.</p>
<form><input name="JS" value="/AA"><input type="checkbox" checked><select><option>/Launch</option></select><button>Submit</button></form>
<h2 id="more" style="break-before: page">GoToR, GoToE and /EF</h2><pre>&lt;&lt;/S/JavaScript/JS(app.alert(1))&gt;&gt;</pre></body></html>
HTML
chromium() { # the PDF, its source, more options
  quiet "$chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --print-to-pdf="$1" "${@:3}" "$2"
}
chromium "$clean/chromium-article.pdf" article.html
chromium "$clean/chromium-article-outline.pdf" article.html --generate-pdf-document-outline --no-pdf-header-footer
chromium "$clean/chromium-article-untagged.pdf" article.html --disable-pdf-tagging

# --- libjpeg-turbo: every sampling that a scan can have, and every kind of coding

python3 - <<'PYTHON'
import math
w, h = 840, 608
pixels = bytes(int(127 + 127 * math.sin(x / (50 + 20 * c)) * math.cos(y / 70)) for y in range(h) for x in range(w) for c in range(3))
open("photo.ppm", "wb").write(b"P6 %d %d 255\n" % (w, h) + pixels)
PYTHON
for h in 1 2 3 4; do
  for v in 1 2 3 4; do
    # At most ten blocks in an interleaved scan (T.81, B.2.3); more only with a scan for each component.
    scans=()
    if [ $((h * v)) -gt 8 ]; then
      printf '0;\n1;\n2;\n' >each.scans
      scans=(-scans each.scans)
    fi
    cjpeg -sample "${h}x$v" "${scans[@]}" photo.ppm >"$clean/libjpeg-sampling-${h}x$v.jpg"
  done
done
cjpeg -sample 1x1,2x2,1x2 photo.ppm >"$clean/libjpeg-sampling-colour-finer.jpg"
cjpeg -sample 4x1,2x1,1x1 photo.ppm >"$clean/libjpeg-sampling-mixed.jpg"
cjpeg -arithmetic photo.ppm >"$corpus/image_not_shown/libjpeg-arithmetic.jpg"
cjpeg -arithmetic -progressive photo.ppm >"$corpus/image_not_shown/libjpeg-arithmetic-progressive.jpg"
cjpeg -progressive -sample 2x2 photo.ppm >"$clean/libjpeg-progressive.jpg"
cjpeg -progressive -sample 4x2 photo.ppm >"$clean/libjpeg-progressive-4x2.jpg"
cjpeg -grayscale photo.ppm >"$clean/libjpeg-grey.jpg"
cjpeg -grayscale -sample 3x2 photo.ppm >"$clean/libjpeg-grey-3x2.jpg"
cjpeg -rgb photo.ppm >"$clean/libjpeg-rgb.jpg"
cjpeg -restart 1 photo.ppm >"$clean/libjpeg-restart.jpg"
cjpeg -restart 1B -progressive photo.ppm >"$clean/libjpeg-restart-progressive.jpg"
cjpeg -optimize -quality 5 -dct fast photo.ppm >"$clean/libjpeg-coarse.jpg" 2>/dev/null # its tables have 16 bits: extended, not baseline
jpegtran -rotate 90 -copy all "$clean/libjpeg-sampling-2x1.jpg" >"$clean/libjpeg-turned.jpg"
jpegtran -progressive "$clean/libjpeg-sampling-4x2.jpg" >"$clean/libjpeg-tran-progressive.jpg"

# --- ImageMagick: four components, PNGs of every colour type, a PDF of a photo

im() { quiet "$magick" "$@"; }
im photo.ppm -colorspace CMYK "$clean/imagemagick-cmyk.jpg"
im photo.ppm -interlace Plane -define jpeg:sampling-factor=4:1:0 "$clean/imagemagick-410.jpg"
im photo.ppm -interlace PNG "$clean/imagemagick-interlaced.png"
im photo.ppm PNG48:"$clean/imagemagick-16bit.png"
im photo.ppm PNG8:"$clean/imagemagick-palette.png"
im photo.ppm -alpha set PNG32:"$clean/imagemagick-alpha.png"
im photo.ppm -colorspace Gray -depth 2 "$clean/imagemagick-grey.png"
im photo.ppm -monochrome "$clean/imagemagick-bilevel.png"

# --- Ghostscript: levels of PDF, marks, protection

cat >deed.ps <<'PS'
[ /Title (OpenAction /JS) /Keywords (/JavaScript /EmbeddedFile) /Author (Asha Rao) /DOCINFO pdfmark
[ /Page 1 /View [/XYZ null null null] /Title (To /Launch) /OUT pdfmark
[ /Rect [72 700 300 730] /Border [0 0 1] /Subtype /Link /Action << /Subtype /URI /URI (https://example.com/article/JavaScript) >> /ANN pdfmark
[ /Rect [72 600 300 690] /Contents (a note about /AA) /Subtype /Text /ANN pdfmark
/Helvetica findfont 18 scalefont setfont 72 710 moveto (Deed about /JavaScript <</S/Launch>>) show showpage
72 710 moveto (page 2) show showpage
PS
gs() { quiet command gs -q -dNOPAUSE -dBATCH -dSAFER "$@"; }
for level in 1.2 1.3 1.4 1.5 1.7 2.0; do
  gs -sDEVICE=pdfwrite -dCompatibilityLevel=$level -o "$clean/ghostscript-$level.pdf" deed.ps
done
gs -sDEVICE=pdfwrite -dFastWebView -o "$clean/ghostscript-linearized.pdf" deed.ps
gs -sDEVICE=pdfwrite -dCompressPages=false -o "$clean/ghostscript-plain.pdf" deed.ps
gs -sDEVICE=pdfwrite -dPDFA=2 -sColorConversionStrategy=RGB -dPDFACompatibilityPolicy=1 -o "$clean/ghostscript-pdfa.pdf" deed.ps
gs -sDEVICE=pdfimage24 -r72 -o "$clean/ghostscript-scan.pdf" deed.ps
gs -sDEVICE=pdfwrite -o "$clean/ghostscript-from-chromium.pdf" "$clean/chromium-article.pdf"
gs -sDEVICE=jpeg -r100 -dLastPage=1 -o "$clean/ghostscript-page.jpg" deed.ps
gs -sDEVICE=jpegcmyk -r100 -dLastPage=1 -o "$clean/ghostscript-page-cmyk.jpg" deed.ps
gs -sDEVICE=pngmono -r100 -dLastPage=1 -o "$clean/ghostscript-page.png" deed.ps
gs -sDEVICE=pdfwrite -dEncryptionR=2 -dKeyLength=40 -sOwnerPassword=o -o "$active/ghostscript-r2.pdf" deed.ps
gs -sDEVICE=pdfwrite -dEncryptionR=3 -dKeyLength=128 -sOwnerPassword=o -o "$active/ghostscript-r3.pdf" deed.ps
gs -sDEVICE=pdfwrite -dEncryptionR=3 -dKeyLength=128 -sOwnerPassword=o -sUserPassword=u -o "$corpus/file_password_protected/ghostscript-r3.pdf" deed.ps
{ echo '[ {Catalog} << /OpenAction << /S /URI /URI (https://example.com/) >> >> /PUT pdfmark'; cat deed.ps; } >opens.ps
gs -sDEVICE=pdfwrite -o "$active/ghostscript-open-uri.pdf" opens.ps
{ echo '[ /Rect [0 0 90 90] /Subtype /Link /Action << /Subtype /Launch /F (a.exe) >> /ANN pdfmark'; cat deed.ps; } >launches.ps
gs -sDEVICE=pdfwrite -o "$active/ghostscript-launch.pdf" launches.ps
{ echo '[ {Page1} << /AA << /O << /S /URI /URI (https://example.com/) >> >> >> /PUT pdfmark'; cat deed.ps; } >page.ps
gs -sDEVICE=pdfwrite -o "$active/ghostscript-page-opens-uri.pdf" page.ps
for ((i = 0; i < 3000; i++)); do echo showpage; done >empty.ps
gs -sDEVICE=pdfwrite -o "$corpus/file_too_many_pages/ghostscript-3000-empty.pdf" empty.ps
head -n 3 empty.ps >three.ps
gs -sDEVICE=pdfwrite -o "$corpus/file_blank/ghostscript-3-empty.pdf" three.ps

# --- LibreOffice: a letter with headings, links and a form

cat >letter.fodt <<'ODT'
<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"
  xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
  xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"
  xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
  xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0">
<office:meta><dc:title>OpenAction /JS</dc:title><meta:keyword>/JavaScript</meta:keyword><meta:keyword>/EmbeddedFile</meta:keyword></office:meta>
<office:body><office:text>
<office:forms><form:form form:name="JavaScript">
<form:text form:name="Launch" xml:id="f1" form:id="f1" form:current-value="/AA"/>
<form:checkbox form:name="XFA" xml:id="f2" form:id="f2" form:label="/EF" form:current-state="checked"/>
<form:button form:name="reset" xml:id="f3" form:id="f3" form:label="Reset" form:button-type="reset"/>
</form:form></office:forms>
<text:h text:outline-level="1">Letter about /Launch</text:h>
<text:p>Read <text:a xlink:href="https://example.com/article/JavaScript">the article about /JavaScript</text:a>.</text:p>
<text:p><draw:control draw:control="f1" text:anchor-type="as-char" svg:width="5cm" svg:height="0.7cm"/>
<draw:control draw:control="f2" text:anchor-type="as-char" svg:width="5cm" svg:height="0.7cm"/>
<draw:control draw:control="f3" text:anchor-type="as-char" svg:width="3cm" svg:height="0.7cm"/></text:p>
<text:h text:outline-level="2">Signed by Asha Rao</text:h>
</office:text></office:body></office:document>
ODT
libreoffice() { # the PDF, options of its export as JSON
  quiet soffice "-env:UserInstallation=file://$work/office" --headless --convert-to "pdf:writer_pdf_Export:${2:-{\}}" letter.fodt
  mv letter.pdf "$1"
}
libreoffice "$clean/libreoffice-letter.pdf" '{"ExportFormFields":{"type":"boolean","value":"true"},"UseTaggedPDF":{"type":"boolean","value":"true"}}'
libreoffice "$clean/libreoffice-opens-at-a-page.pdf" '{"InitialView":{"type":"long","value":"1"},"Magnification":{"type":"long","value":"1"},"InitialPage":{"type":"long","value":"1"}}'
libreoffice "$clean/libreoffice-pdfa2.pdf" '{"SelectPdfVersion":{"type":"long","value":"2"},"ExportBookmarks":{"type":"boolean","value":"true"}}'
libreoffice "$active/libreoffice.pdf" '{"RestrictPermissions":{"type":"boolean","value":"true"},"PermissionPassword":{"type":"string","value":"o"},"Printing":{"type":"long","value":"0"}}'
libreoffice "$corpus/file_password_protected/libreoffice.pdf" '{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"u"}}'
libreoffice "$corpus/file_polyglot/libreoffice-with-its-source.pdf" '{"IsAddStream":{"type":"boolean","value":"true"}}'

# --- Poppler and cairo

quiet pdfunite "$clean/libreoffice-letter.pdf" "$clean/chromium-article.pdf" "$clean/ghostscript-1.5.pdf" "$clean/poppler-united.pdf"
quiet pdfseparate -l 1 "$clean/chromium-article.pdf" "$clean/poppler-separated.pdf"
quiet pdftoppm -jpeg -r 100 -singlefile "$clean/chromium-article.pdf" "$clean/poppler-page"
quiet pdftoppm -png -r 100 -singlefile "$clean/chromium-article.pdf" "$clean/poppler-page"
quiet pdftocairo -pdf "$clean/libreoffice-letter.pdf" "$clean/cairo-letter.pdf"
quiet pdftocairo -png -r 100 -singlefile "$clean/libreoffice-letter.pdf" "$clean/cairo-letter"
quiet pdfattach "$clean/libreoffice-letter.pdf" article.html "$active/poppler-attachment.pdf"

# --- qpdf: the same contents in other containers, and protection of every revision

for source in chromium-article libreoffice-letter ghostscript-1.5 poppler-united; do
  from=$clean/$source.pdf name=$clean/qpdf-${source%%-*}
  quiet qpdf --warning-exit-0 --object-streams=generate "$from" "$name-object-streams.pdf"
  quiet qpdf --warning-exit-0 --object-streams=generate --stream-data=uncompress "$from" "$name-object-streams-not-packed.pdf"
  quiet qpdf --warning-exit-0 --object-streams=disable --stream-data=uncompress --coalesce-contents "$from" "$name-plain.pdf"
  quiet qpdf --warning-exit-0 --linearize --object-streams=generate "$from" "$name-linearized.pdf"
  quiet qpdf --warning-exit-0 --qdf "$from" "$name-qdf.pdf"
  quiet qpdf --warning-exit-0 --recompress-flate --compression-level=9 --newline-before-endstream "$from" "$name-recompressed.pdf"
done
letter=$clean/libreoffice-letter.pdf deed=$clean/ghostscript-1.5.pdf
declare -A revisions=([r2]=40 [r3]="128 --use-aes=n" [r4-rc4]="128 --use-aes=n --force-V4" [r4-aes]="128 --use-aes=y" [r4-metadata]="128 --use-aes=y --cleartext-metadata"
  [r5]="256 --force-R5" [r6]=256)
for revision in "${!revisions[@]}"; do
  # shellcheck disable=SC2086 # several words
  for user in "" u; do
    reason=flattened
    [ -z "$user" ] || reason=file_password_protected
    quiet qpdf --warning-exit-0 --allow-weak-crypto --object-streams=generate --encrypt "$user" owner ${revisions[$revision]} -- "$deed" "$corpus/$reason/qpdf-$revision.pdf"
  done
done
quiet qpdf --warning-exit-0 --empty "$corpus/file_without_page/qpdf-empty.pdf"
quiet qpdf --warning-exit-0 --add-attachment article.html -- "$letter" "$active/qpdf-attachment.pdf"
quiet qpdf --warning-exit-0 --copy-attachments-from "$active/poppler-attachment.pdf" -- "$letter" "$active/qpdf-attachment-copied.pdf"

# --- qpdf again: it numbers and packs what is written here by hand, in the open and in object streams

file() { # name, entries of the catalog, of the page, objects from 5 on
  cat >hand.pdf <<PDF
%PDF-1.7
1 0 obj <</Type/Catalog/Pages 2 0 R $2>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R ${3:-}>> endobj
4 0 obj <</Length 14>>
stream
0 0 90 90 re f
endstream endobj
${4:-}
trailer <</Root 1 0 R/Size 9>>
%%EOF
PDF
  quiet qpdf --warning-exit-0 --object-streams=disable hand.pdf "$active/qpdf-$1.pdf"
  quiet qpdf --warning-exit-0 --object-streams=generate hand.pdf "$active/qpdf-$1-packed.pdf"
}
address='/URI(https://example.com/)'
file open-uri "/OpenAction<</S/URI$address>>"
file open-uri-elsewhere '/OpenAction 5 0 R' '' "5 0 obj <</S/GoTo/D[3 0 R/Fit]/Next[6 0 R]>> endobj
6 0 obj <</S/URI$address>> endobj"
file open-print '/OpenAction<</S/Named/N/Print>>'
file close-uri "/AA<</WC 5 0 R>>" '' "5 0 obj <</S/URI$address>> endobj"
file page-submit '' "/AA<</O<</S/SubmitForm/F(https://example.com/)>>>>"
file names-script '/Names<</JavaScript<</Names[(a) 5 0 R]>>>>' '' '5 0 obj <</S/JavaScript/JS(app.alert\(1\))>> endobj'
file link-to-file '' '/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/GoToR/F(//example.com/share/a.pdf)/D[0/Fit]>>>>]'
file field-script '/AcroForm<</Fields[5 0 R]>>' '/Annots[5 0 R]' '5 0 obj <</Subtype/Widget/FT/Tx/T(a)/Rect[0 0 9 9]/AA<</K<</S/JavaScript/JS(1)>>>>>> endobj'
file film '' '/Annots[<</Subtype/Screen/Rect[0 0 9 9]/A<</S/Rendition/OP 0/R<</S/MR>>>>>>]'
file external-stream '' '/Annots 5 0 R' '5 0 obj [<</Subtype/Stamp/Rect[0 0 9 9]/AP<</N 6 0 R>>>>] endobj
6 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 0/F<</FS/URL/F(https://example.com/)>>>>
stream

endstream endobj'
file reference-xobject '' '/Resources<</XObject<</X 5 0 R>>>>' '5 0 obj <</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Ref<</F(a.pdf)/Page 0>>/Length 0>>
stream

endstream endobj'

echo "tools/corpus.sh: $(find "$corpus" -type f | wc -l) files in $((SECONDS - began)) s" >&2
echo "$stamp" >"$corpus/STAMP"
