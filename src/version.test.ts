import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { RIALTO_VERSION } from './version.ts'

it('the version is the one of package.json', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  expect(RIALTO_VERSION).toBe(manifest.version)
})
