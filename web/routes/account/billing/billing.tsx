import { data, redirect } from 'react-router'
import type { SavedCard } from '#src/features/billing/index.ts'
import CreditCard from 'lucide-react/icons/credit-card'
import CircleCheck from 'lucide-react/icons/circle-check'
import { webContext } from '../../../context.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import type { FieldError } from '../../../ui/field.tsx'
import { SandboxNotice } from '../../../ui/sandbox-banner.tsx'
import { Table } from '../../../ui/table.tsx'
import { accountHeaders, textOf } from '../../account-access/account-request.ts'
import { ErrorSummary } from '../../account-access/error-summary.tsx'
import { HandOver } from '../../oauth/hand-over.tsx'
import { AccountPage, FormColumn, noticeOf, Section } from '../account-page.tsx'
import { personRequest } from '../person-request.ts'
import { handOn } from '../subscriptions/hand-on.ts'
import { RefusalNotice, statusOf } from '../subscriptions/refusal.tsx'
import { TextButton } from '../text-button.tsx'
import { cardWords } from './card-words.ts'
import { DetailsForm, detailsOf, fieldErrors } from './details-form.tsx'
import type { TypedDetails } from './details-form.tsx'
import type { Route } from './+types/billing.ts'

export const headers = accountHeaders

const notices = {
  saved: { title: 'Your billing details are saved', text: 'They stand on invoices from now on.' },
  cards: { title: 'Your cards are up to date' },
  'card-chosen': { title: 'That card pays from now on' },
  'card-removed': { title: 'The card is forgotten' },
}

export async function loader(args: Route.LoaderArgs) {
  const { viewer, searchParams } = personRequest(args)
  const { billing } = args.context.get(webContext).services
  // Who comes back from the page of cards may have chosen another one there.
  if (searchParams.get('notice') === 'cards') await billing.adoptChosenCard({ userId: viewer.id })
  const outcome = await billing.readBilling({ userId: viewer.id })
  if (outcome === undefined) throw data(null, { status: 404 })
  const notice = noticeOf(notices, searchParams)
  const { name, email } = viewer
  return data(
    { outcome, name, email, notice },
    { status: outcome.kind === 'refused' ? statusOf(outcome.refusal) : 200 },
  )
}

export async function action(args: Route.ActionArgs) {
  const { viewer } = personRequest(args)
  const { billing } = args.context.get(webContext).services
  const form = await args.request.formData()
  const which = { userId: viewer.id, cardId: textOf(form, 'card') }
  switch (textOf(form, 'intent')) {
    case 'details':
      return saveDetails(args, detailsOf(form))
    case 'portal':
      return openPortal(args)
    case 'use-card':
      return after(await billing.setDefaultCard(which), 'card-chosen')
    case 'remove-card':
      return after(await billing.removeCard(which), 'card-removed')
    default:
      throw data(null, { status: 400 })
  }
}

type Answer = Awaited<ReturnType<ReturnType<typeof billingOf>['setDefaultCard']>>
const billingOf = ({ context }: Route.ActionArgs) => context.get(webContext).services.billing

/** To the page with a notice, or what was refused. */
function after(answer: Answer, notice: keyof typeof notices) {
  if (answer === undefined) throw data(null, { status: 404 })
  if (answer.kind === 'refused') return data(answer, { status: statusOf(answer.refusal) })
  return redirect(`/account/billing?notice=${notice}`, 303)
}

async function saveDetails(args: Route.ActionArgs, typed: TypedDetails) {
  const { viewer } = personRequest(args)
  const answer = await billingOf(args).saveDetails({ ...typed, userId: viewer.id })
  if (answer.kind !== 'invalid') return after(answer, 'saved')
  return data({ kind: 'invalid', typed, errors: fieldErrors(answer.fields) } as const, { status: 400 })
}

async function openPortal(args: Route.ActionArgs) {
  const { viewer, site } = personRequest(args)
  const answer = await billingOf(args).openPortal({ userId: viewer.id, returnTo: '/account/billing?notice=cards' })
  if (answer === undefined) throw data(null, { status: 404 })
  if (answer.kind === 'refused') return data(answer, { status: statusOf(answer.refusal) })
  return data({ kind: 'hand-over', to: handOn({ url: answer.value.url, baseUrl: site.baseUrl }).handOverTo } as const)
}

/** Who pays, with what, and what stands on invoices. */
export default function Billing({ loaderData: { outcome, name, email, notice }, actionData }: Route.ComponentProps) {
  if (actionData?.kind === 'hand-over') return <HandOver url={actionData.to} name="your cards" />
  const errors: Readonly<Record<string, FieldError>> = actionData?.kind === 'invalid' ? actionData.errors : {}
  const refusal =
    actionData?.kind === 'refused' ? actionData.refusal : outcome.kind === 'refused' ? outcome.refusal : undefined
  return (
    <AccountPage title="Billing" current="/account/billing" notice={notice} hasErrors={actionData !== undefined}>
      {refusal !== undefined && <RefusalNotice refusal={refusal} />}
      <ErrorSummary errors={errors} />
      {outcome.kind === 'ok' && (
        <>
          <Section id="cards" title="Cards" intro="The chosen one pays renewals, changes and add-ons.">
            <Cards cards={outcome.value.cards} />
          </Section>
          <Section id="details" title="Billing details" intro="They stand on invoices from the next one on.">
            <FormColumn>
              <DetailsForm
                details={outcome.value.details}
                fallback={{ name, email }}
                typed={actionData?.kind === 'invalid' ? actionData.typed : undefined}
                errors={errors}
              />
            </FormColumn>
          </Section>
        </>
      )}
    </AccountPage>
  )
}

function Cards({ cards }: { cards: readonly SavedCard[] }) {
  return (
    <>
      {cards.length === 0 ? (
        <p className="text-muted">No card is saved. One is when you first pay.</p>
      ) : (
        <Table
          caption="Saved cards"
          size="console"
          rows={cards}
          rowKey={({ id }) => id}
          columns={[
            { key: 'card', label: 'Card', cell: cardWords },
            {
              key: 'use',
              label: 'Pays',
              cell: (card) =>
                card.isDefault ? (
                  <Badge tone="good" icon={CircleCheck}>
                    Pays
                  </Badge>
                ) : (
                  <CardForm intent="use-card" card={card} label="Pay with it" />
                ),
            },
            {
              key: 'end',
              label: 'Action',
              cell: (card) => <CardForm intent="remove-card" card={card} label="Remove" />,
            },
          ]}
        />
      )}
      <form method="post" className="flex flex-col items-start gap-12">
        <input type="hidden" name="intent" value="portal" />
        <Button kind="secondary" size="console" icon={CreditCard}>
          Add a card
        </Button>
        <SandboxNotice />
      </form>
    </>
  )
}

interface CardFormProps {
  readonly intent: 'use-card' | 'remove-card'
  readonly card: SavedCard
  readonly label: string
}

const CardForm = ({ intent, card, label }: CardFormProps) => (
  <form method="post">
    <input type="hidden" name="intent" value={intent} />
    <input type="hidden" name="card" value={card.id} />
    <TextButton aria-label={`${label}: ${cardWords(card)}`}>{label}</TextButton>
  </form>
)
