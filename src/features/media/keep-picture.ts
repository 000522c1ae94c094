import { eq } from 'drizzle-orm'
import type { Transaction } from '#src/db/client.ts'
import { media } from '#src/db/schema/index.ts'
import type { NormalPicture } from './normalise-picture.ts'

/** Keeps a picture once, whoever brought it first. Returns its id. */
export async function keepPicture(
  tx: Transaction,
  { picture, createdBy }: { readonly picture: NormalPicture; readonly createdBy: string },
): Promise<string> {
  const { hash: contentHash, ...shown } = picture
  const [added] = await tx
    .insert(media)
    .values({ ...shown, contentHash, createdBy })
    .onConflictDoNothing({ target: media.contentHash })
    .returning({ id: media.id })
  if (added !== undefined) return added.id
  const [present] = await tx.select({ id: media.id }).from(media).where(eq(media.contentHash, contentHash))
  if (present === undefined) throw new Error('A picture is neither new nor there')
  return present.id
}
