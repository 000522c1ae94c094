import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Deps } from '#src/deps.ts'
import { setScopeReasons } from '#src/features/agent-clients/index.ts'
import { issuerOf } from '#src/identity/index.ts'
import { sampleCredentials } from './credentials.ts'
import { listSample } from './list-sample.ts'
import { runSample } from './run-sample.ts'
import type { RunningSample } from './run-sample.ts'
import { samples } from './samples.ts'

export interface SampleAgents {
  readonly ports: readonly number[]
  stop(): Promise<void>
}

const portsTried = 50

/** Lists the sample agents and runs them on the ports after the marketplace's own. Demo mode only. */
export async function startSampleAgents(deps: Pick<Deps, 'db' | 'config' | 'log' | 'baseUrl'>): Promise<SampleAgents> {
  const running: RunningSample[] = []
  const ports: number[] = []
  let port = Number(new URL(deps.baseUrl).port) + 1
  for (const sample of samples) {
    port = await freePort(port)
    const origin = `http://localhost:${port}`
    const listed = await listSample(deps, { sample, origin })
    if (listed === undefined) {
      deps.log.warn({ slug: sample.slug }, 'a sample agent is not run: its address is another agent’s')
      continue
    }
    const { agentId } = listed
    await setScopeReasons(deps, { agentId, userId: undefined, reasons: sample.scopeReasons })
    const redirectUri = `${origin}/callback`
    const { clientId, clientSecret } = await sampleCredentials(deps, { slug: sample.slug, listed, redirectUri })
    const environment = {
      ORIGIN: origin,
      RIALTO_ISSUER: issuerOf(deps.baseUrl),
      RIALTO_CLIENT_ID: clientId,
      RIALTO_CLIENT_SECRET: clientSecret,
      DATA_DIR: join(deps.config.dataDir, 'samples', sample.slug),
    }
    running.push(runSample(deps, { slug: sample.slug, folder: sample.folder, environment }))
    ports.push(port)
    port += 1
  }
  const outcomes = await Promise.all(running.map(({ ready }) => ready))
  return {
    ports: ports.filter((_, index) => outcomes[index] === true),
    stop: async () => void (await Promise.all(running.map((sample) => sample.stop()))),
  }
}

/** The first port from `first` on that nobody listens to. */
async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + portsTried; port++) {
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(true))
    })
    if (!isFree) continue
    const found = (server.address() as AddressInfo).port
    await new Promise((resolve) => server.close(resolve))
    return found
  }
  throw new Error(`No free port from ${first} to ${first + portsTried}`)
}
