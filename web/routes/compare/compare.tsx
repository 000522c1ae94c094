import type { ComparedAgent } from '#src/features/catalog/index.ts'
import type { WebServices } from '#src/web/context.ts'
import { href, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import type { RouteHandle } from '../../root.tsx'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { Route } from './+types/compare.ts'
import { AddAgent, type Choice } from './add-agent.tsx'
import { compareHref, type CompareQuery, readCompareQuery } from './compare-query.ts'
import { AgentHeading, CompareTable, DifferenceMark } from './compare-table.tsx'

const comparedMax = 3

export const handle: RouteHandle = { sameForVisitors: true }

export async function loader({ context, request }: Route.LoaderArgs) {
  const { catalog } = context.get(webContext).services
  const query = readCompareQuery(new URL(request.url).searchParams)
  const comparison = await catalog.compare(query.agents)
  const present = comparison.agents.map(({ slug }) => slug)
  const isFull = present.length === comparedMax
  const found = isFull ? [] : await findByName(catalog, query.add, present)
  const [only] = found.filter(({ slug, name }) => [slug, name.toLowerCase()].includes(query.add.toLowerCase()))
  if (only !== undefined) throw redirect(compareHref({ ...query, agents: [...present, only.slug] }), 303)
  const alternatives = isFull || found.length > 0 ? [] : await catalog.alternatives(present)
  return { query, comparison, present, isFull, found, alternatives }
}

async function findByName(
  catalog: Pick<WebServices['catalog'], 'suggest'>,
  name: string,
  present: readonly string[],
): Promise<Choice[]> {
  if (name === '') return []
  const { agents } = await catalog.suggest(name)
  return agents.filter(({ slug }) => !present.includes(slug))
}

export default function Compare({ loaderData }: Route.ComponentProps) {
  const { query, comparison, present, isFull, ...offered } = loaderData
  const { agents, missing, leftOut } = comparison
  const names = agents.map(({ name }) => name)
  const add = <AddAgent query={query} present={present} {...offered} isFirst={present.length < 2} />
  return (
    <div className="wrap-page flex flex-col gap-32 pt-32">
      <PageMeta title={names.length < 2 ? 'Compare agents' : `${names.join(' and ')} compared`} />
      <div className="flex flex-col gap-16">
        <Breadcrumbs crumbs={[{ label: 'Agents', href: href('/agents') }, { label: 'Compare' }]} />
        <h1 className="display text-36">Compare agents</h1>
      </div>
      {missing.length > 0 && (
        <Notice tone="warning" title={`No agent is listed as ${inWords(missing)}`}>
          It may have been renamed or withdrawn. Look for it by its name below.
        </Notice>
      )}
      {leftOut.length > 0 && (
        <Notice title="Three agents at a time">
          Left out: {inWords(leftOut)}. Remove one to make room for another.
        </Notice>
      )}
      {agents.length === 0 && (
        <EmptyState
          title="Nothing to compare yet"
          action={
            <ButtonLink kind="secondary" href={href('/agents')}>
              Choose from all agents
            </ButtonLink>
          }
        >
          Two or three agents are set side by side, with what they differ in marked. Press the two columns on a card, or
          type a name below.
        </EmptyState>
      )}
      {agents.length > 1 && <WhatIsShown query={query} present={present} />}
      {agents.length > 1 && <CompareTable agents={agents} query={query} />}
      {agents.length === 1 && <OnlyAgent agent={agents[0]} />}
      {!isFull && add}
    </div>
  )
}

/** One agent is no comparison yet: it waits for another. */
const OnlyAgent = ({ agent }: { agent: ComparedAgent | undefined }) =>
  agent && (
    <div className="flex flex-col gap-16 border-y border-hairline py-16">
      <AgentHeading agent={agent} removeHref={compareHref({})} />
      <p className="text-muted">Add another agent to see them side by side.</p>
    </div>
  )

/** Everything, or only what differs. */
const WhatIsShown = ({ query, present }: { query: CompareQuery; present: readonly string[] }) => (
  <p className="flex flex-wrap items-center justify-between gap-x-24 gap-y-8 text-14">
    <span className="flex items-center gap-8 text-muted">
      <DifferenceMark /> marks what they differ in
    </span>
    <a href={compareHref({ agents: present, onlyDifferences: !query.onlyDifferences })} className="touch-target">
      {query.onlyDifferences ? 'Show everything' : 'Show only what differs'}
    </a>
  </p>
)

const inWords = (slugs: readonly string[]): string =>
  new Intl.ListFormat('en', { type: 'conjunction' }).format(slugs.map((slug) => `“${slug}”`))
