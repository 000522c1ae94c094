import { describe, expect, it } from 'vitest'
import { contrast } from '../../styles/read-tokens.ts'
import { archRadius, archSize, type ArchShape, drawArch } from './draw.ts'
import { archPalettes } from './palettes.ts'

const slugs = Array.from({ length: 600 }, (_, place) => `agent-${place}`)

describe('drawArch', () => {
  it('draws the same for the same slug, and what it has always drawn', () => {
    expect(drawArch('openhands')).toEqual(drawArch('openhands'))
    expect(drawArch('openhands')).toMatchInlineSnapshot(`
      {
        "palette": {
          "accent": "#e0b354",
          "figure": "#f1ede5",
          "ground": "#1f6f6b",
        },
        "shapes": [
          {
            "fill": "#f1ede5",
            "kind": "bay",
            "path": "M15 46V41.44A34 34 0 0 1 32 12 A34 34 0 0 1 49 41.44V46Z",
          },
          {
            "fill": "#1f6f6b",
            "kind": "bay",
            "path": "M21 46V43.84A22 22 0 0 1 32 24.79 A22 22 0 0 1 43 43.84V46Z",
          },
          {
            "fill": "#e0b354",
            "kind": "bay",
            "path": "M27 46V46.24A10 10 0 0 1 32 37.58 A10 10 0 0 1 37 46.24V46Z",
          },
          {
            "kind": "line",
            "width": 2,
            "x1": 15,
            "x2": 49,
            "y": 50,
          },
          {
            "kind": "line",
            "width": 2,
            "x1": 20,
            "x2": 44,
            "y": 54.5,
          },
          {
            "kind": "line",
            "width": 2,
            "x1": 25,
            "x2": 39,
            "y": 59,
          },
        ],
      }
    `)
  })

  it('uses every palette, head, number of bays and base', () => {
    const drawings = slugs.map(drawArch)
    expect(new Set(drawings.map(({ palette }) => palette.ground)).size).toBe(archPalettes.length)
    const bayCounts = drawings.map(({ shapes }) => shapes.filter((shape) => shape.kind === 'bay').length)
    expect(new Set(bayCounts)).toEqual(new Set([3, 4]))
    expect(new Set(drawings.map(({ shapes }) => shapes.filter((shape) => shape.kind === 'line').length))).toEqual(
      new Set([1, 3]),
    )
    expect(new Set(drawings.map(({ shapes }) => /[AC]/.exec(pathOf(shapes[0]))?.[0]))).toEqual(new Set(['A', 'C']))
  })

  it('keeps every shape inside the rounded tile, so that nothing is ever cut', () => {
    for (const slug of slugs) {
      for (const [x, y] of drawArch(slug).shapes.flatMap(corners)) {
        expect(isInsideTile(x, y), `${slug}: ${x}, ${y}`).toBe(true)
      }
    }
  })

  it('stays legible at 20 px: bays at least 4 px wide, figures at least 3 to 1', () => {
    const scale = 20 / archSize
    for (const slug of slugs) {
      const [outer] = drawArch(slug).shapes
      const xs = corners(outer).map(([x]) => x)
      expect((Math.max(...xs) - Math.min(...xs)) * scale, slug).toBeGreaterThanOrEqual(4)
    }
    for (const { ground, figure } of archPalettes) expect(contrast(ground, figure)).toBeGreaterThanOrEqual(3)
  })

  it('paints at most one bay in the accent, and never the only one', () => {
    for (const slug of slugs) {
      const { palette, shapes } = drawArch(slug)
      const bays = shapes.filter((shape) => shape.kind === 'bay')
      const outer = bays.filter((shape) => shape.fill !== palette.ground)
      const accented = outer.filter((shape) => shape.fill === palette.accent).length
      expect(accented, slug).toBeLessThanOrEqual(1)
      expect(
        outer.some((shape) => shape.fill === palette.figure),
        slug,
      ).toBe(true)
    }
  })
})

const pathOf = (shape: ArchShape | undefined): string => (shape?.kind === 'bay' ? shape.path : '')

/** Points that bound a shape. An arch's curve stays below its crown and between its feet, so its end points do. */
function corners(shape: ArchShape | undefined): [number, number][] {
  if (shape === undefined) return []
  if (shape.kind === 'line') {
    const half = shape.width / 2
    return [shape.x1, shape.x2].flatMap((x): [number, number][] => [
      [x, shape.y - half],
      [x, shape.y + half],
    ])
  }
  const [, left, spring] = /^M([\d.]+) 46V([\d.]+)/.exec(shape.path) ?? []
  const right = /([\d.]+) [\d.]+V46Z$/.exec(shape.path)?.[1]
  const [x1, x2, springY] = [Number(left), Number(right), Number(spring)]
  const width = x2 - x1
  // No head rises higher than the ogee's 0.95 of its width; the drawing keeps that from passing y = 12.
  const crownY = shape.path.includes('C') ? springY - 0.95 * width : springY - riseOfArcs(shape.path, width)
  return [
    [x1, 46],
    [x2, 46],
    [x1, springY],
    [x2, springY],
    [(x1 + x2) / 2, crownY],
  ]
}

function riseOfArcs(path: string, width: number): number {
  const radius = Number(/A([\d.]+)/.exec(path)?.[1])
  const isPointed = path.split('A').length === 3
  if (isPointed) return 0.866 * width
  return radius - Math.sqrt(Math.max(radius ** 2 - (width / 2) ** 2, 0))
}

function isInsideTile(x: number, y: number): boolean {
  const beyond = (value: number): number => Math.max(archRadius - value, value - (archSize - archRadius), 0)
  return Math.hypot(beyond(x), beyond(y)) <= archRadius + 1e-6 && Math.min(x, y, archSize - x, archSize - y) >= 0
}
