import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '#src/deps.ts'
import { slugSchema } from '#src/features/catalog/index.ts'
import { jsonAnswer, readProblems, signedIn } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { getInteraction, listInteractions } from './list-interactions.ts'
import { interactionTypes } from './types.ts'

/** `/operator/interactions`: what people did that an operator may want to hear of. */
export function interactionRoutes(router: ConsoleRouter, deps: Pick<Deps, 'db'>): void {
  router.openapi(listRoute, async (c) => {
    const { items, nextCursor } = await listInteractions(deps, c.req.valid('query'))
    return c.json({ items: [...items], nextCursor: nextCursor ?? null }, 200)
  })
  router.openapi(readRoute, async (c) => c.json(await getInteraction(deps, c.req.valid('param').id), 200))
}

export const interactionsPath = '/operator/interactions'
const common = { method: 'get' as const, tags: ['Operating: interactions'], security: signedIn }

const isoTime = z.iso.datetime()
/** As the database writes it. */
const id = z.uuid().toLowerCase()

const fields = {
  id: z.uuid(),
  type: z.string().openapi({ description: `One of ${interactionTypes.join(', ')}.`, example: 'waitlist_joined' }),
  agentName: z.string().nullable().openapi({ description: 'As it was then. Null: about none.' }),
  agentSlug: z.string().nullable().openapi({ description: 'As it is now.' }),
  userId: z.string().nullable(),
  userEmail: z.string().nullable().openapi({ description: 'As it was then. Null: not known, or the account is gone.' }),
  metadata: z.record(z.string(), z.unknown()),
  notifiedAt: isoTime.nullable().openapi({ description: 'When all of its mails had been handed over.' }),
  notifyError: z.string().nullable(),
  notifyAttempts: z.int(),
  occurredAt: isoTime.openapi({ description: 'By the business clock, which a sandbox can advance.' }),
  createdAt: isoTime,
}

const listSchema = z
  .object({ items: z.array(z.object(fields).openapi('Interaction')), nextCursor: z.string().nullable() })
  .openapi('InteractionList')

const detailSchema = z
  .object({
    ...fields,
    mails: z.array(
      z.object({
        to: z.string(),
        attempts: z.int(),
        error: z.string().nullable(),
        sentAt: isoTime.nullable(),
        givenUpAt: isoTime.nullable(),
      }),
    ),
  })
  .openapi('InteractionDetail')

const listRoute = createRoute({
  ...common,
  path: interactionsPath,
  operationId: 'listInteractions',
  summary: 'List interactions',
  description: 'Newest first.',
  request: {
    query: z.strictObject({
      type: z.enum(interactionTypes).optional(),
      agent: slugSchema.optional().openapi({ example: 'readability' }),
      cursor: id.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
  },
  responses: { 200: jsonAnswer(listSchema, 'A page of them.'), ...readProblems },
})

const readRoute = createRoute({
  ...common,
  path: `${interactionsPath}/{id}`,
  operationId: 'getInteraction',
  summary: 'Get an interaction',
  description: 'With what became of the mails about it.',
  request: { params: z.strictObject({ id }) },
  responses: { 200: jsonAnswer(detailSchema, 'The interaction.'), ...readProblems },
})
