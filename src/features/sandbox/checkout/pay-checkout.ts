import type { Deps } from '#src/deps.ts'
import { cardInput } from '#src/integrations/stripe/index.ts'
import type { CheckoutInput, Sandbox } from '#src/integrations/stripe/index.ts'
import { findTestCard } from '../cards.ts'
import { businessTime } from '../clock/read-clock.ts'
import { readCheckout } from './read-checkout.ts'

export interface PayCheckout {
  readonly sessionId: string
  /** As typed; empty: without a card. */
  readonly number: string
  readonly name: string
  /** What the bank's question came to; undefined: not asked yet. */
  readonly authentication: CheckoutInput['authentication']
}

export type CheckoutAnswer =
  | { readonly kind: 'done'; readonly redirectTo: string }
  /** Paid or expired before, or never there. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'needs_card' }
  /** No number of a test card. */
  | { readonly kind: 'unknown_card' }
  | { readonly kind: 'needs_authentication' }
  | { readonly kind: 'declined'; readonly message: string }

/** Somebody presses the button of the hosted checkout page. */
export async function payCheckout(
  { db }: Pick<Deps, 'db'>,
  sandbox: Sandbox,
  { sessionId, number, name, authentication }: PayCheckout,
): Promise<CheckoutAnswer> {
  if ((await readCheckout(sandbox, sessionId)) === undefined) return { kind: 'closed' }
  const card = findTestCard(number)
  if (card === undefined && number !== '') return { kind: 'unknown_card' }
  const now = Math.floor((await businessTime(db)).now.getTime() / 1000)
  const outcome = await sandbox.completeCheckout(sessionId, {
    ...(card && { card: cardInput(card, now) }),
    ...(authentication && { authentication }),
    ...(name !== '' && { name }),
  })
  switch (outcome.kind) {
    case 'complete':
      return { kind: 'done', redirectTo: outcome.redirectTo }
    case 'closed':
      return { kind: 'closed' }
    case 'declined':
      return { kind: 'declined', message: outcome.message }
    case 'needs_card':
    case 'needs_authentication':
      return { kind: outcome.kind }
  }
}
