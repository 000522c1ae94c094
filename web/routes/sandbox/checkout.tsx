import { data, redirect } from 'react-router'
import type { SandboxCheckout } from '#src/features/sandbox/index.ts'
import { useLocale } from '../../locale.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { TextField } from '../../ui/field.tsx'
import { formatMoney } from '../../ui/money.ts'
import { Notice } from '../../ui/notice.tsx'
import { textOf } from '../account-access/account-request.ts'
import { TextLink } from '../account-access/text-link.tsx'
import { BankAsks } from './bank-asks.tsx'
import { CardChoice, chosenCard, noCard, unknownNumber } from './card-choice.tsx'
import { Order } from './order.tsx'
import { SandboxGate, SandboxPage } from './sandbox-page.tsx'
import { bankAnswerOf, sandboxHeaders, sandboxRequest } from './sandbox-request.ts'
import type { Route } from './+types/checkout.ts'

export const headers = sandboxHeaders

const statuses = { open: 200, complete: 200, expired: 410 } as const

export async function loader(args: Route.LoaderArgs) {
  const { sandbox } = sandboxRequest(args)
  const checkout = await sandbox.readCheckout(args.params.id)
  if (checkout === undefined) throw data(null, { status: 404 })
  return data({ checkout, cards: sandbox.cards }, { status: statuses[checkout.status] })
}

const nameMax = 100

export async function action(args: Route.ActionArgs) {
  const { sandbox } = sandboxRequest(args)
  const form = await args.request.formData()
  const kept = { card: textOf(form, 'card'), name: textOf(form, 'name').slice(0, nameMax) }
  const number = chosenCard({ card: kept.card, number: textOf(form, 'number') })
  const answer = await sandbox.payCheckout({
    sessionId: args.params.id,
    number,
    name: kept.name.trim(),
    authentication: bankAnswerOf(textOf(form, 'authentication')),
  })
  switch (answer.kind) {
    case 'done':
      return redirect(answer.redirectTo, 303)
    case 'closed':
      return redirect(`/sandbox/checkout/${encodeURIComponent(args.params.id)}`, 303)
    case 'needs_authentication':
      return data({ kind: answer.kind, kept: { ...kept, card: number } } as const)
    case 'declined':
      return data({ kind: answer.kind, kept, message: answer.message } as const, { status: 402 })
    case 'needs_card':
    case 'unknown_card':
      return data({ kind: answer.kind, kept } as const, { status: 400 })
  }
}

export default function CheckoutPage({ loaderData: { checkout, cards }, actionData }: Route.ComponentProps) {
  const locale = useLocale()
  if (checkout.status !== 'open') return <Closed checkout={checkout} />
  const { mode, dueToday, needsCard, cancelUrl, email } = checkout
  const spends = dueToday !== undefined && dueToday.amountMinor > 0
  if (actionData?.kind === 'needs_authentication') {
    const { card, name } = actionData.kept
    const about = spends ? `a payment of ${formatMoney(dueToday, locale)}` : 'this card, to be charged later,'
    return <BankAsks about={about} last4={card.slice(-4)} fields={{ card, name }} spends={mode !== 'setup'} />
  }
  const kept = actionData?.kept
  return (
    <SandboxPage title={titleOf(checkout)} hasErrors={actionData !== undefined}>
      <div className="sandbox-columns">
        <Order checkout={checkout} />
        <Card>
          <form method="post" noValidate className="flex flex-col gap-24">
            {actionData?.kind === 'declined' && (
              <Notice tone="bad" role="alert" title={actionData.message}>
                Nothing was charged. Choose another card and try again.
              </Notice>
            )}
            {actionData?.kind === 'needs_card' && (
              <Notice tone="bad" role="alert" title="A card is missing">
                Choose one of the test cards.
              </Notice>
            )}
            {email !== undefined && (
              <p className="text-14 text-muted wrap-anywhere">
                For <span className="text-ink">{email}</span>
              </p>
            )}
            <CardChoice
              cards={cards}
              others={needsCard ? [] : [{ value: noCard, label: 'No card for now' }]}
              chosen={kept?.card || (needsCard ? (cards[0]?.number ?? '') : noCard)}
              numberError={actionData?.kind === 'unknown_card' ? unknownNumber : undefined}
            />
            <TextField
              label="Name on the card (optional)"
              name="name"
              autoComplete="off"
              maxLength={nameMax}
              defaultValue={kept?.name ?? ''}
            />
            <Button kind={mode === 'setup' ? 'ink' : 'buy'}>{buttonOf(checkout, locale)}</Button>
            {cancelUrl !== undefined && (
              <p className="text-center text-14">
                <TextLink href={cancelUrl}>{mode === 'setup' ? 'Back without saving' : 'Back without paying'}</TextLink>
              </p>
            )}
          </form>
        </Card>
      </div>
    </SandboxPage>
  )
}

function titleOf({ mode, trial }: SandboxCheckout): string {
  if (mode === 'setup') return 'Save a card'
  if (mode === 'payment') return 'Pay'
  return trial === undefined ? 'Subscribe' : 'Start your trial'
}

function buttonOf({ mode, trial, dueToday }: SandboxCheckout, locale: string): string {
  if (mode === 'setup' || dueToday === undefined) return 'Save card'
  if (trial !== undefined) return 'Start trial'
  return `${mode === 'subscription' ? 'Subscribe for' : 'Pay'} ${formatMoney(dueToday, locale)}`
}

const Closed = ({ checkout: { status, successUrl, cancelUrl } }: { checkout: SandboxCheckout }) =>
  status === 'complete' ? (
    <SandboxGate
      title="This is done"
      intro="The checkout was completed. Nothing is charged a second time."
      state="done"
      action={<ButtonLink href={successUrl}>Go on</ButtonLink>}
    />
  ) : (
    <SandboxGate
      title="This checkout has expired"
      intro="Nothing was charged. Go back and begin again."
      state="error"
      action={<ButtonLink href={cancelUrl ?? '/'}>Go back</ButtonLink>}
    />
  )
