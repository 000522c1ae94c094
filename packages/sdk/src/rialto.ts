import { createIssuer } from './issuer.ts'
import type { Issuer } from './issuer.ts'
import { newRequestId, requestIdFor } from './request-ids.ts'
import { reservationOf } from './reservation.ts'
import type { Reservation, ReservationAnswer } from './reservation.ts'
import { settingsOf } from './settings.ts'
import type { RialtoOptions, Settings } from './settings.ts'
import { createSignIn } from './sign-in.ts'
import type { SignIn, SignInOptions } from './sign-in.ts'
import { createTokenSource } from './token-source.ts'
import { createTransport } from './transport.ts'
import type { Transport } from './transport.ts'
import { createUsageBatch } from './usage-batch.ts'
import type { BatchOptions, UsageBatch } from './usage-batch.ts'
import type {
  Decision,
  Forecast,
  LedgerEntry,
  LedgerQuery,
  Refund,
  RefundReport,
  ReservationReport,
  SubscriptionUsage,
  UsageQuestion,
  UsageReport,
} from './usage.ts'

/**
 * An agent's backend at Rialto. It gets and renews its tokens itself, and sends a call again (same body, same id) after lost
 * answers, 429 and 502 to 504, within `attemptsMax` and `deadlineMs`. Every method rejects with a RialtoError, or with the
 * reason of the caller's own `signal`.
 */
export class Rialto {
  readonly #settings: Settings
  readonly #issuer: Issuer
  readonly #transport: Transport

  /** Throws a TypeError for settings that can't work; asks nobody yet. */
  constructor(options: RialtoOptions) {
    this.#settings = settingsOf(options)
    this.#issuer = createIssuer(this.#settings)
    this.#transport = createTransport(this.#settings, createTokenSource(this.#issuer, this.#settings.resource))
  }

  /** Signs people in. Make one for as long as the process lives. Any other OpenID Connect client does as well. */
  auth(options: SignInOptions): SignIn {
    return createSignIn(this.#issuer, options)
  }

  /** Uses something, if the person may: decided and recorded in one step. A denial is an answer, not an error. */
  async consume(report: UsageReport): Promise<Decision> {
    return this.#post<Decision>('/usage', this.#encode(report), report.signal)
  }

  /** What a use would be answered, with nothing recorded. */
  async check({ signal, ...question }: UsageQuestion): Promise<Forecast> {
    return this.#post<Forecast>('/usage/check', JSON.stringify(question), signal)
  }

  /** Holds units before costly work; commit or release them afterwards. Only for counters. */
  async reserve({ signal, key, clientReqId, ...rest }: ReservationReport): Promise<Reservation> {
    const id = this.#idOf({ clientReqId, key, userId: rest.userId })
    const body = JSON.stringify({ clientReqId: id, ...rest })
    return reservationOf(await this.#post<ReservationAnswer>('/reservations', body, signal), this.#transport)
  }

  /** Gives back what an entry took, or a part of it; never more than is left of it. Only for counters. */
  async refund({ signal, key, clientReqId, ...rest }: RefundReport): Promise<Refund> {
    // The entry stands for its person here.
    const id = this.#idOf({ clientReqId, key, userId: rest.entryId })
    return this.#post<Refund>('/usage/refund', JSON.stringify({ clientReqId: id, ...rest }), signal)
  }

  /** Many reports in few requests. Make one for as long as the process lives. */
  batch(options: BatchOptions = {}): UsageBatch {
    const { attemptsMax } = this.#settings
    return createUsageBatch(
      { transport: this.#transport, attemptsMax, encode: (report) => this.#encode(report) },
      options,
    )
  }

  /** All meters of a subscription to this agent. */
  async subscriptionUsage(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<SubscriptionUsage> {
    const path = `/subscriptions/${encodeURIComponent(id)}/usage`
    return (await this.#transport({ method: 'GET', path, signal })) as SubscriptionUsage
  }

  /** What was used of a person's subscriptions or of one, newest first, page by page as it is read. */
  async *ledger({ signal, from, to, ...filter }: LedgerQuery): AsyncGenerator<LedgerEntry, void, undefined> {
    const query = new URLSearchParams({ limit: '200' })
    // A filter that is undefined is none; as text it would be one that nothing fits.
    for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value)
    if (from !== undefined) query.set('from', from.toISOString())
    if (to !== undefined) query.set('to', to.toISOString())
    for (;;) {
      const page = (await this.#transport({ method: 'GET', path: `/usage/ledger?${query}`, signal })) as LedgerPage
      yield* page.items
      if (page.nextCursor === null) return
      query.set('cursor', page.nextCursor)
    }
  }

  #encode({ userId, metric, delta, metadata, occurredAt, clientReqId, key }: UsageReport): string {
    const id = this.#idOf({ clientReqId, key, userId })
    return JSON.stringify({ clientReqId: id, userId, metric, delta, metadata, occurredAt: occurredAt?.toISOString() })
  }

  #idOf({ clientReqId, key, userId }: Naming): string {
    if (clientReqId !== undefined) return clientReqId
    return key === undefined ? newRequestId() : requestIdFor({ agent: this.#settings.clientId, userId, key })
  }

  // What the API answers has the shape that its OpenAPI document says.
  async #post<Answer>(path: string, body: string, signal: AbortSignal | undefined): Promise<Answer> {
    return (await this.#transport({ method: 'POST', path, body, signal })) as Answer
  }
}

interface Naming {
  readonly clientReqId: string | undefined
  readonly key: string | undefined
  readonly userId: string
}

interface LedgerPage {
  readonly items: readonly LedgerEntry[]
  readonly nextCursor: string | null
}
