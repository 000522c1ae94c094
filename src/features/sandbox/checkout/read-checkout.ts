import type { HostedCheckout, HostedLine, Sandbox } from '#src/integrations/stripe/index.ts'
import type { Money } from '#src/lib/money.ts'
import { isStripeId } from '../refusals.ts'
import { moneyOf } from '../money.ts'

export interface CheckoutLine {
  readonly description: string
  readonly quantity: number
  readonly amount: Money
  readonly every: HostedLine['every']
}

/** What the hosted checkout page says before somebody pays. */
export interface SandboxCheckout extends Pick<HostedCheckout, 'mode' | 'status' | 'needsCard' | 'successUrl'> {
  readonly email: string | undefined
  readonly cancelUrl: string | undefined
  readonly lines: readonly CheckoutLine[]
  /** Undefined: a card is saved, and nothing is bought. */
  readonly dueToday: Money | undefined
  /** When the first charge comes, and what becomes of it where there is no card by then. */
  readonly trial: { readonly endsAt: string; readonly withoutCard: 'cancel' | 'create_invoice' | 'pause' } | undefined
  /** What each further period costs. */
  readonly recurring: { readonly amount: Money; readonly every: NonNullable<HostedLine['every']> } | undefined
  readonly expiresAt: string
}

/** Undefined: there is no such session. */
export async function readCheckout(sandbox: Sandbox, id: string): Promise<SandboxCheckout | undefined> {
  const session = isStripeId(id) ? await sandbox.readCheckout(id) : undefined
  if (session === undefined) return undefined
  const { mode, status, needsCard, successUrl, email, cancelUrl, dueToday, trial } = session
  return {
    mode,
    status,
    needsCard,
    successUrl,
    email,
    cancelUrl,
    lines: session.lines.map(({ description, quantity, amount, currency, every }) => ({
      description,
      quantity,
      amount: moneyOf(amount, currency),
      every,
    })),
    dueToday: dueToday && moneyOf(dueToday.amount, dueToday.currency),
    trial: trial && { endsAt: trial.endsAt.toISOString(), withoutCard: trial.withoutCard },
    recurring: recurringOf(session.lines),
    expiresAt: session.expiresAt.toISOString(),
  }
}

/** One subscription has one rhythm, so the first line's is that of all. */
function recurringOf(lines: readonly HostedLine[]): SandboxCheckout['recurring'] {
  const again = lines.filter(({ every }) => every !== undefined)
  const [first] = again
  if (first?.every === undefined) return undefined
  const amount = again.reduce((sum, line) => sum + line.amount, 0)
  return { amount: moneyOf(amount, first.currency), every: first.every }
}
