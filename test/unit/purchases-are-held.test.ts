// Everything that may make somebody pay more goes through one gate. Whoever asks Stripe for money in a new place finds that here.
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'

const featuresDir = join(import.meta.dirname, '..', '..', 'src', 'features')

async function filesWith(pattern: RegExp): Promise<string[]> {
  const entries = await readdir(featuresDir, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries) {
    const isSource = entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts')
    if (!isSource) continue
    const path = join(entry.parentPath, entry.name)
    if (pattern.test(await readFile(path, 'utf8'))) found.push(relative(featuresDir, path))
  }
  return found.toSorted()
}

/** Calls to Stripe after which something is charged, or charged again. */
const charging = new RegExp(
  [
    String.raw`checkout\.sessions\.create\(`,
    String.raw`subscriptions\.(create|update|resume|migrate)\(`,
    String.raw`subscriptionSchedules\.(create|update|release)\(`,
    String.raw`invoices\.(create|pay|finalizeInvoice|sendInvoice)\(`,
    String.raw`invoiceItems\.create\(`,
    String.raw`subscriptionItems\.(create|update)\(`,
    String.raw`(paymentIntents|paymentLinks|quotes|charges)\.(create|confirm|capture|accept)\(`,
  ].join('|'),
)

it('Stripe is asked for money in no other place than these', async () => {
  expect(await filesWith(charging)).toEqual([
    // What a purchase says that was held against the caps, carried out.
    'billing/addons/buy-by-card.ts',
    'billing/addons/buy-by-checkout.ts',
    'billing/addons/buy-by-item.ts',
    // Takes off.
    'billing/addons/remove-addon.ts',
    'billing/changes/carry-out.ts',
    // Only for those below.
    'billing/changes/planned.ts',
    // By another price of the same amount; a different one is a purchase.
    'billing/changes/version-moves.ts',
    'billing/checkout/start-checkout.ts',
    // Another card, for what is owed all the same.
    'billing/customers/cards.ts',
    // Ends what begins or is disputed.
    'billing/reconcile/begin.ts',
    'billing/reconcile/reconcile-money.ts',
    // The buyer, on the sandbox's pages.
    'sandbox/cards.ts',
    'sandbox/invoices/pay-invoice.ts',
  ])
})

it('what renews is planned by purchases, and by what ends something', async () => {
  expect(await filesWith(/\b(planPrices|forgetPlanned|planTrialEnd)\(/)).toEqual([
    'billing/addons/buy-by-item.ts',
    'billing/changes/carry-out.ts',
    'billing/changes/keep-tier.ts',
    'billing/changes/plan-trial-end.ts',
    'billing/changes/planned.ts',
    'billing/changes/resume-plan.ts',
    // Of a trial that nothing is charged after.
    'billing/reconcile/begin.ts',
  ])
})

it('each purchase is written down through the gate, and in no other way', async () => {
  expect(await filesWith(/\bwritePurchase\(/)).toEqual([
    'billing/addons/buy-addon.ts',
    'billing/changes/commit-change.ts',
    'billing/changes/keep-tier.ts',
    'billing/changes/resume-plan.ts',
    'billing/changes/version-moves.ts',
    'billing/checkout/start-checkout.ts',
    'billing/intents/write-purchase.ts',
  ])
  expect(await filesWith(/\bwriteClaimed\b/)).toEqual([
    'billing/intents/intents.ts',
    'billing/intents/write-purchase.ts',
  ])
  expect(await filesWith(/insert\(billingIntents\)|INTO billing_intents/)).toEqual(['billing/intents/intents.ts'])
})
