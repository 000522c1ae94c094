import { data, redirect } from 'react-router'
import ChevronDown from 'lucide-react/icons/chevron-down'
import type { SandboxCard, SandboxPortal } from '#src/features/sandbox/index.ts'
import { useLocale } from '../../locale.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icon.tsx'
import { formatMoney } from '../../ui/money.ts'
import { Notice } from '../../ui/notice.tsx'
import { Table } from '../../ui/table.tsx'
import { Day } from '../../ui/time.tsx'
import { textOf } from '../account-access/account-request.ts'
import { Section } from '../account/account-page.tsx'
import { BankAsks } from './bank-asks.tsx'
import { CardChoice, chosenCard, unknownNumber } from './card-choice.tsx'
import { PortalCards } from './portal-cards.tsx'
import { SandboxGate, SandboxPage } from './sandbox-page.tsx'
import { bankAnswerOf, sandboxHeaders, sandboxRequest } from './sandbox-request.ts'
import { invoiceStates } from './words.ts'
import type { Route } from './+types/portal.ts'

export const headers = sandboxHeaders

export async function loader(args: Route.LoaderArgs) {
  const { sandbox } = sandboxRequest(args)
  const portal = await sandbox.readPortal(args.params.id)
  if (portal === undefined) throw data(null, { status: 404 })
  const notice = new URL(args.request.url).searchParams.get('notice')
  return data({ portal, cards: sandbox.cards, notice }, { status: portal.kind === 'expired' ? 410 : 200 })
}

export async function action(args: Route.ActionArgs) {
  const { sandbox } = sandboxRequest(args)
  const { id: sessionId } = args.params
  const form = await args.request.formData()
  const intent = textOf(form, 'intent')
  const cardId = textOf(form, 'id')
  const kept = { card: textOf(form, 'card'), makesDefault: form.has('default') }
  const number = chosenCard({ card: kept.card, number: textOf(form, 'number') })
  const authentication = bankAnswerOf(textOf(form, 'authentication'))
  const changes = {
    add: () => sandbox.addCard({ sessionId, number, makesDefault: kept.makesDefault, authentication }),
    use: () => sandbox.useCard({ sessionId, cardId }),
    remove: () => sandbox.removeCard({ sessionId, cardId }),
  }
  if (!isIntent(intent)) throw data(null, { status: 400 })
  const answer = await changes[intent]()
  const here = `/sandbox/portal/${encodeURIComponent(sessionId)}`
  switch (answer.kind) {
    case 'done': {
      const portal = intent === 'remove' ? undefined : await sandbox.readPortal(sessionId)
      const leadsBack = portal?.kind === 'open' && portal.isForCards && portal.returnUrl !== undefined
      return redirect(leadsBack ? portal.returnUrl : `${here}?notice=${intent}`, 303)
    }
    case 'closed':
      return redirect(here, 303)
    case 'in_use':
      return redirect(`${here}?notice=in_use`, 303)
    case 'needs_authentication':
      return data({ kind: answer.kind, kept: { ...kept, card: number } } as const)
    case 'declined':
      return data({ kind: answer.kind, kept, message: answer.message } as const, { status: 402 })
    case 'unknown_card':
      return data({ kind: answer.kind, kept } as const, { status: 400 })
  }
}

const isIntent = (text: string): text is 'add' | 'use' | 'remove' => ['add', 'use', 'remove'].includes(text)

const notices: Readonly<Record<string, { tone: 'good' | 'warning'; title: string }>> = {
  add: { tone: 'good', title: 'The card is saved' },
  use: { tone: 'good', title: 'This card pays from now on' },
  remove: { tone: 'good', title: 'The card is removed' },
  in_use: { tone: 'warning', title: 'Something is paid with this card; choose another one for it first' },
}

export default function PortalPage({ loaderData: { portal, cards, notice }, actionData }: Route.ComponentProps) {
  if (portal.kind === 'expired') {
    return (
      <SandboxGate
        title="This link has expired"
        intro="It works for an hour. Go back for a new one."
        state="error"
        action={<ButtonLink href={portal.returnUrl ?? '/'}>Go back</ButtonLink>}
      />
    )
  }
  if (actionData?.kind === 'needs_authentication') {
    const { card, makesDefault } = actionData.kept
    const fields = { intent: 'add', card, ...(makesDefault && { default: 'on' }) }
    return <BankAsks about="this card, to be charged later," last4={card.slice(-4)} fields={fields} spends={false} />
  }
  const said =
    actionData === undefined && notice !== null && Object.hasOwn(notices, notice) ? notices[notice] : undefined
  return (
    <SandboxPage
      title="Cards and invoices"
      hasErrors={actionData !== undefined}
      note={
        portal.returnUrl !== undefined && (
          <ButtonLink href={portal.returnUrl} kind="secondary" className="sm:ms-auto">
            Go back
          </ButtonLink>
        )
      }
    >
      {portal.email !== undefined && <p className="text-muted wrap-anywhere">Of {portal.email}</p>}
      {said !== undefined && <Notice tone={said.tone} title={said.title} />}
      <Section id="cards" title="Cards">
        {portal.cards.length > 0 && <PortalCards cards={portal.cards} />}
        <details
          className="disclosure"
          open={portal.isForCards || portal.cards.length === 0 || actionData !== undefined}
        >
          <summary>
            Add a card
            <Icon of={ChevronDown} />
          </summary>
          <AddCard cards={cards} answer={actionData} />
        </details>
      </Section>
      <Section id="invoices" title="Invoices">
        {portal.invoices.length === 0 ? (
          <EmptyState title="No invoices yet">The first one comes with the first payment.</EmptyState>
        ) : (
          <Invoices invoices={portal.invoices} />
        )}
      </Section>
    </SandboxPage>
  )
}

interface AddCardProps {
  readonly cards: readonly SandboxCard[]
  readonly answer: Route.ComponentProps['actionData']
}

const AddCard = ({ cards, answer }: AddCardProps) => (
  <form method="post" noValidate className="flex max-w-form flex-col gap-16 pt-8">
    {answer?.kind === 'declined' && (
      <Notice tone="bad" role="alert" title={answer.message}>
        The card was not saved. Choose another one.
      </Notice>
    )}
    <CardChoice
      cards={cards}
      chosen={answer?.kept.card || (cards[0]?.number ?? '')}
      numberError={answer?.kind === 'unknown_card' ? unknownNumber : undefined}
    />
    <Checkbox name="default" label="Pay with it from now on" defaultChecked={answer?.kept.makesDefault ?? true} />
    <div>
      <Button name="intent" value="add">
        Add card
      </Button>
    </div>
  </form>
)

type OpenPortal = Extract<SandboxPortal, { kind: 'open' }>

function Invoices({ invoices }: { invoices: OpenPortal['invoices'] }) {
  const locale = useLocale()
  return (
    <Table
      caption="Invoices, newest first"
      rows={invoices}
      rowKey={({ pageId }) => pageId}
      columns={[
        {
          key: 'number',
          label: 'Invoice',
          cell: ({ pageId, number }) => (
            <a href={`/sandbox/invoices/${pageId}`} className="figures">
              {number}
            </a>
          ),
        },
        { key: 'date', label: 'Date', cell: ({ date }) => <Day iso={date} /> },
        {
          key: 'status',
          label: 'State',
          cell: ({ status }) => <Badge tone={invoiceStates[status].tone}>{invoiceStates[status].label}</Badge>,
        },
        { key: 'total', label: 'Total', isFigure: true, cell: ({ total }) => formatMoney(total, locale) },
      ]}
    />
  )
}
