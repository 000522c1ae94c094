import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { type ArchPalette, archPalettes } from './palettes.ts'

/** Side of the square an arch is drawn in; every number below is in its units. */
export const archSize = 64
export const archRadius = 14
const footY = 46

export type ArchShape =
  | { readonly kind: 'bay'; readonly path: string; readonly fill: string }
  | { readonly kind: 'line'; readonly x1: number; readonly x2: number; readonly y: number; readonly width: number }

export interface ArchDrawing {
  readonly palette: ArchPalette
  readonly shapes: readonly ArchShape[]
}

/** The picture of an agent that has none: the same for the same slug, for ever. */
export function drawArch(slug: string): ArchDrawing {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0] = sha256(utf8ToBytes(slug))
  const palette = pick(archPalettes, b0)
  const head = pick(heads, b1)
  const bays = pick(bayPlans, b2)
  const accented = b4 % 3 === 1 && bays.count > 1 ? b5 % bays.count : undefined
  const left = (archSize - bays.count * bays.width - (bays.count - 1) * bays.gap) / 2

  const shapes: ArchShape[] = []
  for (let place = 0; place < bays.count; place += 1) {
    const x = left + place * (bays.width + bays.gap)
    const springY = Math.max(12 + head.rise * bays.width, bays.count === 1 ? 28 : 26)
    shapes.push(
      bay({ head, x, width: bays.width, springY, fill: place === accented ? palette.accent : palette.figure }),
    )
    for (const [depth, inset] of bays.insets.entries()) {
      const fill = depth === 0 ? palette.ground : palette.accent
      const drop = head.dropsWithInset ? 0.4 * inset : 0
      shapes.push(bay({ head, x: x + inset, width: bays.width - 2 * inset, springY: springY + drop, fill }))
    }
  }
  shapes.push(...pick(bases, b3)(left, archSize - left))
  return { palette, shapes }
}

interface Head {
  /** Rise as a share of the width. */
  readonly rise: number
  readonly dropsWithInset: boolean
  /** From the left springing (x, y) over the crown to the right one. */
  readonly curve: (x: number, y: number, width: number) => string
}

const heads: readonly Head[] = [
  {
    rise: 0.5,
    dropsWithInset: false,
    curve: (x, y, width) => `A${n(width / 2)} ${n(width / 2)} 0 0 1 ${n(x + width)} ${n(y)}`,
  },
  {
    rise: 0.22,
    dropsWithInset: false,
    curve: (x, y, width) => {
      const rise = 0.22 * width
      const radius = n((width ** 2 / 4 + rise ** 2) / (2 * rise))
      return `A${radius} ${radius} 0 0 1 ${n(x + width)} ${n(y)}`
    },
  },
  {
    rise: 0.866,
    dropsWithInset: true,
    curve: (x, y, width) => {
      const arc = `A${n(width)} ${n(width)} 0 0 1`
      return `${arc} ${n(x + width / 2)} ${n(y - 0.866 * width)} ${arc} ${n(x + width)} ${n(y)}`
    },
  },
  {
    rise: 0.95,
    dropsWithInset: true,
    curve: (x, y, width) => {
      const middle = n(x + width / 2)
      const [shoulder, neck, crown] = [n(y - 0.5 * width), n(y - 0.45 * width), n(y - 0.95 * width)]
      const right = n(x + width)
      return `C${n(x)} ${shoulder} ${middle} ${neck} ${middle} ${crown} C${middle} ${neck} ${right} ${shoulder} ${right} ${n(y)}`
    },
  },
]

const bayPlans = [
  { count: 1, width: 34, gap: 0, insets: [6, 12] },
  { count: 2, width: 22, gap: 4, insets: [4] },
  { count: 3, width: 14, gap: 3, insets: [] },
] as const

const line = (x1: number, x2: number, y: number, width: number): ArchShape => ({ kind: 'line', x1, x2, y, width })
const withinSteps = (x: number): number => Math.min(Math.max(x, 6), 58)

const bases: readonly ((left: number, right: number) => ArchShape[])[] = [
  (left, right) => [line(left, right, 50, 3)],
  (left, right) => [50, 54.5, 59].map((y, row) => line(left + 5 * row, right - 5 * row, y, 2)),
  (left, right) =>
    [49, 53, 57].map((y, row) => line(withinSteps(left - 4 * row), withinSteps(right + 4 * row), y, 2.5)),
]

interface Bay {
  readonly head: Head
  readonly x: number
  readonly width: number
  readonly springY: number
  readonly fill: string
}

const bay = ({ head, x, width, springY, fill }: Bay): ArchShape => ({
  kind: 'bay',
  path: `M${n(x)} ${footY}V${n(springY)}${head.curve(x, springY, width)}V${footY}Z`,
  fill,
})

const pick = <T>(choices: readonly T[], byte: number): T => {
  const choice = choices[byte % choices.length]
  if (choice === undefined) throw new Error('An arch needs at least one choice of each part.')
  return choice
}

/** Two decimals: a hundredth of a unit is invisible at any size it is shown. */
const n = (value: number): number => Math.round(value * 100) / 100
