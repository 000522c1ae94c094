import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scratchDir } from '#test/support/scratch.ts'
import { eventually, startProcess } from '#test/support/start-process.ts'
import type { StartedProcess } from '#test/support/start-process.ts'

// A start takes seconds of a processor, so each test goes on with the server that the one before it left running, where it can.
// The folder is empty for the first of them alone; the others find what it left.
let dataDir: string
let left: Server | undefined
const started: StartedProcess[] = []

interface Server extends StartedProcess {
  readonly at: string
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(scratchDir(), 'rialto start '))
})
afterAll(async () => {
  for (const begun of started) await stop(begun)
  await rm(dataDir, { recursive: true, force: true })
})

function start(environment: Readonly<Record<string, string>> = {}): StartedProcess {
  const begun = startProcess({ RIALTO_DATA_DIR: dataDir, ...environment })
  started.push(begun)
  return begun
}

/** Comes up, and is left running for the next test. */
async function serve(environment?: Readonly<Record<string, string>>): Promise<Server> {
  const begun = start(environment)
  return (left = { ...begun, at: await begun.origin() })
}

const running = async (): Promise<Server> => left ?? serve()

/** The one that runs, for a test that ends it. */
async function takeRunning(): Promise<Server> {
  const server = await running()
  left = undefined
  return server
}

describe('the process', { timeout: 120_000 }, () => {
  it('comes up on an empty folder, says each step, and is ready', async () => {
    const server = await serve()
    expect((await fetch(`${server.at}/readyz`)).status).toBe(200)
    expect((await fetch(`${server.at}/agents`)).status).toBe(200)
    for (const step of ['packages', 'web build', 'PostgreSQL', 'schema', 'catalogue']) {
      expect(server.output()).toMatch(new RegExp(`^ {2}✓ ${step}`, 'm'))
    }
    expect(server.output()).toMatch(/demo mode, this machine only/)
  })

  it('is the only one to serve a data folder; a second start says who does', async () => {
    const first = await running()
    const second = start()
    expect(await second.ended()).toBe(1)
    expect(second.output()).toContain(first.at)
    expect(second.output()).toContain('RIALTO_DATA_DIR')
    expect((await fetch(`${first.at}/readyz`)).status).toBe(200)
  })

  it('lets a running request end on SIGTERM, refuses new ones, and exits 0', async () => {
    const server = await takeRunning()
    const { port } = new URL(server.at)
    const slow = connect(Number(port), '127.0.0.1')
    await once(slow, 'connect')
    let answer = ''
    slow.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    slow.write(
      `POST /theme HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: ${server.at}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\nConnection: close\r\n\r\n`,
    )
    await eventually(async () => (await fetch(`${server.at}/healthz`)).ok)
    server.child.kill('SIGTERM')
    await refusesConnections(server.at)
    slow.write('theme=dark')
    await once(slow, 'close')
    expect(answer).toMatch(/^HTTP\/1\.1 30[23]/)
    expect(await server.ended()).toBe(0)
  })

  it('takes the next port in demo mode when its own is busy, and says so', async () => {
    if (left !== undefined) await stop(await takeRunning())
    const busy = await listenAnywhere()
    const server = await serve({ PORT: String(busy.port) })
    expect(Number(new URL(server.at).port)).toBeGreaterThan(busy.port)
    expect(server.output()).toContain(`Port ${busy.port} is busy`)
    busy.close()
  })

  it('starts again after kill -9 under load, with nothing to clean up', async () => {
    const first = await takeRunning()
    const load = Array.from({ length: 20 }, () => fetch(`${first.at}/api/v1/agents?q=opnhands`).catch(() => undefined))
    first.child.kill('SIGKILL')
    await Promise.all(load)
    await first.ended()
    const sample = /sample agents.*:(\d+)/.exec(first.output())?.[1]
    expect(sample).toBeDefined()
    await refusesConnections(`http://localhost:${sample}`)
    const second = await serve()
    const response = await fetch(`${second.at}/api/v1/agents?q=opnhands`)
    expect(JSON.stringify(await response.json())).toContain('"openhands"')
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

const refusesConnections = (origin: string) =>
  eventually(() =>
    fetch(`${origin}/healthz`).then(
      () => false,
      () => true,
    ),
  )

async function stop({ child, ended }: StartedProcess): Promise<void> {
  child.kill('SIGTERM')
  await ended()
}

async function listenAnywhere(): Promise<{ port: number; close(): void }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
