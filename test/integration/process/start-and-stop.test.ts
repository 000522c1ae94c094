import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { scratchDir } from '#test/support/scratch.ts'
import { eventually, startProcess } from '#test/support/start-process.ts'
import type { StartedProcess } from '#test/support/start-process.ts'

// Empty for the first test alone; the others find what it left, and so start in half the time.
let dataDir: string
const running: StartedProcess[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(scratchDir(), 'rialto start '))
})

afterEach(async () => {
  for (const started of running.splice(0)) {
    started.child.kill('SIGTERM')
    await started.ended()
  }
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

function start(environment: Readonly<Record<string, string>> = {}): StartedProcess {
  const started = startProcess({ RIALTO_DATA_DIR: dataDir, ...environment })
  running.push(started)
  return started
}

describe('the process', () => {
  it('comes up on an empty folder, says each step, and is ready', async () => {
    const started = start()
    const origin = await started.origin()
    expect((await fetch(`${origin}/readyz`)).status).toBe(200)
    expect((await fetch(`${origin}/agents`)).status).toBe(200)
    for (const step of ['packages', 'web build', 'PostgreSQL', 'schema', 'catalogue']) {
      expect(started.output()).toMatch(new RegExp(`^ {2}✓ ${step}`, 'm'))
    }
    expect(started.output()).toMatch(/demo mode, this machine only/)
  })

  it('lets a running request end on SIGTERM, refuses new ones, and exits 0', async () => {
    const started = start()
    const origin = await started.origin()
    const { port } = new URL(origin)
    const slow = connect(Number(port), '127.0.0.1')
    await once(slow, 'connect')
    let answer = ''
    slow.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    slow.write(
      `POST /theme HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: ${origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\nConnection: close\r\n\r\n`,
    )
    await eventually(async () => (await fetch(`${origin}/healthz`)).ok)
    started.child.kill('SIGTERM')
    await eventually(async () =>
      fetch(`${origin}/healthz`).then(
        () => false,
        () => true,
      ),
    )
    slow.write('theme=dark')
    await once(slow, 'close')
    expect(answer).toMatch(/^HTTP\/1\.1 30[23]/)
    expect(await started.ended()).toBe(0)
  })

  it('starts again after kill -9 under load, with nothing to clean up', async () => {
    const first = start()
    const origin = await first.origin()
    const load = Array.from({ length: 20 }, () => fetch(`${origin}/api/v1/agents?q=opnhands`).catch(() => undefined))
    first.child.kill('SIGKILL')
    await Promise.all(load)
    await first.ended()
    const sample = /sample agents.*:(\d+)/.exec(first.output())?.[1]
    expect(sample).toBeDefined()
    await eventually(async () =>
      fetch(`http://localhost:${sample}/`).then(
        () => false,
        () => true,
      ),
    )
    const second = start()
    const response = await fetch(`${await second.origin()}/api/v1/agents?q=opnhands`)
    expect(JSON.stringify(await response.json())).toContain('"openhands"')
  })

  it('is the only one to serve a data folder; a second start says who does', async () => {
    const first = start()
    const origin = await first.origin()
    const second = start()
    expect(await second.ended()).toBe(1)
    expect(second.output()).toContain(origin)
    expect(second.output()).toContain('RIALTO_DATA_DIR')
    expect((await fetch(`${origin}/readyz`)).status).toBe(200)
  })

  it('takes the next port in demo mode when its own is busy, and says so', async () => {
    const busy = await listenAnywhere()
    const started = start({ PORT: String(busy.port) })
    const origin = await started.origin()
    expect(Number(new URL(origin).port)).toBeGreaterThan(busy.port)
    expect(started.output()).toContain(`Port ${busy.port} is busy`)
    busy.close()
  })

  it('refuses a busy port that it was told to use', async () => {
    const busy = await listenAnywhere()
    const started = start({ PORT: String(busy.port), BASE_URL: `http://localhost:${busy.port}` })
    expect(await started.ended()).toBe(1)
    expect(started.output()).toContain(`Port ${busy.port} is in use`)
    busy.close()
  })

  it('names every wrong variable in one message, without their values', async () => {
    const started = start({ PORT: 'x', SMTP_URL: 'http://user:hunter2@mail' })
    expect(await started.ended()).toBe(1)
    expect(started.output()).toMatch(/PORT: .*\n.*SMTP_URL: /)
    expect(started.output()).not.toContain('hunter2')
  })

  it('says that the database in DATABASE_URL does not answer', async () => {
    const started = start({ DATABASE_URL: 'postgres://rialto:hunter2@127.0.0.1:1/rialto' })
    expect(await started.ended()).toBe(1)
    expect(started.output()).toContain('The database in DATABASE_URL does not answer')
    expect(started.output()).not.toContain('hunter2')
  })
})

async function listenAnywhere(): Promise<{ port: number; close(): void }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
