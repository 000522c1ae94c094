export type Theme = 'light' | 'dark'

interface Tokens {
  /** A colour token as #rrggbb; throws for one that is not there. */
  color(token: { readonly name: string; readonly theme: Theme }): string
}

/** Reads colour custom properties, `light-dark(#…, #…)` or one `#…` for both themes, from the text of a stylesheet. */
export function readTokens(css: string): Tokens {
  const pattern = /--([a-z0-9-]+):\s*(?:light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)|(#[0-9a-f]{6}));/g
  const colors = new Map<string, Record<Theme, string>>()
  for (const [, name = '', light, dark, both] of css.matchAll(pattern)) {
    colors.set(name, { light: light ?? both ?? '', dark: dark ?? both ?? '' })
  }
  return {
    color: ({ name, theme }) => {
      const color = colors.get(name)
      if (color === undefined) throw new Error(`There is no colour token named ${name}.`)
      return color[theme]
    },
  }
}

// oxlint-disable-next-line typescript/no-restricted-imports -- for tests alone: the very arithmetic that judges an operator's accent
export { contrast } from '#src/lib/contrast.ts'
