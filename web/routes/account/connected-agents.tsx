import { data, redirect } from 'react-router'
import { webContext } from '../../context.ts'
import { ArchIcon } from '../../ui/arch/arch-icon.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Table } from '../../ui/table.tsx'
import { RelativeTime } from '../../ui/time.tsx'
import { accountHeaders, textOf } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { AccountPage, noticeOf } from './account-page.tsx'
import { personRequest } from './person-request.ts'
import { TextButton } from './text-button.tsx'
import type { Route } from './+types/connected-agents.ts'

export const headers = accountHeaders

const notices = {
  uninstalled: {
    title: 'The agent is uninstalled',
    text: 'If it may still know who you are, disconnect it here. Your subscription, if you have one, goes on.',
  },
  disconnected: {
    title: 'The agent is disconnected',
    text: 'Its tokens are refused from now on, and it has to ask again. Your subscription, if you have one, goes on.',
  },
}

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { services } = args.context.get(webContext)
  const connections = await services.oauth.listConnections(viewer.id)
  return {
    connections: connections.map(({ clientId, name, slug, scopes, lastSignInAt }) => ({
      clientId,
      name,
      slug,
      scopes,
      lastSignInAt: lastSignInAt?.toISOString() ?? null,
    })),
    now: Date.now(),
    notice: noticeOf(notices, searchParams),
  }
}

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { services } = args.context.get(webContext)
  const clientId = textOf(await args.request.formData(), 'clientId')
  const isEnded = await services.oauth.disconnect(viewer.id, clientId)
  if (!isEnded) throw data(null, { status: 404 })
  return redirect('/account/connected-agents?notice=disconnected', 303)
}

const scopeWords: Readonly<Record<string, string>> = {
  openid: 'that it is you',
  profile: 'your name',
  email: 'your e-mail address',
  offline_access: 'while you are away',
  'usage:read': 'reading your use',
  'usage:write': 'counting your use',
}

type Connection = Route.ComponentProps['loaderData']['connections'][number]

/** Agents that a person signed in to, each with the way out. */
export default function ConnectedAgents({ loaderData: { connections, now, notice } }: Route.ComponentProps) {
  return (
    <AccountPage title="Connected agents" current="/account/connected-agents" notice={notice}>
      {connections.length === 0 ? (
        <EmptyState title="No agent is connected" action={<ButtonLink href="/agents">Browse all agents</ButtonLink>}>
          When you launch an agent and let it know who you are, it is listed here.
        </EmptyState>
      ) : (
        <>
          <p className="max-w-prose text-muted">
            Disconnecting ends an agent’s tokens at once and forgets what you allowed: it has to ask again. It cancels
            no <TextLink href="/account/subscriptions">subscription</TextLink>, and what the agent keeps of yours stays
            there.
          </p>
          <Table
            caption="Agents you let in"
            size="console"
            rows={connections}
            rowKey={({ clientId }) => clientId}
            columns={[
              { key: 'agent', label: 'Agent', cell: (connection) => <AgentName connection={connection} /> },
              {
                key: 'scopes',
                label: 'May know and do',
                cell: ({ scopes }) => <Scopes scopes={scopes} />,
              },
              {
                key: 'last',
                label: 'Last sign-in',
                cell: ({ lastSignInAt }) =>
                  lastSignInAt === null ? '–' : <RelativeTime iso={lastSignInAt} now={now} />,
              },
              { key: 'end', label: 'Action', cell: (connection) => <Disconnect connection={connection} /> },
            ]}
          />
        </>
      )}
    </AccountPage>
  )
}

const AgentName = ({ connection: { name, slug } }: { connection: Connection }) =>
  slug === null ? (
    name
  ) : (
    <a href={`/agents/${slug}`} className="inline-flex items-center gap-8 align-middle">
      <ArchIcon slug={slug} className="size-tile-s" />
      {name}
    </a>
  )

/** What the agent may, each with the reason its publisher gives; what it gives none for in one line. */
function Scopes({ scopes }: { scopes: Connection['scopes'] }) {
  const bare = scopes.filter(({ reason }) => reason === null)
  return (
    <ul className="flex flex-col gap-4 wrap-anywhere sm:py-8">
      {scopes.map(
        ({ scope, reason }) =>
          reason !== null && (
            <li key={scope}>
              {scopeWords[scope] ?? scope}
              <span className="text-muted">
                : “<bdi>{reason}</bdi>”
              </span>
            </li>
          ),
      )}
      {bare.length > 0 && (
        <li>
          {bare.map(({ scope }) => scopeWords[scope] ?? scope).join(', ')}
          <span className="text-muted">: it doesn’t say why</span>
        </li>
      )}
    </ul>
  )
}

const Disconnect = ({ connection: { clientId, name } }: { connection: Connection }) => (
  <form method="post">
    <input type="hidden" name="clientId" value={clientId} />
    <TextButton aria-label={`Disconnect ${name}`}>Disconnect</TextButton>
  </form>
)
