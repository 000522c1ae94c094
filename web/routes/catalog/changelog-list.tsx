import type { SafeHtml } from '../../markdown.server.ts'
import { RelativeTime } from '../../ui/time.tsx'

interface ChangelogListProps {
  readonly entries: readonly { readonly version: string; readonly html: SafeHtml; readonly publishedAt: string }[]
  readonly now: number
}

/** Versions as rows of a ledger, the newest first. */
export const ChangelogList = ({ entries, now }: ChangelogListProps) => (
  <ol className="ledger-list">
    {entries.map(({ version, html, publishedAt }) => (
      <li key={version} className="ledger-entry">
        <span className="figures wrap-anywhere">{version}</span>
        <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />
        <span className="ledger-when">
          <RelativeTime iso={publishedAt} now={now} />
        </span>
      </li>
    ))}
  </ol>
)
