// `expand`: ids become the objects they name. https://docs.stripe.com/api/expanding_objects
import { invalid } from './errors.ts'
import { lineItems } from './resources/checkout.ts'
import { alternativesOf, fieldsOf, shapes } from './shapes.ts'
import type { Shape } from './shapes.ts'
import { listOf } from './store.ts'
import type { Store } from './store.ts'

const depthMax = 4

type Plain = Record<string, unknown>

/** A copy with the paths expanded. Throws 400 for what can't be. */
export async function expanded(store: Store, answer: unknown, paths: readonly string[]): Promise<unknown> {
  const copy = structuredClone(answer)
  for (const path of paths) {
    const names = path.split('.')
    if (names.length > depthMax) {
      throw invalid(`You cannot expand more than ${depthMax} levels of a property. You passed: ${path}`, {
        param: 'expand',
      })
    }
    await walk(store, copy, { names, shape: undefined, path })
  }
  return copy
}

interface Way {
  readonly names: readonly string[]
  readonly shape: Shape | undefined
  readonly path: string
}

async function walk(store: Store, place: unknown, { names, shape, path }: Way): Promise<void> {
  const [name, ...rest] = names
  if (name === undefined || typeof place !== 'object' || place === null) return
  if (Array.isArray(place)) {
    for (const item of place) await walk(store, item, { names, shape, path })
    return
  }
  // Walked by name: the type is whatever the client asked for.
  const holder = place as Plain
  const isList = holder.object === 'list'
  const fields = fieldsOf(shapes.resources[String(holder.object)] ?? shape) ?? {}
  const field = isList ? 'any' : (fields[name] ?? fields[`${name}?`])
  if (field === undefined || (isList && name !== 'data')) {
    throw invalid(`This property cannot be expanded (${name}).`, { param: 'expand' })
  }
  const loaded = await included(store, holder, name)
  if (loaded !== undefined) holder[name] = loaded
  const value = holder[name]
  if (typeof value === 'string') {
    if (!alternativesOf(field).includes('id'))
      throw invalid(`This property cannot be expanded (${name}).`, { param: 'expand' })
    holder[name] = structuredClone((await store.findAny(value)) ?? value)
  }
  await walk(store, holder[name], { names: rest, shape: field, path })
}

/** Lists that Stripe sends only when asked. */
async function included(store: Store, holder: Plain, name: string): Promise<unknown> {
  const id = String(holder.id)
  const kind = `${String(holder.object)}.${name}`
  if (kind === 'invoice.payments')
    return listOf('/v1/invoice_payments', await store.select('invoice_payment', { invoice: id }))
  if (kind === 'charge.refunds')
    return listOf(`/v1/charges/${id}/refunds`, await store.select('refund', { charge: id }))
  if (kind === 'customer.tax_ids')
    return listOf(`/v1/customers/${id}/tax_ids`, await store.select('tax_id', { customer: id }))
  if (kind === 'customer.subscriptions') {
    const all = await store.select('subscription', { customer: id })
    return listOf(
      `/v1/customers/${id}/subscriptions`,
      all.filter(({ status }) => status !== 'canceled'),
    )
  }
  if (kind === 'checkout.session.line_items') {
    const session = await store.get('checkout.session', id)
    return listOf(`/v1/checkout/sessions/${id}/line_items`, await lineItems(store, session))
  }
  return undefined
}
