// What Stripe's objects and parameters look like, read from shapes.json (`pnpm stripe:shapes` makes it).
import { readFileSync } from 'node:fs'
import type { Doc, Given, Kind } from './vocabulary.ts'

/**
 * A type in JSON: a name (`string`, `number`, `boolean`, `null`, `any`, `object`, `id` for what may be expanded, `=x` for a
 * literal), an array of alternatives, `f` the fields of an object (`?` after those that may be missing), `a` the elements
 * of an array, `m` the values of a map.
 */
export type Shape = string | Shape[] | { f: Record<string, Shape> } | { a: Shape } | { m: Shape }

export interface Shapes {
  resources: Record<string, Shape>
  parameters: Record<string, Shape>
}

export const shapes = JSON.parse(readFileSync(new URL('./shapes.json', import.meta.url), 'utf8')) as Shapes

/** The object as Stripe would send it: whatever may be null and wasn't given is null. */
export const complete = <K extends Kind>(kind: K, given: Given<Doc<K>>): Doc<K> =>
  // The shape says that nothing else is missing, and `filled` throws where it does.
  filled(shapes.resources[kind], given, kind) as Doc<K>

export const alternativesOf = (shape: Shape | undefined): Shape[] =>
  shape === undefined ? [] : Array.isArray(shape) ? shape : [shape]

export function fieldsOf(shape: Shape | undefined): Record<string, Shape> | undefined {
  for (const alternative of alternativesOf(shape)) {
    if (typeof alternative === 'object' && 'f' in alternative) return alternative.f
  }
  return undefined
}

function filled(shape: Shape | undefined, value: unknown, path: string): unknown {
  if (Array.isArray(value)) {
    const list = alternativesOf(shape).find((part) => typeof part === 'object' && 'a' in part)
    return list === undefined ? value : value.map((item) => filled((list as { a: Shape }).a, item, path))
  }
  const fields = fieldsOf(shape)
  if (fields === undefined || typeof value !== 'object' || value === null) return value
  const given = Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined))
  for (const [key, field] of Object.entries(fields)) {
    const name = key.replace('?', '')
    if (name in given) given[name] = filled(field, given[name], `${path}.${name}`)
    else if (key.endsWith('?')) continue
    else if (alternativesOf(field).includes('null')) given[name] = null
    else throw new Error(`${path}.${name} must be given`)
  }
  return given
}
