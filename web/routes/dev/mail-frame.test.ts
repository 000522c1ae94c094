import { expect, test } from 'vitest'
import { withStyleSheet } from './mail-frame.tsx'

test('style attributes become one sheet with the nonce, before the mail’s own', () => {
  const mail = `<head><style>a{}</style></head><p style="color:#111;font:16px &#39;Segoe UI&#39;">x</p><i style="margin:0">y</i>`
  expect(withStyleSheet(mail, 'n0nce')).toBe(
    `<head><base target="_blank"><style nonce="n0nce">[data-style="0"]{color:#111;font:16px 'Segoe UI'}\n` +
      `[data-style="1"]{margin:0}</style><style nonce="n0nce">a{}</style></head>` +
      `<p data-style="0">x</p><i data-style="1">y</i>`,
  )
})
