import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast, readTokens, type Theme } from './read-tokens.ts'

const tokens = readTokens(readFileSync(new URL('./tokens.css', import.meta.url), 'utf8'))
const themes: readonly Theme[] = ['light', 'dark']
const surfaces = ['ground', 'raised', 'hover']

const textMin = 4.5
const uiMin = 3

describe.each(themes)('tokens in the %s theme', (theme) => {
  const ratio = (one: string, other: string): number =>
    contrast(tokens.color({ name: one, theme }), tokens.color({ name: other, theme }))

  it.each(['ink', 'muted', 'faint', 'red', 'lagoon', 'gold', 'canal', 'accent'])(
    '%s reads on every surface',
    (name) => {
      for (const surface of surfaces) expect(ratio(name, surface), `on ${surface}`).toBeGreaterThanOrEqual(textMin)
    },
  )

  it('a control border is seen on every surface', () => {
    for (const surface of surfaces) expect(ratio('control', surface), `on ${surface}`).toBeGreaterThanOrEqual(uiMin)
  })

  it('the focus ring is seen on every surface', () => {
    for (const surface of surfaces) expect(ratio('canal', surface), `on ${surface}`).toBeGreaterThanOrEqual(uiMin)
  })

  it.each(['red', 'lagoon', 'gold', 'canal'])('%s, ink and muted read on its tint', (name) => {
    for (const text of [name, 'ink', 'muted']) {
      expect(ratio(text, `tint-${name}`), text).toBeGreaterThanOrEqual(textMin)
    }
  })

  it.each([
    ['on-ink', 'ink'],
    ['on-ink', 'ink-hover'],
    ['on-buy', 'buy'],
    ['on-buy', 'buy-hover'],
    ['muted', 'sunken'],
    ['ink', 'sunken'],
  ])('%s reads on %s', (text, fill) => {
    expect(ratio(text, fill)).toBeGreaterThanOrEqual(textMin)
  })

  it.each(['lagoon', 'red', 'ink'])('%s is seen in a meter against its track', (fill) => {
    expect(ratio(fill, 'track')).toBeGreaterThanOrEqual(uiMin)
  })

  it.each([1, 2, 3, 4])('chart line %i is seen on the page and on a card', (place) => {
    for (const surface of ['ground', 'raised']) {
      expect(ratio(`chart-${place}`, surface), surface).toBeGreaterThanOrEqual(uiMin)
    }
  })
})

describe('the way ratios are computed', () => {
  it('gives the ends of the scale (WCAG 2.2 §1.4.3)', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrast('#777777', '#777777')).toBeCloseTo(1)
  })

  it('finds a token that is too pale', () => {
    const planted = readTokens(
      ':root { --muted: light-dark(#aaaaaa, #b3aa9c); --ground: light-dark(#faf8f4, #11151a); }',
    )
    const ratio = contrast(
      planted.color({ name: 'muted', theme: 'light' }),
      planted.color({ name: 'ground', theme: 'light' }),
    )
    expect(ratio).toBeLessThan(textMin)
  })

  it('refuses a token that does not exist', () => {
    expect(() => tokens.color({ name: 'magenta', theme: 'light' })).toThrow('magenta')
  })
})
