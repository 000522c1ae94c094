import { and, eq, inArray, sql } from 'drizzle-orm'
import { billingIntents } from '#src/db/schema/index.ts'
import { holdAgainstCaps } from '#src/features/spending/index.ts'
import type { Costs } from '#src/features/spending/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { isAtCheckout, settleSession } from '../checkout/session.ts'
import type { ReconcileDeps } from '../context.ts'
import { readIntent, writeClaimed } from './intents.ts'
import type { Intent, NewIntent, PurchaseKind } from './intents.ts'

type Purchase = NewIntent<PurchaseKind> & { readonly costs: Costs }

/**
 * Writes a purchase down, held against its person's spending caps: everything that may make them pay more begins here. As
 * writeIntent with an id again. A second open checkout of one person at one agent, and a second open change of one subscription, is
 * refused by the database (unique violation). Throws `spend_cap_reached`.
 */
export async function writePurchase(deps: ReconcileDeps, purchase: Purchase): Promise<Intent> {
  try {
    return await write(deps, purchase)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'spend_cap_reached') throw error
    // What nobody has finished in time may hold the room that is missing.
    if (!(await settleLate(deps, purchase.userId))) throw error
    return write(deps, purchase)
  }
}

const write = (deps: ReconcileDeps, { costs, ...intent }: Purchase): Promise<Intent> =>
  deps.db.transaction(async (tx) => {
    const known = await readIntent(tx, intent.id)
    return known ?? writeClaimed(tx, { ...intent, claim: await holdAgainstCaps(tx, deps, { ...intent, costs }) })
  })

const lateMax = 20

/** False: there was none. */
async function settleLate(deps: ReconcileDeps, userId: string): Promise<boolean> {
  const late = await deps.db
    .select()
    .from(billingIntents)
    .where(
      and(
        eq(billingIntents.userId, userId),
        eq(billingIntents.state, 'open'),
        inArray(billingIntents.kind, ['checkout', 'addon']),
        sql`${billingIntents.expiresAt} <= rialto_now()`,
      ),
    )
    .limit(lateMax)
  const atCheckout = late.filter(isAtCheckout)
  for (const intent of atCheckout) await settleSession(deps, intent)
  return atCheckout.length > 0
}
