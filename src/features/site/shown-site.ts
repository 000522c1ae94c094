import type { SiteSettings } from '#src/db/site-settings.ts'
import { accentProperties } from './rules/accent.ts'

export interface ShownPicture {
  readonly url: string
  readonly width: number
  readonly height: number
}

/** What every page shows of the marketplace's settings. */
export interface ShownSite {
  readonly name: string
  /** The operator's own picture; undefined: Rialto's bridge. */
  readonly mark: ShownPicture | undefined
  /** 180 pixels, for home screens. */
  readonly touchIconUrl: string
  /** CSS declarations that replace Rialto's accent; undefined: it stays. */
  readonly accentProperties: string | undefined
  readonly supportEmail: string | undefined
}

export const shownSite = ({ name, mark, accent, supportEmail }: SiteSettings): ShownSite => ({
  name,
  mark: mark && { url: `/media/${mark.hash}`, width: mark.width, height: mark.height },
  touchIconUrl: iconUrl({ mark, size: 180 }),
  accentProperties: accent && accentProperties(accent),
  supportEmail,
})

/** Sizes in which the mark is drawn for home screens and installed apps. */
export const iconSizes = [180, 192, 512] as const

/** The address changes with the mark, so that the picture behind it never does. */
export const iconUrl = ({
  mark,
  size,
}: Pick<SiteSettings, 'mark'> & { readonly size: (typeof iconSizes)[number] }): string =>
  `/icons/${mark?.hash ?? 'rialto'}/${size}.png`
