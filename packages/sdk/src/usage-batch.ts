import { createExitGuard } from './exit-guard.ts'
import { isTransient, RialtoError } from './errors.ts'
import { positive } from './settings.ts'
import { abortable, pause, pauseBefore } from './transport.ts'
import type { Transport } from './transport.ts'
import type { Decision, UsageReport } from './usage.ts'

export interface BatchOptions {
  /** How long the first event of a batch waits for company. */
  readonly delayMs?: number
  /** Events of one request, at most 1,000. */
  readonly eventsMax?: number
  /** Events that wait or are under way; past it `consume` rejects with `queue_full`. */
  readonly waitingMax?: number
}

/** Many reports in few requests; each promise gets the decision of its own event. */
export interface UsageBatch extends AsyncDisposable {
  readonly waiting: number
  /** As Rialto.consume. Rejects with `queue_full` and `queue_closed`, too, having sent nothing. */
  consume(report: UsageReport): Promise<Decision>
  /** Sends what waits without the delay, and resolves when all of it is answered. Never rejects. */
  flush(): Promise<void>
  /** Takes nothing more, and flushes. */
  close(): Promise<void>
}

interface Parts {
  readonly transport: Transport
  readonly attemptsMax: number
  /** The event as JSON, its id in it. */
  readonly encode: (report: UsageReport) => string
}

interface Waiting {
  readonly event: string
  readonly signal: AbortSignal | undefined
  resolve(decision: Decision): void
  reject(error: unknown): void
}

const eventsMaxOfRialto = 1_000
/** Below Rialto's limit on a body, 1 MiB. */
const bytesMax = 1_000_000
const encoder = new TextEncoder()

export function createUsageBatch({ transport, attemptsMax, encode }: Parts, options: BatchOptions): UsageBatch {
  const delayMs = positive('delayMs', options.delayMs ?? 10)
  const eventsMax = Math.min(eventsMaxOfRialto, positive('eventsMax', options.eventsMax ?? eventsMaxOfRialto))
  const waitingMax = positive('waitingMax', options.waitingMax ?? 20_000)
  const queue: Waiting[] = []
  const open = new Set<Promise<unknown>>()
  let timer: NodeJS.Timeout | undefined
  let isRunning = false
  let isClosed = false

  const flush = async (): Promise<void> => {
    void drain()
    await Promise.allSettled(open)
  }
  const exitGuard = createExitGuard(flush)

  /** One request at a time: what arrives meanwhile is the next batch. */
  const drain = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (isRunning) return
    isRunning = true
    while (queue.length > 0) await send(takeSome(queue, eventsMax))
    isRunning = false
  }

  const send = async (items: Waiting[]): Promise<void> => {
    let left = items
    for (let count = 1; left.length > 0; count++) {
      try {
        left = settle(left, await transport({ method: 'POST', path: '/usage/batch', body: bodyOf(left) }), {
          isLast: count >= attemptsMax,
        })
        if (left.length > 0) await pause(pauseBefore(count), undefined)
      } catch (error) {
        for (const item of left) item.reject(error)
        return
      }
    }
  }

  const track = (decided: Promise<Decision>): void => {
    if (open.size === 0) exitGuard.arm()
    open.add(decided)
    const leave = () => {
      open.delete(decided)
      if (open.size === 0) exitGuard.disarm()
    }
    decided.then(leave, leave)
  }

  const consume = async (report: UsageReport): Promise<Decision> => {
    if (isClosed) throw new RialtoError('queue_closed', 'This batch was closed')
    if (open.size >= waitingMax) throw new RialtoError('queue_full', `${waitingMax} events wait already`)
    const { signal } = report
    signal?.throwIfAborted()
    const event = encode(report)
    const decided = new Promise<Decision>((resolve, reject) => queue.push({ event, signal, resolve, reject }))
    track(decided)
    if (queue.length >= eventsMax) void drain()
    else if (!isRunning) timer ??= setTimeout(() => void drain(), delayMs)
    return abortable(decided, signal)
  }

  const close = (): Promise<void> => {
    isClosed = true
    return flush()
  }
  return {
    get waiting() {
      return open.size
    },
    consume,
    flush,
    close,
    [Symbol.asyncDispose]: close,
  }
}

const bodyOf = (items: readonly Waiting[]): string => `{"events":[${items.map(({ event }) => event).join(',')}]}`

/** The oldest that fit into one request; who gave up meanwhile is left out. */
function takeSome(queue: Waiting[], eventsMax: number): Waiting[] {
  const taken: Waiting[] = []
  let bytes = 0
  let count = 0
  for (const item of queue) {
    if (item.signal?.aborted !== true) {
      bytes += encoder.encode(item.event).length + 1
      if (taken.length > 0 && (bytes > bytesMax || taken.length >= eventsMax)) break
      taken.push(item)
    } else item.reject(item.signal.reason)
    count++
  }
  queue.splice(0, count)
  return taken
}

interface EventFailure {
  readonly error: { readonly code: string; readonly errors?: readonly { path: string; message: string }[] }
}

/** Answers each of them, but for those that are worth another attempt: they are returned. */
function settle(items: readonly Waiting[], answer: unknown, { isLast }: { readonly isLast: boolean }): Waiting[] {
  const { results = [] } = answer as {
    readonly results?: readonly ((Decision & { clientReqId: string }) | EventFailure)[]
  }
  return items.filter((item, place) => {
    const result = results[place]
    if (result !== undefined && !('error' in result)) {
      const { clientReqId: _, ...decision } = result
      item.resolve(decision)
      return false
    }
    const error =
      result === undefined ? new RialtoError('unexpected_answer', 'An event got no answer') : failureOf(result)
    if (isTransient(error) && !isLast) return true
    item.reject(error)
    return false
  })
}

function failureOf({ error: { code, errors = [] } }: EventFailure): RialtoError {
  const reasons = errors.map(({ path, message }) => `${path} ${message}`).join('; ')
  return new RialtoError(code, reasons === '' ? `Rialto refused the event: ${code}` : reasons)
}
