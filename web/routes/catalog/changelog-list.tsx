import type { SafeHtml } from '../../markdown.server.ts'
import { Day } from '../../ui/time.tsx'

interface ChangelogListProps {
  readonly entries: readonly { readonly version: string; readonly html: SafeHtml; readonly publishedAt: string }[]
}

/** Versions as rows of a ledger, the newest first, each with its day: several of one month would all say the same. */
export const ChangelogList = ({ entries }: ChangelogListProps) => (
  <ol className="ledger-list">
    {entries.map(({ version, html, publishedAt }) => (
      <li key={version} className="ledger-entry">
        <span className="figures wrap-anywhere">{version}</span>
        <div className="prose" dangerouslySetInnerHTML={{ __html: html }} />
        <span className="ledger-when">
          <Day iso={publishedAt} />
        </span>
      </li>
    ))}
  </ol>
)
