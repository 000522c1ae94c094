import type { Deps } from '#src/deps.ts'
import { requireOperator } from '#src/identity/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { payCheckout } from './checkout/pay-checkout.ts'
import type { CheckoutAnswer, PayCheckout } from './checkout/pay-checkout.ts'
import { readCheckout } from './checkout/read-checkout.ts'
import type { SandboxCheckout } from './checkout/read-checkout.ts'
import { sandboxCards } from './cards.ts'
import type { SandboxCard } from './cards.ts'
import { advanceClock } from './clock/advance-clock.ts'
import type { AdvanceClock, ClockAdvance } from './clock/advance-clock.ts'
import { readClock } from './clock/read-clock.ts'
import type { SandboxClock } from './clock/read-clock.ts'
import { answerBank, payInvoice } from './invoices/pay-invoice.ts'
import type { AnswerBank, InvoiceAnswer, PayInvoice } from './invoices/pay-invoice.ts'
import { readInvoice } from './invoices/read-invoice.ts'
import type { SandboxInvoice } from './invoices/read-invoice.ts'
import { addCard, removeCard, useCard } from './portal/change-cards.ts'
import type { AddCard, CardAnswer, WhichCard } from './portal/change-cards.ts'
import { readPortal } from './portal/read-portal.ts'
import type { SandboxPortal } from './portal/read-portal.ts'

/** What the sandbox's hosted pages show and do. Whoever knows the id of a session or of an invoice's page may, as at Stripe. */
export interface SandboxServices {
  readonly cards: readonly SandboxCard[]
  /** Undefined: there is no such session; the same below. */
  readCheckout(id: string): Promise<SandboxCheckout | undefined>
  payCheckout(input: PayCheckout): Promise<CheckoutAnswer>
  readPortal(id: string): Promise<SandboxPortal | undefined>
  addCard(input: AddCard): Promise<CardAnswer>
  useCard(which: WhichCard): Promise<CardAnswer>
  removeCard(which: WhichCard): Promise<CardAnswer>
  readInvoice(pageId: string): Promise<SandboxInvoice | undefined>
  payInvoice(input: PayInvoice): Promise<InvoiceAnswer>
  answerBank(input: AnswerBank): Promise<InvoiceAnswer>
  /** For operators, as the database knows them at this moment. Throws `unauthenticated` or `forbidden`; so does the next. */
  readClock(viewer: AccountViewer | undefined): Promise<SandboxClock>
  advanceClock(viewer: AccountViewer | undefined, input: Omit<AdvanceClock, 'operatorId'>): Promise<ClockAdvance>
}

/** Undefined where payments are real. */
export function createSandboxServices(deps: Pick<Deps, 'baseUrl' | 'db' | 'payments'>): SandboxServices | undefined {
  const { sandbox, stripe } = deps.payments
  if (sandbox === undefined) return undefined
  const where = { sandbox, stripe }
  return {
    cards: sandboxCards,
    readCheckout: (id) => readCheckout(sandbox, id),
    payCheckout: (input) => payCheckout(deps, sandbox, input),
    readPortal: (id) => readPortal(where, id),
    addCard: (input) => addCard(where, input),
    useCard: (which) => useCard(where, which),
    removeCard: (which) => removeCard(where, which),
    readInvoice: (pageId) => readInvoice(stripe, pageId),
    payInvoice: (input) => payInvoice(where, input),
    answerBank: (input) => answerBank(where, input),
    readClock: async (viewer) => {
      await requireOperator(deps.db, viewer)
      return readClock(deps)
    },
    advanceClock: async (viewer, input) => {
      const { id: operatorId } = await requireOperator(deps.db, viewer)
      return advanceClock(deps, { ...input, operatorId })
    },
  }
}
