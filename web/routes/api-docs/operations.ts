import type { ApiDocument } from '#src/web/context.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly default?: unknown
  readonly anyOf?: readonly Schema[]
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: Schema
}

interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly responses?: Readonly<
    Record<
      string,
      { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }
    >
  >
}

export interface Field {
  readonly name: string
  readonly type: string
  readonly isRequired: boolean
  readonly description: string
}

export interface Answer {
  readonly status: string
  readonly description: string
  readonly contentType: string | undefined
  /** The name of a shape under "Shapes", when the body is one. */
  readonly shape: string | undefined
}

export interface DescribedOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly parameters: readonly (Field & { readonly place: string })[]
  readonly answers: readonly Answer[]
}

export interface DescribedShape {
  readonly name: string
  readonly description: string
  readonly fields: readonly Field[]
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

/** The operations of the document, in its order. */
export function operationsOf(document: ApiDocument): DescribedOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      // The document is our own, generated from the routes; OpenAPI 3.1 §4.8.9 gives its shape.
      const operation = (item as Partial<Record<string, Operation>>)[method]
      return operation === undefined ? [] : [describe({ method, path, operation })]
    }),
  )
}

function describe({
  method,
  path,
  operation,
}: {
  method: string
  path: string
  operation: Operation
}): DescribedOperation {
  return {
    id: `${method}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`.replace(/-$/, ''),
    method: method.toUpperCase(),
    path,
    summary: operation.summary ?? `${method.toUpperCase()} ${path}`,
    description: operation.description ?? '',
    parameters: (operation.parameters ?? []).map((parameter) => ({
      name: parameter.name,
      place: parameter.in,
      type: typeOf(parameter.schema),
      isRequired: parameter.required === true,
      description: parameter.description ?? parameter.schema?.description ?? '',
    })),
    answers: Object.entries(operation.responses ?? {}).map(([status, response]) => {
      const [contentType, body] = Object.entries(response.content ?? {})[0] ?? []
      return { status, description: response.description ?? '', contentType, shape: shapeName(body?.schema) }
    }),
  }
}

/** The named shapes, alphabetically. */
export function shapesOf(document: ApiDocument): DescribedShape[] {
  return Object.entries((document.components?.schemas ?? {}) as Readonly<Record<string, Schema>>)
    .map(([name, schema]) => ({
      name,
      description: schema.description ?? '',
      fields: Object.entries(schema.properties ?? {}).map(([field, property]) => ({
        name: field,
        type: typeOf(property),
        isRequired: schema.required?.includes(field) === true,
        description: property.description ?? '',
      })),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

const shapeName = (schema: Schema | undefined): string | undefined => schema?.$ref?.split('/').at(-1)

/** A schema in words: "string, 1 to 200 characters", "list of AgentCard". */
function typeOf(schema: Schema | undefined): string {
  if (schema === undefined) return 'any'
  const name = shapeName(schema)
  if (name !== undefined) return name
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.enum !== undefined) return schema.enum.map(String).join(' · ')
  const types = [schema.type ?? 'any'].flat()
  const base = types.map((type) => (type === 'array' ? `list of ${typeOf(schema.items)}` : type)).join(' or ')
  return [base, schema.format, boundsOf(schema)].filter(Boolean).join(', ')
}

function boundsOf({ minimum, maximum, minLength, maxLength, maxItems }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  if (maxLength !== undefined) return `${minLength ?? 0} to ${maxLength} characters`
  return maxItems === undefined ? '' : `at most ${maxItems}`
}
