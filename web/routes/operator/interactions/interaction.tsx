import { Breadcrumbs } from '../../../ui/breadcrumbs.tsx'
import { Table } from '../../../ui/table.tsx'
import { RelativeTime } from '../../../ui/time.tsx'
import { accountHeaders } from '../../account-access/account-request.ts'
import { TextLink } from '../../account-access/text-link.tsx'
import { Section } from '../../account/account-page.tsx'
import { Record } from '../../account/record.tsx'
import { OperatorPage } from '../operator-page.tsx'
import { operatorRequest, orRefusal } from '../operator-request.ts'
import { ToldBadge } from './told-badge.tsx'
import { fieldWords, typeWords } from './words.ts'
import type { Route } from './+types/interaction.ts'

export const headers = accountHeaders

export async function loader(args: Route.LoaderArgs) {
  const { services, viewer } = operatorRequest(args)
  return { interaction: await orRefusal(services.engagement.interaction(viewer, args.params.id)), now: Date.now() }
}

type Interaction = Route.ComponentProps['loaderData']['interaction']

/** Where the link in a mail leads: who did what, and whom it was told. */
export default function InteractionPage({ loaderData: { interaction, now } }: Route.ComponentProps) {
  const title = typeWords(interaction.type)
  return (
    <OperatorPage title={title} current="/operator/interactions">
      <Breadcrumbs crumbs={[{ label: 'Interactions', href: '/operator/interactions' }, { label: title }]} />
      <Record lines={linesOf(interaction)} />
      <Section
        id="mails"
        title="Mails"
        intro={
          interaction.mails.length === 0
            ? 'None. Whoever is on the list hears of what happens from their confirmation on; the list is kept under Recipients.'
            : undefined
        }
      >
        {interaction.mails.length > 0 && <Mails mails={interaction.mails} now={now} />}
      </Section>
    </OperatorPage>
  )
}

function linesOf(interaction: Interaction) {
  const { agentName, agentSlug, userEmail, occurredAt, now, metadata } = interaction
  return [
    {
      label: 'Agent',
      value: agentSlug === null ? (agentName ?? '–') : <TextLink href={`/agents/${agentSlug}`}>{agentName}</TextLink>,
    },
    {
      label: 'Who',
      value: userEmail === null ? 'Not known, or gone' : <TextLink href={`mailto:${userEmail}`}>{userEmail}</TextLink>,
    },
    { label: 'When', value: <RelativeTime iso={occurredAt} now={Date.parse(now)} /> },
    { label: 'Told', value: <ToldBadge {...interaction} /> },
    ...Object.entries(metadata).map(([name, value]) => ({
      label: fieldWords(Object.hasOwn(pages, name) ? name.replace(/Id$/, '') : name),
      value: <Told name={name} value={value} />,
    })),
  ]
}

/** What has a page of its own is led to. */
const pages: Readonly<Record<string, string>> = { reportId: '/operator/reports', claimId: '/operator/claims' }

function Told({ name, value }: { name: string; value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const page = Object.hasOwn(pages, name) ? pages[name] : undefined
  return page === undefined ? (
    <span className="whitespace-pre-wrap">{text}</span>
  ) : (
    <TextLink href={`${page}/${text}`}>What became of it</TextLink>
  )
}

const Mails = ({ mails, now }: { mails: Interaction['mails']; now: number }) => (
  <Table
    caption="Mails about it"
    size="console"
    rows={mails}
    rowKey={({ to }) => to}
    columns={[
      { key: 'to', label: 'To', cell: ({ to }) => <span className="wrap-anywhere">{to}</span> },
      { key: 'state', label: 'State', cell: (mail) => <MailState mail={mail} now={now} /> },
      { key: 'attempts', label: 'Attempts', isFigure: true, cell: ({ attempts }) => attempts },
      {
        key: 'error',
        label: 'Last error',
        cell: ({ error }) => <span className="figures wrap-anywhere">{error ?? '–'}</span>,
      },
    ]}
  />
)

function MailState({ mail, now }: { mail: Interaction['mails'][number]; now: number }) {
  if (mail.sentAt !== null) return <RelativeTime iso={mail.sentAt} now={now} />
  return mail.givenUpAt === null ? 'On its way' : 'Given up'
}
