import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const bytesMax = 10_000

it('all scripts written by hand are together less than 10 kB, compressed', () => {
  const scripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.js'))
  expect(scripts).toContain('palette.js')
  const sizes = scripts.map((name) => gzipSync(readFileSync(`${import.meta.dirname}/${name}`)).byteLength)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(bytesMax)
})
