// An agent's backend that uses the SDK, and a network between it and the marketplace that can be spoilt.
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { Rialto } from '@rialto/sdk'
import type { RialtoOptions } from '@rialto/sdk'
import type { AgentCredentials } from '#src/features/agent-clients/index.ts'
import type { TestServer } from '#test/support/server.ts'

type BackendOptions = Partial<Omit<RialtoOptions, 'issuer' | 'baseUrl'>>

export const backendOf = (
  { origin }: Pick<TestServer, 'origin'>,
  { clientId, clientSecret }: Pick<AgentCredentials, 'clientId' | 'clientSecret'>,
  options: BackendOptions = {},
): Rialto => new Rialto({ issuer: `${origin}/api/auth`, clientId, clientSecret, ...options })

export interface Seen {
  readonly path: string
  readonly body: string
}

/** `drop`: the marketplace has answered, and the answer is lost on the way. `hang`: nothing ever comes back. */
type Fate = 'pass' | 'drop' | 'hang'

export interface Network {
  /** Goes the spoilt way instead of the straight one. */
  readonly fetch: typeof fetch
  /** All that came through, in its order. */
  readonly seen: readonly Seen[]
  stop(): Promise<void>
}

/** A real HTTP proxy; `fate` decides about each request once the marketplace has answered it. */
export async function startNetwork(target: string, fate: (seen: Seen) => Fate): Promise<Network> {
  const seen: Seen[] = []
  const server = createServer((incoming, outgoing) => void forward({ target, incoming, outgoing, seen, fate }))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    seen,
    fetch: (url, init) => fetch(String(url).replace(target, origin), init),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Passage {
  readonly target: string
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly seen: Seen[]
  readonly fate: (seen: Seen) => Fate
}

async function forward({ target, incoming, outgoing, seen, fate }: Passage): Promise<void> {
  const path = incoming.url ?? '/'
  const body = await buffer(incoming)
  const upstream = httpRequest(new URL(path, target), {
    method: incoming.method,
    headers: { ...incoming.headers, host: new URL(target).host },
  })
  upstream.end(body)
  const [answer] = (await once(upstream, 'response')) as [IncomingMessage]
  const content = await buffer(answer)
  const passage = { path, body: body.toString() }
  seen.push(passage)
  switch (fate(passage)) {
    case 'pass':
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      outgoing.end(content)
      return
    case 'drop':
      outgoing.destroy()
      return
    case 'hang':
  }
}
