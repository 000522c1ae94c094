import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Deps } from '#src/deps.ts'
import { slugSchema } from '#src/features/catalog/index.ts'
import { jsonBody, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { problems } from '#src/http/api.ts'
import type { ConsoleEnv } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { contactPublisher } from '../contact/contact-publisher.ts'
import { contactSchema } from '../contact/schema.ts'
import { fileReport } from './file-report.ts'
import type { AgentReport } from './file-report.ts'
import { newAgentReportSchema, newRemovalSchema } from './schema.ts'

interface Told {
  readonly slug: string
  readonly report: AgentReport
}

/** What somebody who is signed in tells about an agent: to the operators, or to its publisher. */
export function reportPersonRoutes(router: ConsoleRouter, deps: Deps): void {
  const file = async (c: Context<ConsoleEnv>, { slug, report }: Told) => {
    const viewer = c.get('person')
    if (!viewer.emailVerified) throw new AppError('forbidden', { detail: 'Confirm your address first.' })
    const caller = { headers: c.req.raw.headers, clientAddress: c.get('clientAddress') }
    await fileReport(deps, { slug, report, email: viewer.email, caller, viewer })
  }
  router.openapi(reportRoute, async (c) => {
    await file(c, { ...c.req.valid('param'), report: { kind: 'agent', ...c.req.valid('json') } })
    return c.body(null, 204)
  })
  router.openapi(removalRoute, async (c) => {
    await file(c, { ...c.req.valid('param'), report: { kind: 'removal', ...c.req.valid('json') } })
    return c.body(null, 204)
  })
  router.openapi(contactRoute, async (c) => {
    const { slug } = c.req.valid('param')
    await contactPublisher(deps, { slug, viewer: c.get('person'), contact: c.req.valid('json') })
    return c.body(null, 204)
  })
}

export const toldPaths = ['/agents/:slug/report', '/agents/:slug/removal', '/agents/:slug/contact']

const common = { method: 'post' as const, tags: ['Your agents'], security: signedIn }
const params = z.strictObject({ slug: slugSchema.openapi({ example: 'readability' }) })
const responses = { 204: { description: 'It is told.' }, ...writeProblems, ...problems(429) }

const reportRoute = createRoute({
  ...common,
  path: '/agents/{slug}/report',
  operationId: 'reportAgent',
  summary: 'Report an agent',
  description: 'To the operators. Again while they have not decided, nothing changes.',
  request: { params, ...jsonBody(newAgentReportSchema) },
  responses,
})

const removalRoute = createRoute({
  ...common,
  path: '/agents/{slug}/removal',
  operationId: 'askForRemoval',
  summary: 'Ask for the removal of an entry',
  description: 'Of a project that is yours and that nobody has claimed (409). Operators decide, and a mail tells you.',
  request: { params, ...jsonBody(newRemovalSchema) },
  responses,
})

const contactRoute = createRoute({
  ...common,
  path: '/agents/{slug}/contact',
  operationId: 'contactPublisher',
  summary: 'Write to an agent’s publisher',
  description:
    'Its owners and admins get it by mail with your address, and reply to you directly. 409 where there is no publisher.',
  request: { params, ...jsonBody(contactSchema) },
  responses,
})
