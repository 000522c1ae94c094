import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { eventually, startProcess } from '#test/support/start-process.ts'
import type { StartedProcess } from '#test/support/start-process.ts'

let database: TestDatabase
let dataDir: string
let started: StartedProcess
let origin: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'rialto-logs-'))
  database = await createTestDatabase({ start: 'started' })
  started = startProcess({ RIALTO_DATA_DIR: dataDir, DATABASE_URL: database.url, RIALTO_LOG_LEVEL: 'info' })
  origin = await started.origin()
})
afterAll(async () => {
  started.child.kill('SIGTERM')
  await started.ended()
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

const secret = 'S3cret'.repeat(7)

it.each([
  [`/confirm/${secret}`, '/confirm/[redacted]'],
  [`/invitations/${secret}`, '/invitations/[redacted]'],
  [`/verify-email?token=${secret}`, '/verify-email'],
  [`/reset-password?token=${secret}`, '/reset-password'],
])('the secret of %s does not get into the log', async (path, logged) => {
  await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${secret}`, cookie: `x=${secret}` } })
  await eventually(async () => started.output().includes(`"path":"${logged}"`))
  expect(started.output()).not.toContain(secret)
})
