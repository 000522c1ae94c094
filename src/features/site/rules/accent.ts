import type { AccentPair } from '#src/db/site-settings.ts'
import { contrast } from '#src/lib/contrast.ts'

/** What text stands on in web/styles/tokens.css; a test holds both to the same colours. */
export const surfaces = {
  light: { ground: '#faf8f4', raised: '#ffffff', hover: '#eae4d8' },
  dark: { ground: '#11151a', raised: '#191e25', hover: '#232a33' },
} as const

type Theme = keyof typeof surfaces

/** For text of any size (WCAG 2.2 §1.4.3, level AA). */
const textRatioMin = 4.5

const white = '#ffffff'

/** What is written on the accent: white by day. By night an accent that reads on dark is too bright for white. */
export const lettering = { light: white, dark: surfaces.dark.ground } as const

const pattern = /^#[0-9a-f]{6}$/

/** `#RRGGBB` as it is stored; undefined for anything else. */
export function parseColor(typed: string): string | undefined {
  const color = typed.trim().toLowerCase()
  const whole = color.startsWith('#') ? color : `#${color}`
  return pattern.test(whole) ? whole : undefined
}

export interface AccentProblem {
  /** What it can't be told apart from. */
  readonly against: 'ground' | 'raised' | 'hover' | 'lettering'
  /** Cut, not rounded, to two decimals: 4.499 is not 4.5. */
  readonly ratio: number
}

/** The worst of what makes this colour hard to read in that theme; undefined: it may be the accent. */
export function accentProblem({ color, theme }: { color: string; theme: Theme }): AccentProblem | undefined {
  const { ground, raised, hover } = surfaces[theme]
  const ratios = Object.entries({ ground, raised, hover, lettering: lettering[theme] }).map(([against, other]) => ({
    against: against as AccentProblem['against'],
    ratio: contrast(color, other),
  }))
  const [worst] = ratios.toSorted((one, other) => one.ratio - other.ratio)
  if (worst === undefined || worst.ratio >= textRatioMin) return undefined
  return { ...worst, ratio: Math.floor(worst.ratio * 100) / 100 }
}

/**
 * The custom properties that an accent replaces. Under the pointer a filled button goes further away from its lettering, so it
 * reads better, never worse.
 */
export function accentProperties({ light, dark }: AccentPair): string {
  const hover = pair(mix(light, { with: '#000000', share: 0.18 }), mix(dark, { with: white, share: 0.14 }))
  return [
    `--accent:${pair(light, dark)}`,
    `--buy:${pair(light, dark)}`,
    `--buy-hover:${hover}`,
    `--on-buy:${pair(lettering.light, lettering.dark)}`,
  ].join(';')
}

/** What the tokens say where nobody has chosen. A test holds both to the same colours. */
export const ownProperties =
  '--accent:light-dark(#a8321f,#f08a74);--buy:light-dark(#a8321f,#c2412b);--buy-hover:light-dark(#8c2717,#b83a26);--on-buy:light-dark(#ffffff,#ffffff)'

const pair = (light: string, dark: string): string => `light-dark(${light},${dark})`

function mix(color: string, { with: other, share }: { readonly with: string; readonly share: number }): string {
  const channel = (of: string, start: number): number => Number.parseInt(of.slice(start, start + 2), 16)
  const mixed = [1, 3, 5].map((start) =>
    Math.round(channel(color, start) * (1 - share) + channel(other, start) * share),
  )
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
