import { endSubscription } from '../billing/ending.ts'
import { invalid } from '../errors.ts'
import { newStripeId } from '../store.ts'
import { list } from './lists.ts'
import { mergedMetadata } from './routes.ts'
import type { Routes } from './routes.ts'
import { attach } from './payment-methods.ts'

/** Of the types whose form is simple; Stripe knows them all. */
const taxIdForms: Readonly<Record<string, RegExp>> = {
  eu_vat: /^(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z+*]{8,12}$/,
  gb_vat: /^GB(\d{9}|\d{12})$/,
  ch_vat: /^CHE-?\d{3}\.?\d{3}\.?\d{3}(MWST|TVA|IVA)$/,
  us_ein: /^\d{2}-?\d{7}$/,
}

function assertTaxId(type: string, value: string): void {
  if (taxIdForms[type]?.test(value.replaceAll(' ', '')) !== false) return
  throw invalid(`Invalid value for ${type}.`, { param: 'value', code: 'tax_id_invalid' })
}

export const customerRoutes = {
  'POST /v1/customers': async (store, params) => {
    const customer = store.create('customer', {
      address: params.address ? { ...params.address } : null,
      balance: 0,
      description: params.description ?? null,
      email: params.email ?? null,
      invoice_prefix: newStripeId('').slice(1, 9).toUpperCase(),
      invoice_settings: {},
      metadata: mergedMetadata({}, params.metadata),
      name: params.name ?? null,
      next_invoice_sequence: 1,
      phone: params.phone ?? null,
      preferred_locales: params.preferred_locales ?? [],
      tax_exempt: params.tax_exempt || 'none',
    })
    store.emit('customer.created', customer)
    if (params.payment_method !== undefined) await attach(store, params.payment_method, customer.id)
    const preferred = params.invoice_settings?.default_payment_method
    if (preferred !== undefined) {
      customer.invoice_settings.default_payment_method = (await store.get('payment_method', preferred)).id
    }
    return customer
  },
  'GET /v1/customers': (store, { email, ...page }) =>
    list(store, { kind: 'customer', url: '/v1/customers', page, where: { email } }),
  // A deleted customer answers too, with `deleted: true`.
  'GET /v1/customers/:id': async (store, _, { id }) => (await store.find('customer', id)) ?? store.get('customer', id),
  'POST /v1/customers/:id': async (store, { metadata, address, invoice_settings: invoices, ...change }, { id }) => {
    const customer = await store.get('customer', id)
    Object.assign(customer, change, { metadata: mergedMetadata(customer.metadata, metadata) })
    for (const name of ['business_name', 'individual_name'] as const)
      if (change[name] === '') Reflect.deleteProperty(customer, name)
    if (address !== undefined)
      Object.assign(customer, { address: address === '' ? null : { ...customer.address, ...address } })
    const preferred = invoices?.default_payment_method
    if (preferred !== undefined) {
      const chosen = preferred === '' ? null : await store.get('payment_method', preferred, 'payment_method')
      customer.invoice_settings.default_payment_method = chosen?.id ?? null
    }
    store.emit('customer.updated', customer)
    return customer
  },
  'DELETE /v1/customers/:id': async (store, _, { id }) => {
    const customer = await store.get('customer', id)
    for (const subscription of await store.select('subscription', { customer: id })) {
      if (subscription.status !== 'canceled' && subscription.status !== 'incomplete_expired') {
        await endSubscription(store, subscription)
      }
    }
    store.emit('customer.deleted', customer)
    // What remains of a deleted customer is its id; the row says so to whatever still refers to it.
    for (const name of Object.keys(customer))
      if (name !== 'id' && name !== 'object') Reflect.deleteProperty(customer, name)
    return Object.assign(customer, { deleted: true })
  },

  'POST /v1/customers/:customer/tax_ids': async (store, { type, value }, { customer }) => {
    await store.get('customer', customer)
    assertTaxId(type, value)
    const taxId = store.create('tax_id', {
      country: value.slice(0, 2).toUpperCase(),
      customer,
      owner: { customer, type: 'customer' },
      type,
      value,
      verification: { status: 'pending' },
    })
    store.emit('customer.tax_id.created', taxId)
    return taxId
  },
  'GET /v1/customers/:customer/tax_ids': (store, page, { customer }) =>
    list(store, { kind: 'tax_id', url: `/v1/customers/${customer}/tax_ids`, page, where: { customer } }),
  'DELETE /v1/customers/:customer/tax_ids/:id': async (store, _, { id }) => {
    const taxId = await store.get('tax_id', id)
    store.emit('customer.tax_id.deleted', taxId)
    await store.flush()
    await store.remove(taxId)
    return { id, object: 'tax_id', deleted: true }
  },
  'GET /v1/customers/:customer/payment_methods': (store, { type, ...page }, { customer }) =>
    list(store, {
      kind: 'payment_method',
      url: `/v1/customers/${customer}/payment_methods`,
      page,
      where: { customer, type },
    }),
} satisfies Partial<Routes>
