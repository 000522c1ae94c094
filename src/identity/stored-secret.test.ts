import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storedSecret } from './stored-secret.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'rialto-secret-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

describe('the stored secret', () => {
  it('is made once, for its owner’s eyes only, and is another one elsewhere', async () => {
    const first = await storedSecret(join(dataDir, 'a'))
    expect(first.length).toBeGreaterThanOrEqual(43)
    expect(await storedSecret(join(dataDir, 'a'))).toBe(first)
    expect(await storedSecret(join(dataDir, 'b'))).not.toBe(first)
    expect((await stat(join(dataDir, 'a', 'auth-secret'))).mode & 0o777).toBe(0o600)
  })

  it('is refused when the file was cut short', async () => {
    await writeFile(join(dataDir, 'auth-secret'), 'short')
    await expect(storedSecret(dataDir)).rejects.toThrow(/damaged/)
  })
})
