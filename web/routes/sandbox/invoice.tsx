import { data, redirect } from 'react-router'
import type { SandboxCard, SandboxInvoice } from '#src/features/sandbox/index.ts'
import { useLocale } from '../../locale.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Checkbox } from '../../ui/choice.tsx'
import { formatMoney } from '../../ui/money.ts'
import { Notice } from '../../ui/notice.tsx'
import { Receipt } from '../../ui/receipt.tsx'
import { formatDay } from '../../ui/time.tsx'
import { textOf } from '../account-access/account-request.ts'
import { BankAsks } from './bank-asks.tsx'
import { CardChoice, CardName, chosenCard, unknownNumber } from './card-choice.tsx'
import { SandboxPage } from './sandbox-page.tsx'
import { bankAnswerOf, sandboxHeaders, sandboxRequest } from './sandbox-request.ts'
import { invoiceStates } from './words.ts'
import type { Route } from './+types/invoice.ts'

export const headers = sandboxHeaders

export async function loader(args: Route.LoaderArgs) {
  const { sandbox } = sandboxRequest(args)
  const invoice = await sandbox.readInvoice(args.params.id)
  if (invoice === undefined) throw data(null, { status: 404 })
  const { searchParams } = new URL(args.request.url)
  return {
    invoice,
    cards: sandbox.cards,
    isJustPaid: searchParams.get('notice') === 'paid' && invoice.status === 'paid',
    /** Somebody would rather pay with another card than answer the bank. */
    wantsCard: searchParams.has('card'),
  }
}

export async function action(args: Route.ActionArgs) {
  const { sandbox } = sandboxRequest(args)
  const { id: pageId } = args.params
  const form = await args.request.formData()
  const makesDefault = form.has('default')
  const kept = { card: textOf(form, 'card'), makesDefault }
  const bankAnswer = bankAnswerOf(textOf(form, 'authentication'))
  const number = chosenCard({ card: kept.card, number: textOf(form, 'number') })
  const answer =
    bankAnswer === undefined
      ? await sandbox.payInvoice({ pageId, card: cardOf(number), makesDefault })
      : await sandbox.answerBank({ pageId, answer: bankAnswer, makesDefault })
  const here = `/sandbox/invoices/${encodeURIComponent(pageId)}`
  switch (answer.kind) {
    case 'done':
      return redirect(`${here}?notice=paid`, 303)
    case 'closed':
      return redirect(here, 303)
    case 'needs_authentication':
      return data({ kind: answer.kind, kept } as const)
    case 'declined':
      return data({ kind: answer.kind, kept, message: answer.message } as const, { status: 402 })
    case 'unknown_card':
      return data({ kind: answer.kind, kept } as const, { status: 400 })
  }
}

/** Saved cards are chosen by their ids at Stripe. */
const cardOf = (chosen: string) =>
  chosen.startsWith('pm_') ? ({ kind: 'saved', id: chosen } as const) : ({ kind: 'new', number: chosen } as const)

export default function InvoicePage({ loaderData, actionData }: Route.ComponentProps) {
  const locale = useLocale()
  const { invoice, cards, isJustPaid, wantsCard } = loaderData
  const asksNow = actionData?.kind === 'needs_authentication'
  if (invoice.isAskedByBank && (asksNow || (actionData === undefined && !wantsCard))) {
    const isKept = actionData?.kept.makesDefault === true
    return (
      <BankAsks
        about={`the payment of ${formatMoney(invoice.amountDue, locale)} for invoice ${invoice.number}`}
        fields={isKept ? { default: 'on' } : {}}
        spends
        otherWay="?card=other"
      />
    )
  }
  const { tone, label } = invoiceStates[invoice.status]
  return (
    <SandboxPage
      title={`Invoice ${invoice.number}`}
      hasErrors={actionData !== undefined}
      note={<Badge tone={tone}>{label}</Badge>}
    >
      {isJustPaid && (
        <Notice tone="good" title="Paid">
          No money has moved.
        </Notice>
      )}
      <div className={invoice.status === 'open' ? 'sandbox-columns' : 'max-w-lede'}>
        <Slip invoice={invoice} />
        {invoice.status === 'open' && <Payment invoice={invoice} cards={cards} answer={actionData} />}
      </div>
      <div>
        <ButtonLink href="/account/subscriptions" kind="secondary">
          Back to your subscriptions
        </ButtonLink>
      </div>
    </SandboxPage>
  )
}

function Slip({ invoice }: { invoice: SandboxInvoice }) {
  const locale = useLocale()
  const { amountDue, total, billedTo, paidAt } = invoice
  return (
    <Receipt
      title={formatDay(invoice.date)}
      reference={invoice.number}
      lines={invoice.lines.map(({ description, from, to, amount, balance }) => ({
        label: description,
        ...(formatDay(from) !== formatDay(to) && { detail: `${formatDay(from)} to ${formatDay(to)}` }),
        amount: formatMoney(amount, locale),
        balance: formatMoney(balance, locale),
      }))}
      total={{ label: 'Total', amount: formatMoney(total, locale) }}
    >
      <div className="flex flex-col gap-4 pt-12 text-muted wrap-anywhere">
        {amountDue.amountMinor !== Math.max(0, total.amountMinor) && (
          <p>Due after credit: {formatMoney(amountDue, locale)}</p>
        )}
        {billedTo.length > 0 && <p>For {billedTo.join(', ')}</p>}
        {paidAt !== undefined && <p>Paid on {formatDay(paidAt)}</p>}
      </div>
    </Receipt>
  )
}

interface PaymentProps {
  readonly invoice: SandboxInvoice
  readonly cards: readonly SandboxCard[]
  readonly answer: Route.ComponentProps['actionData']
}

function Payment({ invoice, cards, answer }: PaymentProps) {
  const locale = useLocale()
  const saved = invoice.cards.map(({ id, last4, expires }) => ({
    value: id,
    label: <CardName name={`Saved, until ${expires}`} last4={last4} />,
  }))
  return (
    <Card>
      <form method="post" noValidate className="flex flex-col gap-24">
        {answer?.kind === 'declined' && (
          <Notice tone="bad" role="alert" title={answer.message}>
            Nothing was charged, and the invoice stays open. Choose another card.
          </Notice>
        )}
        <CardChoice
          cards={cards}
          others={saved}
          chosen={answer?.kept.card || (saved[0]?.value ?? cards[0]?.number ?? '')}
          numberError={answer?.kind === 'unknown_card' ? unknownNumber : undefined}
        />
        <Checkbox name="default" label="Use this card from now on" defaultChecked={answer?.kept.makesDefault ?? true} />
        <Button kind="buy">Pay {formatMoney(invoice.amountDue, locale)}</Button>
      </form>
    </Card>
  )
}
