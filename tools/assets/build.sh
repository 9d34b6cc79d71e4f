#!/bin/sh
# Makes what internal/ui embeds. Run it through `make assets` after changing ajar.scss, ajar.js or a version.
set -eu
cd "$(dirname "$0")"
out=../../internal/ui/static
axe=../../test/journeys/axe
modules=node_modules
mkdir -p "$out" "$axe"

npx sass --no-source-map --style=compressed --quiet-deps --load-path="$modules" ajar.scss "$out/ajar.css"
npx sass --no-source-map --style=compressed leaf.scss "$out/leaf.css"
# Two blues are fixed inside a kind of button that Ajar does not use; none may remain.
sed -i -e 's/#0f385c/#3f1233/g' -e 's/#f4f8fb/#f6f1ec/g' "$out/ajar.css"
npx esbuild ajar.js --bundle --minify --format=esm --target=es2020 --legal-comments=none --log-level=warning --outfile="$out/ajar.js"

font=$modules/@fontsource-variable/atkinson-hyperlegible-next
for set in latin latin-ext; do
  cp "$font/files/atkinson-hyperlegible-next-$set-wght-normal.woff2" "$out/atkinson-$set.woff2"
done
cp "$font/files/atkinson-hyperlegible-next-latin-wght-italic.woff2" "$out/atkinson-latin-italic.woff2"

sed -e '/^\/\/# sourceMappingURL/d' "$modules/htmx.org/dist/htmx.min.js" > "$out/htmx.min.js"
cp mark.svg "$out/mark.svg"

{
  echo "Ajar's pages are made with the work of others. Their licences:"
  printf '\n\n======== govuk-frontend (the code; none of its crown, crest, logo or type is used) ========\n\n'
  cat govuk-frontend-LICENSE.txt
  for one in htmx.org @fontsource-variable/atkinson-hyperlegible-next; do
    printf '\n\n======== %s ========\n\n' "$one"
    cat "$modules/$one/LICENSE"
  done
} > "$out/licences.txt"

cp "$modules/axe-core/axe.min.js" "$axe/axe.min.js"
cp "$modules/axe-core/LICENSE" "$axe/LICENSE"
ls -l "$out"
