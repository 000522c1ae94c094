import type { Database } from '#src/db/client.ts'
import type { Source } from '#src/db/schema/business.ts'
import { requireOperator } from '#src/identity/index.ts'
import type { AccountViewer } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { correctEntry, getEntry } from './correct-entry.ts'
import type { Entry, FactField } from './correct-entry.ts'
import { correctionSchema } from './schema.ts'

export type EntryFacts = Pick<Entry, 'name' | 'slug' | FactField> & {
  readonly sources: readonly Source[]
}

export type CorrectionOutcome =
  | { readonly kind: 'done' }
  /** By field: what is wrong with it, such as "must not be empty". */
  | { readonly kind: 'invalid'; readonly errors: Readonly<Record<string, string>> }
  /** Somebody has claimed it meanwhile. */
  | { readonly kind: 'refused' }

/** What operators do with entries that nobody has claimed. Throws `forbidden` and `not_found`. */
export interface EntryServices {
  /** Throws `conflict` for what has a publisher. */
  entry(viewer: AccountViewer, slug: string): Promise<EntryFacts>
  /** Takes texts as they were typed. */
  correctEntry(viewer: AccountViewer, correct: { slug: string; typed: unknown }): Promise<CorrectionOutcome>
}

export const createEntryServices = ({ db }: { readonly db: Database }): EntryServices => ({
  entry: async (viewer, slug) => {
    await requireOperator(db, viewer)
    const { name, sources, ...entry } = await getEntry(db, slug)
    const { tagline, publisherName, homepageUrl, repositoryUrl, documentationUrl } = entry
    const { license, licenseNote, runsAs, languages } = entry
    const addresses = { homepageUrl, repositoryUrl, documentationUrl }
    return { name, slug, tagline, publisherName, ...addresses, license, licenseNote, runsAs, languages, sources }
  },
  correctEntry: async (viewer, { slug, typed }) => {
    const { id: operatorId } = await requireOperator(db, viewer)
    const { success, data, error } = correctionSchema.safeParse(typed)
    if (!success) {
      // The first of each field stays.
      const found = error.issues.map(({ path, message }): [string, string] => [path.join('.'), message])
      return { kind: 'invalid', errors: Object.fromEntries(found.toReversed()) }
    }
    try {
      await correctEntry(db, { slug, operatorId, correction: data })
      return { kind: 'done' }
    } catch (failure) {
      if (failure instanceof AppError && failure.code === 'conflict') return { kind: 'refused' }
      throw failure
    }
  },
})
