import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html } from './html.ts'

test('text is escaped in content and in quoted attributes', () => {
  const name = `<img src=x onerror="alert('1')">&`
  expect(String(html`<b title="${name}">${name}</b>`)).toBe(
    '<b title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">' +
      '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</b>',
  )
})

test('pieces of html pass as they are, alone and in lists', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`)
  const last = html`<b>c</b>`
  expect(String(html`${items}${last}`)).toBe('<li>a</li><li>&lt;b&gt;</li><b>c</b>')
})

test('an object that only looks like html is not taken for it', () => {
  const forged = { toString: () => '<script>' } as never
  expect(() => String(html`${forged}`)).toThrow()
})

test('no text whatever brings a bracket or a quote into the markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(String(html`${text}`)).not.toMatch(/[<>"']/)
    }),
  )
})
