import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '#src/config.ts'
import { demoRuns } from '#src/db/schema/index.ts'
import { createTourServices, recordRun } from '#src/features/tour/index.ts'
import { freePort } from '#test/support/free-port.ts'
import { startTestServer } from '#test/support/server.ts'
import type { TestServer } from '#test/support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const production = {
  BASE_URL: 'https://market.example',
  AUTH_SECRET: 'a secret of at least thirty-two letters',
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'rialto@market.example',
}
const formType = 'application/x-www-form-urlencoded'

const press = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${server.origin}/tour`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: server.origin, ...headers },
    body: new URLSearchParams(form),
  })

test('production has no tour, and nobody is signed in without a password there', async () => {
  expect(createTourServices({ ...server.deps, config: readConfig(production) })).toBeUndefined()
  const port = await freePort()
  const live = await startTestServer({ environment: { ...production, PORT: String(port) } })
  try {
    const ask = async (method: string, body = '') => {
      const headers = { host: 'market.example', origin: 'https://market.example', 'content-type': formType }
      const asked = request({ host: '127.0.0.1', port, path: '/tour', method, headers }).end(body)
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      return { status: answer.resume().statusCode, cookies: answer.headers['set-cookie'] ?? [] }
    }
    expect(await ask('GET')).toEqual({ status: 404, cookies: [] })
    expect(await ask('POST', 'part=operator&to=tour')).toEqual({ status: 404, cookies: [] })
  } finally {
    await live.stop()
  }
})

test.each(['x-forwarded-for', 'forwarded', 'via', 'cf-connecting-ip'])(
  'who comes through a proxy or a tunnel that says %s is not signed in by a press',
  async (header) => {
    const refused = await press({ part: 'operator', to: 'tour' }, { [header]: '203.0.113.7' })
    expect(refused.status).toBe(403)
    expect(refused.headers.getSetCookie().filter((cookie) => cookie.includes('session_token'))).toEqual([])
  },
)

test('only the buyer and the operator, and only to pages that are known', async () => {
  expect((await press({ part: 'publisher', to: 'tour' })).status).toBe(400)
  expect((await press({ part: 'buyer', to: 'https://evil.example' })).status).toBe(400)
  expect((await press({ part: 'buyer', to: 'constructor' })).status).toBe(400)
})

test('who changed the password of a demo person signs in as anybody does', async () => {
  // The accounts of this database were made with passwords that this server’s data folder does not hold.
  const answer = await press({ part: 'buyer', to: 'tour' })
  expect(answer.status).toBe(409)
  expect(answer.headers.getSetCookie()).toEqual([])
})

test('another site’s form signs nobody in', async () => {
  expect((await press({ part: 'buyer', to: 'tour' }, { origin: 'https://evil.example' })).status).toBe(403)
})

test('without its sample agent the tour says so', async () => {
  const page = await fetch(`${server.origin}/tour`)
  expect(await page.text()).toContain('The tour can’t begin')
})

test('a process that is gone without a word is found by the next start, and no other', async () => {
  const { db, log } = server.deps
  const child = spawn(process.execPath, ['-e', '0'])
  const gone = child.pid ?? 0
  await once(child, 'exit')
  const before = new Date(performance.timeOrigin - 1_000)
  await db.insert(demoRuns).values([
    { host: hostname(), pid: gone },
    // As in a container, where a server may get the number that the killed one had.
    { host: hostname(), pid: process.pid, startedAt: before },
    { host: hostname(), pid: process.ppid },
    { host: `not ${hostname()}`, pid: gone },
  ])
  const run = await recordRun({ db, log })
  const endings = async () => {
    const rows = await db.select().from(demoRuns)
    return rows.map(({ host, pid, ending }) => `${host === hostname()} ${pid} ${ending}`)
  }
  const here = `true ${process.pid}`
  expect((await endings()).toSorted()).toEqual(
    [
      `true ${gone} without_a_word`,
      `${here} without_a_word`,
      // This test's server, and the run that was just begun.
      `${here} null`,
      `${here} null`,
      `true ${process.ppid} null`,
      `false ${gone} null`,
    ].toSorted(),
  )
  await run.endInOrder()
  expect(await endings()).toContain(`${here} in_order`)
  expect((await endings()).filter((ending) => ending.endsWith('without_a_word'))).toHaveLength(2)
})
