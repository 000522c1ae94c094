import type { ShownPicture } from '#src/features/site/index.ts'

interface SiteIconsProps {
  readonly mark: ShownPicture | undefined
  readonly touchIconUrl: string
  /** Rialto's bridge, in both themes' colours. */
  readonly ownIcon: string
}

/** What stands for the marketplace in tabs, bookmarks and on home screens. */
export const SiteIcons = ({ mark, touchIconUrl, ownIcon }: SiteIconsProps) => (
  <>
    {mark === undefined ? (
      <link rel="icon" href={ownIcon} type="image/svg+xml" />
    ) : (
      <link rel="icon" href={mark.url} type="image/webp" />
    )}
    <link rel="apple-touch-icon" href={touchIconUrl} />
    <link rel="manifest" href="/manifest.webmanifest" />
  </>
)
