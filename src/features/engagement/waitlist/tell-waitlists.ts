import { sql } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import type { Deps } from '#src/deps.ts'
import { waitlistOpened } from '#src/integrations/mail/index.ts'
import { linkDays } from '../links/mailbox-links.ts'

export type TellDeps = Pick<Deps, 'db' | 'mail' | 'baseUrl'>

/** Told in one transaction. */
const pageMax = 200
/** More are left to the next run. */
const pagesMax = 50

/** Mails everybody who waited for what can be used by now, once: the mail and the mark that it was told are one transaction. */
export async function tellWaitlists(deps: TellDeps): Promise<void> {
  for (let page = 0; page < pagesMax; page++) {
    if ((await deps.db.transaction((tx) => tellPage(tx, deps))) < pageMax) return
  }
}

interface Told extends Record<string, unknown> {
  readonly email: string
  readonly name: string
  readonly slug: string
}

async function tellPage(tx: Transaction, { mail, baseUrl }: TellDeps): Promise<number> {
  const { rows } = await tx.execute<Told>(sql`
    WITH due AS (
      SELECT entry.id FROM agent_waitlist AS entry JOIN agents AS agent ON agent.id = entry.agent_id
      WHERE entry.confirmed_at IS NOT NULL AND entry.told_at IS NULL AND NOT agent.coming_soon
        AND agent.status = 'published'
      ORDER BY entry.created_at LIMIT ${pageMax} FOR NO KEY UPDATE OF entry SKIP LOCKED
    )
    UPDATE agent_waitlist AS entry SET told_at = now() FROM due, agents AS agent
    WHERE entry.id = due.id AND agent.id = entry.agent_id RETURNING entry.email, agent.name, agent.slug`)
  for (const { email, name, slug } of rows) {
    const message = waitlistOpened({ agent: name, url: `${baseUrl}/agents/${slug}` })
    await mail.enqueue({ ...message, to: email, template: 'waitlist-opened' }, { tx })
  }
  return rows.length
}

/** What nobody said yes to goes when its link has run out: the address may be anybody's. */
export async function forgetUnconfirmed({ db }: Pick<Deps, 'db'>): Promise<void> {
  await db.execute(sql`
    DELETE FROM agent_waitlist WHERE confirmed_at IS NULL AND created_at < now() - ${linkDays} * interval '1 day'`)
}
