import { Stripe } from 'stripe'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import { withLease } from '../reconcile/lease.ts'
import { stripeCall } from '../stripe-failures.ts'
import { listCards } from './cards.ts'
import type { SavedCard } from './cards.ts'
import { ensureCustomer, findCustomer } from './ensure-customer.ts'

type BillingDeps = Pick<Deps, 'db' | 'payments'>

/** Kinds of numbers that Stripe checks, by its own names: the others can be told on its page. */
export const taxIdTypes = [
  'eu_vat',
  'gb_vat',
  'ch_vat',
  'no_vat',
  'us_ein',
  'ca_bn',
  'au_abn',
  'nz_gst',
  'in_gst',
  'jp_trn',
  'sg_gst',
  'za_vat',
] as const
export type TaxIdType = (typeof taxIdTypes)[number]

export interface Address {
  readonly line1: string
  readonly line2: string
  readonly postalCode: string
  readonly city: string
  readonly state: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

/** What stands on invoices. Empty texts are left out. */
export interface BillingDetails {
  /** Of the person. */
  readonly name: string
  readonly company: string
  /** Where invoices are sent. */
  readonly email: string
  readonly address: Address
  /** Null: none. */
  readonly taxId: { readonly type: TaxIdType; readonly value: string } | null
}

export interface Billing {
  /** Null: nothing is known, because nothing was bought yet. */
  readonly details: ReadDetails | null
  readonly cards: readonly SavedCard[]
}

/** As BillingDetails; a tax id may be of any kind, given on Stripe's page. */
export interface ReadDetails extends Omit<BillingDetails, 'taxId'> {
  readonly taxId: {
    readonly type: string
    readonly value: string
    /** Whether the authorities know it. */
    readonly verification: Stripe.TaxId.Verification.Status
  } | null
}

const taxIdsMax = 10

/** What Stripe knows of who pays. Throws `unavailable`. */
export async function readBilling(deps: BillingDeps, { userId }: { readonly userId: string }): Promise<Billing> {
  const customerId = await findCustomer(deps, userId)
  if (customerId === undefined) return { details: null, cards: [] }
  const { stripe } = deps.payments
  const customer = await stripeCall(() => stripe.customers.retrieve(customerId))
  if (customer.deleted === true) return { details: null, cards: [] }
  const taxIds = await stripeCall(() => stripe.customers.listTaxIds(customerId, { limit: taxIdsMax }))
  const [taxId] = taxIds.data
  const { address } = customer
  return {
    details: {
      name: customer.individual_name ?? customer.name ?? '',
      company: customer.business_name ?? '',
      email: customer.email ?? '',
      address: {
        line1: address?.line1 ?? '',
        line2: address?.line2 ?? '',
        postalCode: address?.postal_code ?? '',
        city: address?.city ?? '',
        state: address?.state ?? '',
        country: address?.country ?? '',
      },
      taxId:
        taxId === undefined
          ? null
          : { type: taxId.type, value: taxId.value, verification: taxId.verification?.status ?? 'unavailable' },
    },
    cards: await listCards(deps, customerId),
  }
}

/**
 * Saves what stands on invoices from now on. The tax id is checked by Stripe: throws `invalid_request` that names the field, and
 * then nothing is saved; `unavailable`: to be tried again.
 */
export async function saveBillingDetails(
  deps: BillingDeps,
  { userId, ...details }: BillingDetails & { readonly userId: string },
): Promise<void> {
  const customerId = await ensureCustomer(deps, { userId })
  const { stripe } = deps.payments
  const { name, company, email, address } = details
  await withLease(deps, `customer:${customerId}`, async () => {
    const former = await addTaxId(deps, { customerId, taxId: details.taxId })
    await stripeCall(() =>
      stripe.customers.update(customerId, {
        // What invoices are made out to.
        name: company === '' ? name : company,
        individual_name: name,
        business_name: company,
        email,
        address: {
          line1: address.line1,
          line2: address.line2,
          postal_code: address.postalCode,
          city: address.city,
          state: address.state,
          country: address.country,
        },
      }),
    )
    for (const { id } of former) await stripeCall(() => stripe.customers.deleteTaxId(customerId, id))
  })
}

interface NewTaxId {
  readonly customerId: string
  readonly taxId: BillingDetails['taxId']
}

/** Answers those that it replaces. */
async function addTaxId({ payments }: BillingDeps, { customerId, taxId }: NewTaxId): Promise<readonly Stripe.TaxId[]> {
  const { customers } = payments.stripe
  const { data } = await stripeCall(() => customers.listTaxIds(customerId, { limit: taxIdsMax }))
  if (taxId === null) return data
  const same = data.find(({ type, value }) => type === taxId.type && value === taxId.value)
  if (same !== undefined) return data.filter(({ id }) => id !== same.id)
  try {
    await stripeCall(() => customers.createTaxId(customerId, taxId))
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'tax_id_invalid') {
      const message = 'is not a number of this kind: look at its country and its digits'
      throw new AppError('invalid_request', { errors: [{ in: 'json', path: 'taxId', message }] })
    }
    throw error
  }
  return data
}
