import { getRequestListener } from '@hono/node-server'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Handler = (request: Request, env: object) => Response | Promise<Response>

/**
 * Answers some requests by itself, past everything else, or leaves them untouched by calling `pass`. For what is asked so often
 * that the way through the application would be most of its cost.
 */
export type Shortcut = (request: IncomingMessage, response: ServerResponse, pass: () => void) => void

export interface HttpServer {
  readonly port: number
  /** Hands all requests from now on to another handler; the first one answers while the process is starting. */
  use(handler: Handler, shortcut?: Shortcut): void
  /** Stops accepting, lets running requests end for at most `graceMs`, then closes what is left. */
  drain(graceMs: number): Promise<void>
}

interface ListenOptions {
  readonly host: string
  readonly port: number
  /** How many next ports may be tried when this one is busy; 0 = refuse. */
  readonly otherPorts: number
  readonly handler: Handler
}

/** Thrown when the port is taken and no other may be used. */
export class PortBusyError extends Error {
  override readonly name = 'PortBusyError'
  readonly port: number
  constructor(port: number) {
    super(`Port ${port} is in use`)
    this.port = port
  }
}

// Slow-loris bounds: headers within 10 s, the whole request within 30 s, at most 4,096 sockets.
const headersTimeoutMs = 10_000
const requestTimeoutMs = 30_000
const keepAliveTimeoutMs = 65_000
const connectionsMax = 4_096

export async function listen({ host, port, otherPorts, handler }: ListenOptions): Promise<HttpServer> {
  let current = handler
  let shortcut: Shortcut | undefined
  const listener = getRequestListener((request, env) => current(request, env))
  const server = createServer(
    { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs },
    (request, response) => {
      const pass = (): void => void listener(request, response)
      if (shortcut === undefined) pass()
      else shortcut(request, response, pass)
    },
  )
  server.maxConnections = connectionsMax
  await bind(server, { host, port, otherPorts })
  return {
    port: (server.address() as AddressInfo).port,
    use: (next, nextShortcut) => {
      current = next
      shortcut = nextShortcut
    },
    drain: (graceMs) => drain(server, graceMs),
  }
}

async function bind(server: Server, { host, port, otherPorts }: Omit<ListenOptions, 'handler'>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port, exclusive: true }, resolve)
  try {
    await promise
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    if (otherPorts === 0) throw new PortBusyError(port)
    await bind(server, { host, port: port + 1, otherPorts: otherPorts - 1 })
  } finally {
    server.off('error', reject)
  }
}

async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(timer)
}
