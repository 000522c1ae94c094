import { eq, sql } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { siteSettings } from '#src/db/schema/index.ts'
import type { Json } from '#src/db/schema/business.ts'
import type { Deps } from '#src/deps.ts'

type Row = typeof siteSettings.$inferSelect
type Change = Partial<
  Pick<Row, 'name' | 'markMediaId' | 'accentLight' | 'accentDark' | 'supportEmail' | 'currency' | 'legal'>
>

export interface Write {
  readonly operatorId: string
  /** A verb, such as `site.set_branding`. */
  readonly action: string
  /** Says what the one row shall become, from what it is; nothing: it stays. */
  readonly change: (
    row: Row,
    tx: Transaction,
  ) => Promise<{ readonly set: Change; readonly metadata?: Json } | undefined>
}

/** Changes the one row of settings with its audit row, one write after the other. */
export async function writeSettings({ db, site }: Pick<Deps, 'db' | 'site'>, write: Write): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.insert(siteSettings).values({}).onConflictDoNothing()
    const [row] = await tx.select().from(siteSettings).for('update')
    if (row === undefined) throw new Error('There is no row of settings')
    const changed = await write.change(row, tx)
    if (changed === undefined) return
    await tx
      .update(siteSettings)
      .set({ ...changed.set, updatedAt: sql`now()` })
      .where(eq(siteSettings.id, true))
    const { operatorId: userId, action } = write
    await recordAudit(tx, { userId, action, resource: 'site_settings', metadata: changed.metadata ?? {} })
  })
  site.forget()
}
