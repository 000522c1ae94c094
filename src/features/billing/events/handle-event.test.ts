import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import type { Json } from '#src/db/schema/business.ts'
import { reducedToIds } from './event.ts'
import { handleEvent } from './handle-event.ts'
import type { EventHandlers } from './handle-event.ts'

function recording(failure?: (id: string) => Error) {
  const called: string[] = []
  const handler = (name: string) => async (id: string) => {
    called.push(`${name} ${id}`)
    if (failure !== undefined) throw failure(id)
    return 'reconciled'
  }
  const handlers: EventHandlers = {
    isCustomer: async (id) => id === 'cus_ours',
    subscription: handler('subscription'),
    invoice: handler('invoice'),
    refund: handler('refund'),
    dispute: handler('dispute'),
    checkoutSession: handler('checkoutSession'),
    deletedCustomer: handler('deletedCustomer'),
  }
  return { handlers, called }
}

const payloadOf = (object: Json): Json => ({ data: { object: { customer: 'cus_ours', ...object } } })

const routed = [
  ['customer.subscription.created', { id: 'sub_1', object: 'subscription' }, 'subscription sub_1'],
  ['customer.subscription.deleted', { id: 'sub_1', object: 'subscription' }, 'subscription sub_1'],
  ['customer.subscription.trial_will_end', { id: 'sub_1', object: 'subscription' }, 'subscription sub_1'],
  ['subscription_schedule.released', { id: 'sub_sched_1', released_subscription: 'sub_1' }, 'subscription sub_1'],
  ['subscription_schedule.updated', { id: 'sub_sched_1', subscription: 'sub_1' }, 'subscription sub_1'],
  ['invoice.paid', { id: 'in_1', object: 'invoice' }, 'invoice in_1'],
  ['invoice.payment_failed', { id: 'in_1', object: 'invoice' }, 'invoice in_1'],
  ['invoice.voided', { id: 'in_1', object: 'invoice' }, 'invoice in_1'],
  ['refund.created', { id: 're_1', object: 'refund', customer: undefined, charge: 'ch_1' }, 'refund re_1'],
  ['charge.refund.updated', { id: 're_1', object: 'refund', customer: undefined }, 'refund re_1'],
  ['charge.dispute.closed', { id: 'dp_1', object: 'dispute', customer: undefined }, 'dispute dp_1'],
  ['checkout.session.completed', { id: 'cs_1', object: 'checkout.session' }, 'checkoutSession cs_1'],
  ['customer.deleted', { id: 'cus_ours', object: 'customer', customer: undefined }, 'deletedCustomer cus_ours'],
  ['checkout.session.async_payment_failed', { id: 'cs_1', object: 'checkout.session' }, 'checkoutSession cs_1'],
] as const

test.each(routed)('%s leads to what it is about, also when only ids are left of it', async (type, object, expected) => {
  for (const payload of [payloadOf(object), reducedToIds(payloadOf(object))]) {
    const { handlers, called } = recording()
    expect(await handleEvent(handlers, { type, payload })).toBe('reconciled')
    expect(called).toEqual([expected])
  }
})

test.each([
  'invoice.created',
  'invoice.upcoming',
  'invoice.deleted',
  'customer.updated',
  'charge.succeeded',
  'payment_intent.succeeded',
  'subscription_schedule.created',
  'price.updated',
  'something.new',
])('%s is ignored', async (type) => {
  const { handlers, called } = recording()
  expect(await handleEvent(handlers, { type, payload: payloadOf({ id: 'x_1' }) })).toBe('ignored')
  expect(called).toEqual([])
})

test('what a stranger bought elsewhere on the same account asks nobody', async () => {
  const { handlers, called } = recording()
  const payload = payloadOf({ id: 'in_1', object: 'invoice', customer: 'cus_stranger', metadata: { order: '7' } })
  expect(await handleEvent(handlers, { type: 'invoice.paid', payload })).toBe('foreign')
  expect(called).toEqual([])
})

test('what was bought here and whose buyer is gone is still looked at', async () => {
  const { handlers, called } = recording()
  const parent = { subscription_details: { subscription: 'sub_1', metadata: { rialto: 'subscription' } } }
  const payload = reducedToIds(payloadOf({ id: 'in_1', object: 'invoice', customer: 'cus_gone', parent }))
  expect(await handleEvent(handlers, { type: 'invoice.paid', payload })).toBe('reconciled')
  expect(called).toEqual(['invoice in_1'])
})

const missing = (id: string) =>
  new Stripe.errors.StripeInvalidRequestError({
    code: 'resource_missing',
    message: `No such invoice: '${id}'`,
  } as never)

test('what Stripe doesn’t know any more is gone; something else that is missing is a fault', async () => {
  const event = { type: 'invoice.paid', payload: payloadOf({ id: 'in_1', object: 'invoice' }) }
  expect(await handleEvent(recording(missing).handlers, event)).toBe('gone')
  await expect(handleEvent(recording(() => missing('in_2')).handlers, event)).rejects.toThrow('No such invoice')
})

test('an event without an id is ignored', async () => {
  expect(await handleEvent(recording().handlers, { type: 'invoice.paid', payload: {} })).toBe('ignored')
})
