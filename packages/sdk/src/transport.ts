import { setTimeout as sleep } from 'node:timers/promises'
import { errorOf, isTransient, RialtoError } from './errors.ts'
import type { Settings } from './settings.ts'
import type { TokenSource } from './token-source.ts'

export interface Call {
  readonly method: 'GET' | 'POST'
  /** Below /api/v1. */
  readonly path: string
  /** As JSON text. */
  readonly body?: string
  readonly signal?: AbortSignal | undefined
}

/** Sends a call until it is answered: again after what may pass, with the same body, so with the same id. */
export type Transport = (call: Call) => Promise<unknown>

const pauseMsBase = 100
const pauseMsMax = 5_000

export function createTransport(settings: Settings, tokens: TokenSource): Transport {
  const attempt = async (call: Call, timeoutMs: number): Promise<unknown> => {
    const token = await abortable(tokens.get(), call.signal)
    const response = await send(settings, { call, token, timeoutMs })
    if (response.status === 401) tokens.drop(token)
    return answerOf(response)
  }

  const attemptWithLivingToken = async (call: Call, timeoutMs: number): Promise<unknown> => {
    try {
      return await attempt(call, timeoutMs)
    } catch (error) {
      // Ended or revoked meanwhile: one new token is worth a try, a second refusal is an answer.
      if (!(error instanceof RialtoError) || error.code !== 'unauthenticated') throw error
      return attempt(call, timeoutMs)
    }
  }

  return async (call) => {
    const deadline = performance.now() + settings.deadlineMs
    for (let count = 1; ; count++) {
      call.signal?.throwIfAborted()
      try {
        const leftMs = Math.max(1, Math.ceil(deadline - performance.now()))
        return await attemptWithLivingToken(call, Math.min(settings.timeoutMs, leftMs))
      } catch (error) {
        call.signal?.throwIfAborted()
        if (!isTransient(error) || count >= settings.attemptsMax) throw error
        const pauseMs = pauseBefore(count, error.retryAfterMs)
        if (performance.now() + pauseMs >= deadline) throw error
        await pause(pauseMs, call.signal)
      }
    }
  }
}

/** Full jitter: all who were turned away together must not come back together. What Rialto asked for is waited first. */
export function pauseBefore(count: number, retryAfterMs = 0): number {
  return retryAfterMs + Math.random() * Math.min(pauseMsMax, pauseMsBase * 2 ** count)
}

/** Rejects with the signal's own reason. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal && { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

interface Attempt {
  readonly call: Call
  readonly token: string
  readonly timeoutMs: number
}

async function send({ resource, fetch }: Settings, { call, token, timeoutMs }: Attempt): Promise<Response> {
  const { method, path, body, signal } = call
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await fetch(`${resource}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body !== undefined && { body }),
    })
  } catch (error) {
    throw failureOf(error)
  }
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) throw await errorOf(response)
  let text: string
  try {
    text = await response.text()
  } catch (error) {
    throw failureOf(error)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RialtoError('unexpected_answer', 'Rialto’s answer is no JSON', { status: response.status, cause: error })
  }
}

function failureOf(error: unknown): RialtoError {
  const isTimeout = error instanceof Error && error.name === 'TimeoutError'
  if (isTimeout) return new RialtoError('timeout', 'Rialto did not answer in time', { cause: error })
  return new RialtoError('network', 'Rialto could not be reached', { cause: error })
}

/** Leaves the work running for others who wait for it. Rejects with the signal's own reason. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
