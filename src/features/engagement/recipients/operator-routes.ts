import { createRoute, z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { interactionRecipients } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { jsonAnswer, jsonBody, readProblems, signedIn, writeProblems } from '#src/features/pricing/index.ts'
import type { ConsoleRouter } from '#src/features/pricing/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { interactionMailsJob } from '../interactions/record-interaction.ts'
import { addRecipient, listRecipients, recipientsMax, removeRecipient } from './recipients.ts'

/** `/operator/recipients`: who gets a mail about what people do. */
export function recipientRoutes(router: ConsoleRouter, { db, jobs }: Pick<Deps, 'db' | 'jobs'>): void {
  router.openapi(listRoute, async (c) => c.json({ items: (await listRecipients(db)).map(shown) }, 200))
  router.openapi(addRoute, async (c) => {
    const { email } = c.req.valid('json')
    const added = await addRecipient(db, { email: email.toLowerCase(), operatorId: c.get('person').id })
    if (added === 'full') throw new AppError('conflict', { detail: `${recipientsMax} are the most.` })
    await jobs.wake(interactionMailsJob)
    return c.body(null, 204)
  })
  router.openapi(removeRoute, async (c) => {
    const which = eq(interactionRecipients.id, c.req.valid('param').id)
    const removed = await removeRecipient(db, { which, operatorId: c.get('person').id })
    if (removed === 'none') throw new AppError('not_found')
    return c.body(null, 204)
  })
}

export const recipientsPath = '/operator/recipients'
const common = { tags: ['Operating: interactions'], security: signedIn }

const recipientSchema = z
  .object({
    id: z.uuid(),
    email: z.string(),
    confirmedAt: z.iso.datetime().nullable().openapi({ description: 'Null: its mailbox has not said yes.' }),
    askedAt: z.iso.datetime().nullable().openapi({ description: 'Null: it is about to be asked.' }),
  })
  .openapi('InteractionRecipient')
export type Recipient = z.infer<typeof recipientSchema>

type Row = Awaited<ReturnType<typeof listRecipients>>[number]

export const shown = ({ confirmedAt, askedAt, ...row }: Row): Recipient => ({
  ...row,
  confirmedAt: confirmedAt?.toISOString() ?? null,
  askedAt: askedAt?.toISOString() ?? null,
})

const listRoute = createRoute({
  ...common,
  method: 'get',
  path: recipientsPath,
  operationId: 'listRecipients',
  summary: 'List who is told',
  description: `By address; ${recipientsMax} at most.`,
  responses: {
    200: jsonAnswer(z.object({ items: z.array(recipientSchema) }).openapi('InteractionRecipientList'), 'All of them.'),
    ...readProblems,
  },
})

const addRoute = createRoute({
  ...common,
  method: 'post',
  path: recipientsPath,
  operationId: 'addRecipient',
  summary: 'Tell an address',
  description:
    'Its mailbox is asked first, and asked again for one that has not said yes. Doing it again for one that has changes nothing.',
  request: jsonBody(
    z.strictObject({ email: z.email().max(254) }).openapi('NewInteractionRecipient', {
      example: { email: 'ada@example.com' },
    }),
  ),
  responses: { 204: { description: 'It is asked, or has said yes.' }, ...writeProblems },
})

const removeRoute = createRoute({
  ...common,
  method: 'delete',
  path: `${recipientsPath}/{id}`,
  operationId: 'removeRecipient',
  summary: 'Tell an address no longer',
  request: { params: z.strictObject({ id: z.uuid() }) },
  responses: { 204: { description: 'It is gone.' }, ...writeProblems },
})
