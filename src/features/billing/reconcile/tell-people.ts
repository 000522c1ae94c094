// The mails about a subscription's money, queued in the transaction that writes down what they are about.
import { eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { agentPricingTiers, agents, user } from '#src/db/schema/index.ts'
import { sendOptionalMail } from '#src/features/notifications/index.ts'
import type { OptionalMailDeps } from '#src/features/notifications/index.ts'
import type { SubscriptionRow } from '#src/features/subscriptions/index.ts'
import {
  checkoutUndone,
  paymentFailed,
  paymentReceipt,
  subscriptionEnded,
  trialEnding,
} from '#src/integrations/mail/index.ts'
import type { AfterTrial, RenderedMail } from '#src/integrations/mail/index.ts'
import type { Money } from '#src/lib/money.ts'
import type { Entry } from './record-money.ts'

type TellDeps = OptionalMailDeps

interface About {
  readonly userId: string
  readonly agentId: string
  readonly tierId: string | null
}

interface Addressed {
  readonly name: string
  readonly agent: string
  readonly tier: string
  readonly agentUrl: string
}

interface Mailing {
  readonly deps: TellDeps
  readonly about: About
  readonly template: string
  /** The same for the same occasion, so that it is sent once. */
  readonly id?: string
  /** Their person can do without these. */
  readonly kind?: 'payment_receipts'
  readonly render: (to: Addressed, unsubscribeUrl: string) => RenderedMail
}

async function send(tx: Transaction, { deps, about, template, id, kind, render }: Mailing): Promise<void> {
  const [person] = await tx.select().from(user).where(eq(user.id, about.userId))
  const [agent] = await tx.select().from(agents).where(eq(agents.id, about.agentId))
  const [tier] =
    about.tierId === null ? [] : await tx.select().from(agentPricingTiers).where(eq(agentPricingTiers.id, about.tierId))
  if (person === undefined || agent === undefined) return
  const agentUrl = `${deps.baseUrl}/agents/${agent.slug}`
  const addressed = { name: person.name, agent: agent.name, tier: tier?.tierName ?? '', agentUrl }
  const to = person.email
  if (kind !== undefined) {
    const whole = (unsubscribeUrl: string): RenderedMail => render(addressed, unsubscribeUrl)
    await sendOptionalMail(tx, deps, { kind, userId: person.id, to, template, id, render: whole })
    return
  }
  await deps.mail.enqueue({ ...render(addressed, ''), to, template }, { tx, ...(id !== undefined && { id }) })
}

interface Paid {
  readonly about: About
  readonly charge: Entry
  readonly nextAt: Date | undefined
}

export const tellPaid = (tx: Transaction, deps: TellDeps, { about, charge, nextAt }: Paid): Promise<void> =>
  send(tx, {
    deps,
    about,
    template: 'payment-receipt',
    id: charge.id,
    kind: 'payment_receipts',
    render: (to, unsubscribeUrl) =>
      paymentReceipt({
        ...to,
        unsubscribeUrl,
        amount: { amountMinor: charge.amount, currency: charge.currency },
        number: String((charge.metadata as { readonly number?: unknown }).number ?? ''),
        nextAt,
        url: `${deps.baseUrl}/account/invoices`,
      }),
  })

interface Failed {
  readonly row: SubscriptionRow
  readonly amount: Money
  readonly triesAgainAt: Date | undefined
  readonly worksUntil: Date
}

export const tellFailed = (tx: Transaction, deps: TellDeps, { row, ...failed }: Failed): Promise<void> =>
  send(tx, {
    deps,
    about: row,
    template: 'payment-failed',
    render: (to) => paymentFailed({ ...to, ...failed, url: `${deps.baseUrl}/account/subscriptions/${row.id}` }),
  })

interface TrialEnding {
  readonly row: SubscriptionRow
  readonly endsAt: Date
  readonly after: AfterTrial
}

export const tellTrialEnding = (tx: Transaction, deps: TellDeps, { row, ...ending }: TrialEnding): Promise<void> =>
  send(tx, {
    deps,
    about: row,
    template: 'trial-ending',
    render: (to) => trialEnding({ ...to, ...ending, url: `${deps.baseUrl}/account/subscriptions/${row.id}` }),
  })

interface Over {
  readonly row: SubscriptionRow
  readonly endedAt: Date
  readonly why: 'as_asked' | 'unpaid' | 'trial_over'
}

export const tellEnded = (tx: Transaction, deps: TellDeps, { row, endedAt, why }: Over): Promise<void> =>
  send(tx, {
    deps,
    about: row,
    template: 'subscription-ended',
    render: (to) => subscriptionEnded({ ...to, endedAt, why, url: to.agentUrl }),
  })

interface Undone {
  readonly about: About
  readonly intentId: string
  readonly amount: Money | undefined
}

export const tellUndone = (tx: Transaction, deps: TellDeps, { about, intentId, amount }: Undone): Promise<void> =>
  send(tx, {
    deps,
    about,
    template: 'checkout-undone',
    id: intentId,
    render: (to) => checkoutUndone({ ...to, amount, url: `${deps.baseUrl}/account/subscriptions` }),
  })
