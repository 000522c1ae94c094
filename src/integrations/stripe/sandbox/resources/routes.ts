import type { Store } from '../store.ts'
import type { Route, RouteParameters, Stored } from '../vocabulary.ts'

export interface Path {
  readonly id: string
  readonly customer: string
}

/** As `readParameters` lets them through: of what a union names, nothing else. */
export type Parameters<R extends Route> = Stored<RouteParameters[R]>

export type Handler<R extends Route> = (store: Store, params: Parameters<R>, path: Path) => unknown

/** Part of the table of routes, in the file of what they are about. */
export type Routes = { readonly [R in Route]: Handler<R> }

/** Texts and numbers in, texts out; an empty value takes the entry away. */
export function mergedMetadata(
  present: Readonly<Record<string, string>> | null,
  change: Readonly<Record<string, string | number | null>> | '' | null | undefined,
): Record<string, string> {
  if (change === undefined || change === null) return { ...present }
  if (change === '') return {}
  const entries = Object.entries({ ...present, ...change }).filter(([, value]) => value !== '' && value !== null)
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}
