// Compares what the sandbox sends with what the official client's declarations say, field by field.
import { alternativesOf, fieldsOf, shapes } from '#src/integrations/stripe/sandbox/shapes.ts'
import type { Shape } from '#src/integrations/stripe/sandbox/shapes.ts'

type Plain = Record<string, unknown>

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Sentences about what differs; none when the answer is of Stripe's shape. */
export function differences(answer: unknown): string[] {
  if (!isPlain(answer)) return ['not an object']
  if (answer.deleted === true)
    return Object.keys(answer).every((name) => ['id', 'object', 'deleted'].includes(name))
      ? []
      : ['deleted, with fields']
  if (answer.object === 'list') {
    const { object: _object, data, has_more: hasMore, url, ...rest } = answer
    const envelope =
      Array.isArray(data) && typeof hasMore === 'boolean' && typeof url === 'string' && Object.keys(rest).length === 0
    return envelope ? data.flatMap((item) => differences(item)) : ['a list with another envelope']
  }
  return differencesOfResource(answer, String(answer.object))
}

function differencesOfResource(value: Plain, path: string): string[] {
  const shape = shapes.resources[String(value.object)]
  if (shape === undefined) return [`${path}: ${String(value.object)} is no known object`]
  const found = compare(shape, value, path)
  const data = value.object === 'event' && isPlain(value.data) ? value.data.object : undefined
  return data === undefined
    ? found
    : [...found, ...differences(data).map((sentence) => `${String(value.type)}: ${sentence}`)]
}

function compare(shape: Shape, value: unknown, path: string): string[] {
  const alternatives = alternativesOf(shape)
  if (alternatives.includes('any')) return []
  if (value === null) return alternatives.includes('null') ? [] : [`${path} is null`]
  if (typeof value === 'string') {
    const isKnown = alternatives.some((part) => part === 'string' || part === 'id' || part === `=${value}`)
    return isKnown ? [] : [`${path} is '${value}'`]
  }
  if (typeof value === 'number')
    return alternatives.includes('number') && Number.isSafeInteger(value) ? [] : [`${path} is ${value}`]
  if (typeof value === 'boolean')
    return alternatives.some((part) => part === 'boolean' || part === `=${value}`) ? [] : [`${path} is ${value}`]
  if (Array.isArray(value)) {
    const list = alternatives.find((part) => typeof part === 'object' && 'a' in part)
    return list === undefined
      ? [`${path} is a list`]
      : value.flatMap((item, position) => compare((list as { a: Shape }).a, item, `${path}[${position}]`))
  }
  if (!isPlain(value)) return [`${path} is ${typeof value}`]
  if (alternatives.includes('id') && typeof value.object === 'string') return differencesOfResource(value, path)
  if (alternatives.includes('object')) return []
  const map = alternatives.find((part) => typeof part === 'object' && 'm' in part)
  if (map !== undefined)
    return Object.entries(value).flatMap(([name, item]) => compare((map as { m: Shape }).m, item, `${path}.${name}`))
  return compareFields(fieldsOf(shape), value, path)
}

function compareFields(fields: Record<string, Shape> | undefined, value: Plain, path: string): string[] {
  if (fields === undefined) return [`${path} is an object`]
  const missing = Object.keys(fields).filter((name) => !name.endsWith('?') && !(name in value))
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, item]) => {
      const field = fields[name] ?? fields[`${name}?`]
      return field === undefined ? [`${path}.${name} is unknown to Stripe`] : compare(field, item, `${path}.${name}`)
    }),
  ]
}
