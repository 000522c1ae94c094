// `pnpm fonts`: cuts the fonts that public pages load first down to what the pages use. Its output is committed, so that building
// the pages needs none of this; run it again when a font's package or the weights in web/styles/tokens.css change.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import subsetFont from 'subset-font'

type Axes = NonNullable<NonNullable<Parameters<typeof subsetFont>[2]>['variationAxes']>

interface Cut {
  readonly source: string
  readonly name: string
  readonly axes: Axes
}

const cuts: readonly Cut[] = [
  { source: 'geist/files/geist-latin-wght-normal.woff2', name: 'geist-latin', axes: { wght: { min: 400, max: 600 } } },
  {
    source: 'geist-mono/files/geist-mono-latin-wght-normal.woff2',
    name: 'geist-mono-latin',
    axes: { wght: { min: 400, max: 600 } },
  },
  // Headings only: one weight, from 22 to 64 pixels.
  {
    source: 'fraunces/files/fraunces-latin-opsz-normal.woff2',
    name: 'fraunces-latin',
    axes: { wght: 480, opsz: { min: 22, max: 64 } },
  },
]

// As the unicode-range of the same files says in web/styles/fonts.css.
const ranges: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0xff],
  [0x131, 0x131],
  [0x152, 0x153],
  [0x2bb, 0x2bc],
  [0x2c6, 0x2c6],
  [0x2da, 0x2da],
  [0x2dc, 0x2dc],
  [0x2000, 0x206f],
  [0x20ac, 0x20ac],
  [0x2122, 0x2122],
  [0x2190, 0x2193],
  [0x2212, 0x2212],
  [0x2215, 0x2215],
]

const text = ranges
  .flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)),
  )
  .join('')
const outputDir = join(import.meta.dirname, '..', 'web', 'assets', 'fonts')
const require = createRequire(import.meta.url)

await mkdir(outputDir, { recursive: true })
for (const { source, name, axes } of cuts) {
  const font = await readFile(require.resolve(`@fontsource-variable/${source}`))
  const cut = await subsetFont(font, text, { targetFormat: 'woff2', variationAxes: axes })
  await writeFile(join(outputDir, `${name}.woff2`), cut)
  process.stdout.write(`  ${name}: ${font.byteLength} → ${cut.byteLength} bytes\n`)
}
