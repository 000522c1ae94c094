// Products and prices. A price's amount can't be changed: the parameters for it don't exist.
import { invalid } from '../errors.ts'
import type { Store } from '../store.ts'
import { list } from './lists.ts'
import { mergedMetadata } from './routes.ts'
import type { Parameters, Routes } from './routes.ts'

const amountMax = 99_999_999

async function createProduct(store: Store, { id, name, ...params }: Parameters<'POST /v1/products'>) {
  if (id !== undefined && (await store.findAny(id))) {
    throw invalid('Product already exists.', { code: 'resource_already_exists', param: 'id' })
  }
  const product = store.create('product', {
    ...(id === undefined ? {} : { id }),
    name,
    active: params.active ?? true,
    description: params.description || null,
    images: params.images ?? [],
    marketing_features: [],
    metadata: mergedMetadata({}, params.metadata),
    statement_descriptor: params.statement_descriptor ?? null,
    tax_code: params.tax_code ?? null,
    type: 'service',
    updated: store.now,
    url: params.url ?? null,
  })
  store.emit('product.created', product)
  return product
}

/** A lookup key finds one price, in all of the account. */
async function requireFreeKey(store: Store, key: string | undefined, id?: string): Promise<void> {
  if (key === undefined || key === '') return
  const taken = (await store.select('price', { lookup_key: key })).find((price) => price.id !== id)
  if (taken) throw invalid(`A price (\`${taken.id}\`) already uses that lookup key.`, { param: 'lookup_key' })
}

export const catalogueRoutes = {
  'POST /v1/products': createProduct,
  'GET /v1/products': (store, { ids, active, ...page }) =>
    list(store, {
      kind: 'product',
      url: '/v1/products',
      page,
      where: { active },
      and: ids === undefined ? [] : [{ sql: (place) => `id = ANY(${place})`, value: ids }],
    }),
  'GET /v1/products/:id': (store, _, { id }) => store.get('product', id),
  'POST /v1/products/:id': async (store, { metadata, description, images, url, tax_code, ...change }, { id }) => {
    const product = await store.get('product', id)
    Object.assign(product, change, { updated: store.now, metadata: mergedMetadata(product.metadata, metadata) })
    if (description !== undefined) product.description = description || null
    if (images !== undefined) product.images = images || []
    if (url !== undefined) product.url = url || null
    if (tax_code !== undefined) product.tax_code = tax_code || null
    store.emit('product.updated', product)
    return product
  },

  'POST /v1/prices': async (store, { product_data: newProduct, ...params }) => {
    const { unit_amount: amount, recurring } = params
    if (amount === undefined) {
      throw invalid('Missing required param: unit_amount.', { param: 'unit_amount', code: 'parameter_missing' })
    }
    if (amount < 0 || amount > amountMax) throw invalid('Invalid non-negative integer', { param: 'unit_amount' })
    if ((params.product === undefined) === (newProduct === undefined)) {
      throw invalid('You must specify either `product` or `product_data` when creating a price.', { param: 'product' })
    }
    await requireFreeKey(store, params.lookup_key)
    const product =
      newProduct === undefined
        ? await store.get('product', params.product ?? '', 'product')
        : await createProduct(store, newProduct)
    const price = store.create('price', {
      active: params.active ?? true,
      billing_scheme: 'per_unit',
      currency: params.currency.toLowerCase(),
      lookup_key: params.lookup_key ?? null,
      metadata: mergedMetadata({}, params.metadata),
      nickname: params.nickname ?? null,
      product: product.id,
      recurring: recurring
        ? { interval: recurring.interval, interval_count: recurring.interval_count ?? 1, usage_type: 'licensed' }
        : null,
      tax_behavior: params.tax_behavior ?? 'unspecified',
      type: recurring ? 'recurring' : 'one_time',
      unit_amount: amount,
      unit_amount_decimal: String(amount),
    })
    store.emit('price.created', price)
    return price
  },
  'GET /v1/prices': (store, { active, product, currency, type, lookup_keys: keys, ...page }) =>
    list(store, {
      kind: 'price',
      url: '/v1/prices',
      page,
      where: { active, product, currency, type },
      and: keys === undefined ? [] : [{ sql: (place) => `doc->>'lookup_key' = ANY(${place})`, value: keys }],
    }),
  'GET /v1/prices/:id': (store, _, { id }) => store.get('price', id),
  'POST /v1/prices/:id': async (store, { metadata, ...change }, { id }) => {
    const price = await store.get('price', id)
    await requireFreeKey(store, change.lookup_key, id)
    Object.assign(price, change, { metadata: mergedMetadata(price.metadata, metadata) })
    store.emit('price.updated', price)
    return price
  },
} satisfies Partial<Routes>
