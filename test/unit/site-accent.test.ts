import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast } from '#src/lib/contrast.ts'
import { readTokens } from '#web/styles/read-tokens.ts'
import {
  accentProblem,
  accentProperties,
  ownProperties,
  parseColor,
  surfaces,
} from '#src/features/site/rules/accent.ts'

const tokens = readTokens(readFileSync(new URL('../../web/styles/tokens.css', import.meta.url), 'utf8'))

describe('an accent', () => {
  it.each(['light', 'dark'] as const)('is judged on the surfaces that %s pages have', (theme) => {
    for (const [name, color] of Object.entries(surfaces[theme])) expect(tokens.color({ name, theme })).toBe(color)
  })

  it('that nobody has chosen is what the tokens say', () => {
    for (const name of ['accent', 'buy', 'buy-hover', 'on-buy']) {
      const [light, dark] = (['light', 'dark'] as const).map((theme) => tokens.color({ name, theme }))
      expect(ownProperties).toContain(`--${name}:light-dark(${light},${dark})`)
    }
  })

  it('that is Rialto’s own passes', () => {
    expect(accentProblem({ color: tokens.color({ name: 'accent', theme: 'light' }), theme: 'light' })).toBeUndefined()
    expect(accentProblem({ color: tokens.color({ name: 'accent', theme: 'dark' }), theme: 'dark' })).toBeUndefined()
  })

  it('is refused with where it fails most, and by how much', () => {
    expect(accentProblem({ color: '#7db8e8', theme: 'light' })).toEqual({ against: 'hover', ratio: 1.67 })
    expect(accentProblem({ color: '#1b5e8c', theme: 'dark' })).toEqual({ against: 'hover', ratio: 2.08 })
  })

  it('is never called 4.5 when it is less', () => {
    expect(contrast('#0c6e96', surfaces.light.hover)).toBeCloseTo(4.4996, 4)
    expect(accentProblem({ color: '#0c6e96', theme: 'light' })).toEqual({ against: 'hover', ratio: 4.49 })
  })

  it.each([
    ['#1B5E8C', '#1b5e8c'],
    [' 1b5e8c ', '#1b5e8c'],
    ['#1b5', undefined],
    ['red', undefined],
    ['#1b5e8c;}', undefined],
    ['', undefined],
  ])('typed as %j is %j', (typed, color) => expect(parseColor(typed)).toBe(color))

  it('leaves what is written on a button readable, under the pointer too', () => {
    const properties = accentProperties({ light: '#1b5e8c', dark: '#7db8e8' })
    const both = (name: string): string[] =>
      new RegExp(`--${name}:light-dark\\((#[0-9a-f]{6}),(#[0-9a-f]{6})\\)`).exec(properties)?.slice(1) ?? []
    for (const theme of [0, 1]) {
      const [fill = '', hover = '', on = ''] = ['buy', 'buy-hover', 'on-buy'].map((name) => both(name)[theme])
      expect(contrast(on, fill)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(on, hover)).toBeGreaterThan(contrast(on, fill))
    }
  })
})
