import { eq } from 'drizzle-orm'
import type { Database } from './client.ts'
import { media, siteSettings } from './schema/index.ts'
import type { LegalText } from './schema/business.ts'

export type { LegalText } from './schema/business.ts'

/** The software's own name, for a marketplace that has not been given one. */
export const defaultSiteName = 'Rialto'

/** A picture, kept under its content's address. */
export interface SiteMark {
  readonly hash: string
  readonly width: number
  readonly height: number
}

/** `#rrggbb` for light and for dark pages. */
export interface AccentPair {
  readonly light: string
  readonly dark: string
}

/** What makes this marketplace this one; `undefined` is Rialto's own. */
export interface SiteSettings {
  readonly name: string
  readonly mark: SiteMark | undefined
  readonly accent: AccentPair | undefined
  readonly supportEmail: string | undefined
  readonly currency: string
  readonly legal: Readonly<Record<string, LegalText>>
}

/** What the settings are, as this process knows them. */
export interface SiteReader {
  /**
   * At most {@link settingsAgeMsMax} old, so that what another process wrote shows soon; older only while the database is away.
   * Throws when it was never read.
   */
  read(): Promise<SiteSettings>
  /** As read last, without asking: for what must be said while the database is away. */
  readonly lastKnown: SiteSettings
  /** The next read asks again; called after they were written here. */
  forget(): void
}

/** Every page reads them: within this time the answer is kept. */
export const settingsAgeMsMax = 2_000

const ownSettings: SiteSettings = {
  name: defaultSiteName,
  mark: undefined,
  accent: undefined,
  supportEmail: undefined,
  currency: 'USD',
  legal: {},
}

interface Reading {
  readonly startedAt: number
  readonly settings: Promise<SiteSettings>
}

export function createSiteReader({ db }: { readonly db: Database }): SiteReader {
  let lastKnown: SiteSettings | undefined
  let reading: Reading | undefined

  const ask = async (): Promise<SiteSettings> => {
    try {
      lastKnown = await readSiteSettings(db)
      return lastKnown
    } catch (error) {
      // A page that needs nothing else is still shown, under the name that it had a moment ago.
      if (lastKnown !== undefined) return lastKnown
      reading = undefined
      throw error
    }
  }

  return {
    get lastKnown() {
      return lastKnown ?? ownSettings
    },
    read: () => {
      if (reading === undefined || performance.now() - reading.startedAt > settingsAgeMsMax) {
        reading = { startedAt: performance.now(), settings: ask() }
      }
      return reading.settings
    },
    forget: () => {
      reading = undefined
    },
  }
}

/** As they stand in the database right now. */
export async function readSiteSettings(db: Pick<Database, 'select'>): Promise<SiteSettings> {
  const [row] = await db
    .select({
      settings: siteSettings,
      mark: { hash: media.contentHash, width: media.width, height: media.height },
    })
    .from(siteSettings)
    .leftJoin(media, eq(media.id, siteSettings.markMediaId))
  if (row === undefined) return ownSettings
  const { name, accentLight, accentDark, supportEmail, currency, legal } = row.settings
  return {
    name: name ?? defaultSiteName,
    mark: row.mark ?? undefined,
    accent: accentLight === null || accentDark === null ? undefined : { light: accentLight, dark: accentDark },
    supportEmail: supportEmail ?? undefined,
    currency,
    legal,
  }
}
