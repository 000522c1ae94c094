// What a change may come to cost, for its person's spending caps.
import type { Stripe } from 'stripe'
import type { Costs } from '#src/features/spending/index.ts'
import type { Tier } from '#src/features/subscriptions/index.ts'
import { readRenewalsAgain } from '#src/features/spending/index.ts'
import type { AtStripe } from './at-stripe.ts'
import type { Way } from './choose-way.ts'
import type { Plan } from './own-plan.ts'
import { afterwards, invoiceOfChange, periodEndAfter } from './preview-change.ts'
import type { PreviewDeps } from './preview-change.ts'

/** Of an invoice, in minor units. Before credit: until this one is paid, another may use that up. */
export const mostDue = ({ total, amount_due: due }: Stripe.Invoice): number => Math.max(0, total, due)

interface Changing {
  readonly way: Extract<Way, 'now' | 'trial' | 'at_period_end'>
  readonly target: Tier
  readonly at: AtStripe
  /** Seconds, of a change that acts now. */
  readonly prorationDate: number | undefined
  /** For how long it may be paid. */
  readonly openSeconds: number
}

/** Throws `unavailable`. */
export async function costsOfChange(deps: PreviewDeps, changing: Changing): Promise<Costs> {
  const { way, target, at, prorationDate, openSeconds } = changing
  const { currency } = target
  if (target.isFree) return { currency, dueMinor: 0, renewals: { kind: 'instead', either: [] } }
  const { after } = await afterwards(deps, { at, target })
  const renewing = (seconds: number) => ({
    at: new Date(seconds * 1000),
    amountMinor: after.amountMinor,
    every: after.interval,
  })
  if (way === 'now' && prorationDate !== undefined) {
    const invoice = await invoiceOfChange(deps, { at, target, prorationDate })
    const end = periodEndAfter({ at, target, invoice })
    // Of another interval the period begins when it is paid.
    const isFixed = end === at.main.current_period_end
    const either = [renewing(end), ...(isFixed ? [] : [renewing(end + openSeconds)])]
    return { currency, dueMinor: mostDue(invoice), renewals: { kind: 'instead', either } }
  }
  const isCharged = way !== 'trial' || target.trialEndsWith === 'charge'
  const either = isCharged ? [renewing(at.main.current_period_end)] : []
  return { currency, dueMinor: 0, renewals: { kind: 'instead', either } }
}

/** Of what goes on as it was: a cancellation or a planned change that is taken back. */
export async function costsOfGoingOn(deps: Pick<PreviewDeps, 'db'>, { row, tier }: Plan): Promise<Costs> {
  const endsByItself = row.status === 'trialing' && tier.trialEndsWith !== 'charge'
  const either = endsByItself ? [] : await readRenewalsAgain(deps.db, row.id)
  return { currency: row.currency ?? tier.currency, dueMinor: 0, renewals: { kind: 'instead', either } }
}
