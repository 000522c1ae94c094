// Parameters are checked against the client's own declarations: unknown, missing and ill-formed ones are refused.
import { invalid } from './errors.ts'
import type { Form, FormValue } from './form.ts'
import { alternativesOf, fieldsOf, shapes } from './shapes.ts'
import type { Shape } from './shapes.ts'
import type { Route, RouteParameters, Stored } from './vocabulary.ts'

/** Throws 400 in Stripe's words. What Stripe takes and the sandbox doesn't is unknown too, so that nothing is ignored. */
export const readParameters = <R extends Route>(route: R, form: Form): Stored<RouteParameters[R]> =>
  // Every value was checked against the shape that was made from this very type.
  objectOf(fieldsOf(shapes.parameters[route]) ?? {}, form, '') as Stored<RouteParameters[R]>

function objectOf(fields: Record<string, Shape>, form: Form, path: string): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(form)) {
    const shape = fields[name] ?? fields[`${name}?`]
    const param = path === '' ? name : `${path}[${name}]`
    if (shape === undefined) {
      const known = Object.keys(fields).map((field) => field.replace('?', ''))
      throw invalid(`Received unknown parameter: ${param}. The sandbox knows: ${known.join(', ') || 'none'}.`, {
        param,
        code: 'parameter_unknown',
      })
    }
    result[name] = valueOf(shape, value, param)
  }
  for (const name of Object.keys(fields)) {
    if (name.endsWith('?') || name in result) continue
    const param = path === '' ? name : `${path}[${name}]`
    throw invalid(`Missing required param: ${param}.`, { param, code: 'parameter_missing' })
  }
  return result
}

function valueOf(shape: Shape, value: FormValue, param: string): unknown {
  const alternatives = alternativesOf(shape)
  if (typeof value === 'string') return textOf(alternatives, value, param)
  for (const part of alternatives) {
    if (typeof part === 'string') continue
    if (Array.isArray(part)) return valueOf(part, value, param)
    if ('a' in part && Array.isArray(value)) {
      return value.map((item, position) => valueOf(part.a, item, `${param}[${position}]`))
    }
    if (Array.isArray(value)) continue
    if ('f' in part) return objectOf(part.f, value, param)
    if ('m' in part) {
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, valueOf(part.m, item, `${param}[${name}]`)]),
      )
    }
  }
  throw invalid(`Invalid ${Array.isArray(value) ? 'array' : 'object'}`, { param })
}

function textOf(alternatives: readonly Shape[], value: string, param: string): unknown {
  // A map of texts, numbers and null (metadata) keeps what was written.
  if (alternatives.includes('string') || alternatives.includes(`=${value}`)) return value
  if (alternatives.includes('number')) {
    if (/^-?\d{1,15}$/.test(value)) return Number(value)
    throw invalid(`Invalid integer: ${value}`, { param, code: 'parameter_invalid_integer' })
  }
  if (alternatives.includes('boolean')) {
    if (value === 'true' || value === 'false') return value === 'true'
    throw invalid(`Invalid boolean: ${value}`, { param })
  }
  if (value === '') {
    throw invalid(`You passed an empty string for '${param}'.`, { param, code: 'parameter_invalid_empty' })
  }
  const literals = alternatives.filter((part) => typeof part === 'string').map((part) => part.replace('=', ''))
  throw invalid(`Invalid ${param}: must be ${literals.length > 0 ? `one of ${literals.join(', ')}` : 'an object'}`, {
    param,
  })
}
