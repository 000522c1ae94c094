import { Feed } from 'feed'
import type { Changelog } from '#src/features/catalog/index.ts'
import { renderMarkdown } from '../../markdown.server.ts'

interface FeedPlace {
  /** Of the agent's changelog page. */
  readonly pageUrl: string
  readonly siteName: string
}

/** A changelog as Atom (RFC 4287). The same changelog gives the same bytes, whenever it is asked for. */
export function changelogFeed(
  { id, name, publisherName, listedAt, entries }: Changelog,
  { pageUrl, siteName }: FeedPlace,
): string {
  const [newest] = entries
  const feed = new Feed({
    id,
    title: plain(`Changes of ${name}`),
    updated: new Date(newest?.publishedAt ?? listedAt),
    link: pageUrl,
    feedLinks: { atom: `${pageUrl}.atom` },
    author: { name: plain(publisherName ?? siteName) },
    generator: false,
  })
  for (const entry of entries) {
    const date = new Date(entry.publishedAt)
    const html = plain(renderMarkdown(entry.summary))
    feed.addItem({ id: entry.id, title: asHtml(entry.version), link: pageUrl, date, published: date, content: html })
  }
  return feed.atom1()
}

/** Without what no XML document may hold, escaped or not (XML 1.0 §2.2). */
const plain = (text: string): string =>
  text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')

/** Titles of entries are HTML. */
const asHtml = (text: string): string =>
  plain(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
