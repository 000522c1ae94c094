import { webContext } from '../../context.ts'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Table } from '../../ui/table.tsx'
import { RelativeTime } from '../../ui/time.tsx'
import { accountHeaders } from '../account-access/account-request.ts'
import { AccountPage } from '../account/account-page.tsx'
import { personRequest } from '../account/person-request.ts'
import { TextButton } from '../account/text-button.tsx'
import type { Route } from './+types/favourites.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  return { favourites: await services.engagement.favourites(viewer.id), now: Date.now() }
}

type Favourite = Route.ComponentProps['loaderData']['favourites'][number]

/** Agents that somebody keeps in mind. */
export default function Favourites({ loaderData: { favourites, now } }: Route.ComponentProps) {
  return (
    <AccountPage title="Favourites" current="/account/favourites">
      {favourites.length === 0 ? (
        <EmptyState title="No favourites yet" action={<ButtonLink href="/agents">Browse all agents</ButtonLink>}>
          Add an agent on its page, and find it here again. Nobody else sees the list.
        </EmptyState>
      ) : (
        <Table
          caption="Agents you keep in mind"
          size="console"
          rows={favourites}
          rowKey={({ slug }) => slug}
          columns={[
            { key: 'agent', label: 'Agent', cell: (favourite) => <AgentName favourite={favourite} /> },
            { key: 'tagline', label: 'What it does', cell: ({ tagline }) => tagline },
            { key: 'since', label: 'Added', cell: ({ since }) => <RelativeTime iso={since} now={now} /> },
            { key: 'end', label: 'Action', cell: (favourite) => <Remove favourite={favourite} /> },
          ]}
        />
      )}
    </AccountPage>
  )
}

function AgentName({ favourite: { slug, name, isListed } }: { favourite: Favourite }) {
  const shown = (
    <>
      <ArchIcon slug={slug} className="size-tile-s" />
      {name}
    </>
  )
  return isListed ? (
    <a href={`/agents/${slug}`} className="inline-flex items-center gap-8 align-middle">
      {shown}
    </a>
  ) : (
    <span className="inline-flex items-center gap-8 text-muted">{shown} (not listed now)</span>
  )
}

const Remove = ({ favourite: { slug, name } }: { favourite: Favourite }) => (
  <form method="post" action={`/agents/${slug}/favourite`}>
    <input type="hidden" name="intent" value="remove" />
    <input type="hidden" name="returnTo" value="/account/favourites" />
    <TextButton aria-label={`Remove ${name}`}>Remove</TextButton>
  </form>
)
