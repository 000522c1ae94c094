import type { Release } from '#src/features/catalog/index.ts'
import { href } from 'react-router'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { RelativeTime } from '../../ui/time.tsx'

/** The newest versions as a ledger: who, what, when. */
export const Releases = ({ releases, now }: { releases: readonly Release[]; now: number }) => (
  <ul className="ledger-list">
    {releases.map(({ slug, name, version, summary, publishedAt }) => (
      <li key={slug} className="release">
        <ArchIcon slug={slug} className="size-tile-m" />
        <p>
          <a href={href('/agents/:slug', { slug })} className="font-medium touch-target">
            {name}
          </a>{' '}
          <span className="figures text-14 text-muted">{version}</span>
        </p>
        <p className="max-md:col-start-2">{summary}</p>
        <p>
          <RelativeTime iso={publishedAt} now={now} />
        </p>
      </li>
    ))}
  </ul>
)
