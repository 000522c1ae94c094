// A lean HTTP/1.1 client on bare sockets: a full client would be the limit itself. It keeps one request under way on each
// connection and reads answers by their Content-Length; anything else is an error.
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface Load {
  readonly origin: string
  readonly connections: number
  readonly seconds: number
  /** The request of this number; numbers are used once. */
  readonly request: (number: number) => {
    readonly path: string
    readonly body: string
    readonly headers?: Readonly<Record<string, string>>
  }
  /** Left out: without authorization. */
  readonly token?: string
  /** Told each answer's body; throws where it is wrong. */
  readonly onAnswer: (body: string) => void
}

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  /** Of every request, in milliseconds. */
  readonly latencies: readonly number[]
}

const headEnd = '\r\n\r\n'

export async function runLoad(load: Load): Promise<LoadResult> {
  const { hostname, port, host } = new URL(load.origin)
  const authorization = load.token === undefined ? '' : `Authorization: Bearer ${load.token}\r\n`
  const head = `Host: ${host}\r\n${authorization}Content-Type: application/json\r\n`
  const latencies: number[] = []
  const startedAt = performance.now()
  const endAt = startedAt + load.seconds * 1_000
  let number = 0
  const drive = async (): Promise<void> => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const done = Promise.withResolvers<void>()
    let sentAt = 0
    const send = (): void => {
      sentAt = performance.now()
      if (sentAt >= endAt) {
        socket.end()
        done.resolve()
        return
      }
      const { path, body, headers = {} } = load.request(number++)
      const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`
      socket.write(`POST ${path} HTTP/1.1\r\n${head}${own.join('')}${length}\r\n${body}`)
    }
    socket.on('connect', send)
    socket.on('error', done.reject)
    readAnswers(socket, (status, body) => {
      latencies.push(performance.now() - sentAt)
      try {
        if (status !== 200) throw new Error(`The server answered ${status}: ${body.slice(0, 300)}`)
        load.onAnswer(body)
        send()
      } catch (error) {
        socket.destroy()
        done.reject(error)
      }
    })
    await done.promise
  }
  await Promise.all(Array.from({ length: load.connections }, drive))
  return { requests: latencies.length, seconds: (performance.now() - startedAt) / 1_000, latencies }
}

function readAnswers(socket: Socket, onAnswer: (status: number, body: string) => void): void {
  let pending = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    pending += chunk
    const bodyAt = pending.indexOf(headEnd)
    if (bodyAt < 0) return
    const length = /\r\ncontent-length: (\d+)/i.exec(pending.slice(0, bodyAt))?.[1]
    if (length === undefined) throw new Error(`An answer without its length:\n${pending.slice(0, bodyAt)}`)
    const end = bodyAt + headEnd.length + Number(length)
    if (pending.length < end) return
    const body = pending.slice(bodyAt + headEnd.length, end)
    const status = Number(pending.slice(9, 12))
    pending = pending.slice(end)
    onAnswer(status, body)
  })
}
