// What the routes of publishers' and operators' consoles have in common.
import { z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Database } from '#src/db/client.ts'
import { problems } from '#src/http/api.ts'
import { requireAgentPublisher } from '#src/identity/index.ts'
import type { AgentPublisher, ConsoleEnv } from '#src/identity/index.ts'

export type ConsoleRouter = OpenAPIHono<ConsoleEnv>

export const agentParam = z
  .string()
  .max(80)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters and digits, with single hyphens between')
  .openapi({ description: 'The agent’s slug.', example: 'readability' })

export const signedIn = [{ session: [] }]

const statusesOfAll = [400, 401, 403, 404]
/** Reading needs no body and conflicts with nothing. */
export const readProblems = problems(...statusesOfAll)
export const writeProblems = problems(...statusesOfAll, 409, 415)

export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  body: { required: true as const, content: { 'application/json': { schema } } },
})

export const jsonAnswer = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** Any member of the agent's organization may look. */
export const asReader = (c: Context<ConsoleEnv>, { db, slug }: Which): Promise<AgentPublisher> =>
  requireAgentPublisher(db, { viewer: c.get('person'), slug })

/** Prices are for those who manage the organization. */
export const asManager = (c: Context<ConsoleEnv>, { db, slug }: Which): Promise<AgentPublisher> =>
  requireAgentPublisher(db, { viewer: c.get('person'), slug, roles: ['owner', 'admin'] })

interface Which {
  readonly db: Database
  readonly slug: string
}
