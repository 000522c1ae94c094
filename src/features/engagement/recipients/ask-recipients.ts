import { and, eq, isNull, sql } from 'drizzle-orm'
import { interactionRecipients } from '#src/db/schema/index.ts'
import type { Deps } from '#src/deps.ts'
import { confirmMailbox } from '#src/integrations/mail/index.ts'
import { linkDays, mailboxUrl } from '../links/mailbox-links.ts'
import { recipientsMax } from './recipients.ts'

export type AskDeps = Pick<Deps, 'db' | 'mail' | 'auth' | 'baseUrl'>

/** Asks each new recipient's mailbox, once for each time that an operator put it on the list. */
export async function askRecipients(deps: AskDeps): Promise<void> {
  const isNew = and(isNull(interactionRecipients.askedAt), isNull(interactionRecipients.confirmedAt))
  const waiting = await deps.db
    .select({ id: interactionRecipients.id })
    .from(interactionRecipients)
    .where(isNew)
    .limit(recipientsMax)
  for (const { id } of waiting) {
    const url = await mailboxUrl({ ...deps, secret: deps.auth.secret }, { kind: 'recipient', id })
    await deps.db.transaction(async (tx) => {
      const [asked] = await tx
        .update(interactionRecipients)
        .set({ askedAt: sql`now()` })
        // Of two processes one still finds it so.
        .where(and(eq(interactionRecipients.id, id), isNew))
        .returning({ email: interactionRecipients.email })
      if (asked === undefined) return
      const mail = confirmMailbox({ for: { kind: 'recipient' }, url, validDays: linkDays })
      await deps.mail.enqueue({ ...mail, to: asked.email, template: 'confirm-recipient' }, { tx })
    })
  }
}
