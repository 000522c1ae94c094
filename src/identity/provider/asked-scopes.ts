import { sql } from 'drizzle-orm'
import { scopeCatalogue } from './scopes.ts'
import type { Scope } from './scopes.ts'

export interface AskedScope {
  readonly scope: string
  /** What it means to the person, in a sentence of ours. */
  readonly meaning: string
  /** Why the agent wants it, in its publisher's own words: text, never markup. Null: it doesn't say. */
  readonly reason: string | null
}

export type ReasonsByScope = Readonly<Record<string, string>>

/** The reasons of an agent, as one object, of `agents AS agent`. Empty for a client that belongs to none. */
export const reasonsByScope = sql`(
  SELECT coalesce(json_object_agg(scope, reason), '{}') FROM agent_scope_reasons WHERE agent_id = agent.id)`

export const describeScopes = (scopes: readonly string[], reasons: ReasonsByScope): readonly AskedScope[] =>
  scopes.map((scope) => ({
    scope,
    meaning: Object.hasOwn(scopeCatalogue, scope) ? scopeCatalogue[scope as Scope] : scope,
    reason: Object.hasOwn(reasons, scope) ? (reasons[scope] ?? null) : null,
  }))
