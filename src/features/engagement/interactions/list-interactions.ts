import { and, desc, eq, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { agents, interactionMails, interactionRecipients, interactions } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { AppError } from '#src/lib/errors.ts'
import type { InteractionType } from './types.ts'

export interface InteractionFilter {
  readonly type?: InteractionType | undefined
  /** Slug. */
  readonly agent?: string | undefined
}

interface Listing extends InteractionFilter {
  /** The last one of the page before; one that is gone meanwhile ends the list. */
  readonly cursor?: string | undefined
  /** 1 to 100. */
  readonly limit: number
}

export type Interaction = ReturnType<typeof shown>

/** Newest first. */
export async function listInteractions(
  { db }: Pick<Deps, 'db'>,
  { type, agent, cursor, limit }: Listing,
): Promise<{ readonly items: readonly Interaction[]; readonly nextCursor: string | undefined }> {
  const rows = await db
    .select(columns)
    .from(interactions)
    .leftJoin(agents, eq(agents.id, interactions.agentId))
    .where(
      and(
        type && eq(interactions.type, type),
        agent === undefined ? undefined : eq(agents.slug, agent),
        cursor === undefined ? undefined : isBelow(cursor),
      ),
    )
    .orderBy(desc(interactions.createdAt), desc(interactions.id))
    .limit(limit + 1)
  const items = rows.slice(0, limit).map(shown)
  return { items, nextCursor: rows.length > limit ? items.at(-1)?.id : undefined }
}

export type InteractionDetail = Awaited<ReturnType<typeof getInteraction>>

/** With what became of each mail. Throws `not_found`. */
export async function getInteraction({ db }: Pick<Deps, 'db'>, id: string) {
  const [row] = await db
    .select(columns)
    .from(interactions)
    .leftJoin(agents, eq(agents.id, interactions.agentId))
    .where(eq(interactions.id, id))
  if (row === undefined) throw new AppError('not_found')
  const mails = await db
    .select({
      to: interactionRecipients.email,
      attempts: interactionMails.attempts,
      error: interactionMails.error,
      sentAt: interactionMails.sentAt,
      givenUpAt: interactionMails.givenUpAt,
    })
    .from(interactionMails)
    .innerJoin(interactionRecipients, eq(interactionRecipients.id, interactionMails.recipientId))
    .where(eq(interactionMails.interactionId, id))
    .orderBy(interactionRecipients.email)
  return {
    ...shown(row),
    mails: mails.map(({ sentAt, givenUpAt, ...mail }) => ({ ...mail, sentAt: iso(sentAt), givenUpAt: iso(givenUpAt) })),
  }
}

const columns = {
  id: interactions.id,
  type: interactions.type,
  /** Null: it was about none. */
  agentName: interactions.agentName,
  agentSlug: agents.slug,
  userId: interactions.userId,
  userEmail: interactions.userEmail,
  metadata: interactions.metadata,
  notifiedAt: interactions.notifiedAt,
  notifyError: interactions.notifyError,
  notifyAttempts: interactions.notifyAttempts,
  occurredAt: interactions.occurredAt,
  createdAt: interactions.createdAt,
}

type Row = Omit<typeof interactions.$inferSelect, 'agentId'> & { readonly agentSlug: string | null }

const shown = ({ notifiedAt, occurredAt, createdAt, ...row }: Row) => ({
  ...row,
  occurredAt: occurredAt.toISOString(),
  notifiedAt: iso(notifiedAt),
  createdAt: createdAt.toISOString(),
})

const iso = (moment: Date | null): string | null => moment?.toISOString() ?? null

/** By the row itself, whose time is finer than what JavaScript keeps of it. */
const isBelow = (cursor: string): SQL => sql`(${interactions.createdAt}, ${interactions.id}) < (
  SELECT place.created_at, place.id FROM interactions AS place WHERE place.id = ${cursor})`
