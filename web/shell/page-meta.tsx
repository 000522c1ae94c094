import { useRouteLoaderData } from 'react-router'
import { useNonce } from '../nonce.ts'
import { useSiteName } from '../site-name.ts'
import type { ShellData } from './shell-data.ts'

interface PageMetaProps {
  readonly title: string
  readonly description?: string
  /** Path of the page as search engines should know it; without one the page asks not to be indexed. */
  readonly canonicalPath?: string | undefined
  /** schema.org data, only of what the page shows. */
  readonly jsonLd?: Readonly<Record<string, unknown>>
}

/** Title and descriptions of a page; React lifts them into the head. */
export function PageMeta({ title, description, canonicalPath, jsonLd }: PageMetaProps) {
  const shell = useRouteLoaderData<ShellData>('root')
  const nonce = useNonce()
  const siteName = useSiteName()
  const canonical = canonicalPath === undefined ? undefined : `${shell?.baseUrl ?? ''}${canonicalPath}`
  return (
    <>
      <title>{title === siteName ? title : `${title} · ${siteName}`}</title>
      {description !== undefined && <meta name="description" content={description} />}
      {canonical === undefined ? (
        <meta name="robots" content="noindex" />
      ) : (
        <>
          <link rel="canonical" href={canonical} />
          <meta property="og:url" content={canonical} />
          <meta property="og:type" content="website" />
          <meta property="og:site_name" content={siteName} />
          <meta property="og:title" content={title} />
          {description !== undefined && <meta property="og:description" content={description} />}
        </>
      )}
      {jsonLd && (
        <script type="application/ld+json" nonce={nonce} dangerouslySetInnerHTML={{ __html: jsonForScript(jsonLd) }} />
      )}
    </>
  )
}

/** JSON that can't close the script element it stands in (HTML §4.12.1.3). */
const jsonForScript = (data: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(data).replaceAll('<', '\\u003c')
