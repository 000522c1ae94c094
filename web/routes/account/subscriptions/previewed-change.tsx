import type { ChangePreview } from '#src/features/billing/index.ts'
import { useLocale } from '../../../locale.ts'
import { formatMoney } from '../../../ui/money.ts'
import { Receipt } from '../../../ui/receipt.tsx'
import { formatDay } from '../../../ui/time.tsx'
import { priceWords } from './words.ts'

interface PreviewProps {
  readonly preview: ChangePreview
  readonly tierName: string
}

/** What a change of tier costs and does, and when. */
export function PreviewedChange({ preview, tierName }: PreviewProps) {
  const locale = useLocale()
  switch (preview.kind) {
    case 'now':
      return <Now preview={preview} tierName={tierName} />
    case 'at_period_end':
      return (
        <div className="flex flex-col gap-8">
          <p className="text-16">
            {tierName} begins on {formatDay(preview.at.toISOString())}. Nothing is due now.
          </p>
          <p className="text-muted">
            Until then you keep what you paid for. After it: {afterWords(preview.after, locale)}. You can take it back
            until that day.
          </p>
          <Ending addons={preview.endingAddons} />
        </div>
      )
    case 'trial':
      return (
        <div className="flex flex-col gap-8">
          <p className="text-16">{tierName} begins now, and your trial goes on as before. Nothing is due now.</p>
          <p className="text-muted">
            {preview.endsWith === 'charge'
              ? `From ${formatDay(preview.trialEndsAt.toISOString())} on: ${afterWords(preview.after, locale)}.`
              : `It ends on ${formatDay(preview.trialEndsAt.toISOString())}, and nothing is charged${
                  preview.endsWith === 'free_tier' ? ': you go on with the free tier' : ''
                }.`}
          </p>
          <Ending addons={preview.endingAddons} />
        </div>
      )
    case 'keep':
      return <p className="text-16">You stay on {tierName}. A change that was noted is taken back. Nothing is due.</p>
    case 'checkout':
      return undefined
  }
}

function Now({ preview, tierName }: PreviewProps & { readonly preview: Extract<ChangePreview, { kind: 'now' }> }) {
  const locale = useLocale()
  const { lines, dueNow, after, nextChargeAt, endingAddons } = preview
  const rows = lines.map(({ description, amount }, place) => ({
    label: description,
    amount: formatMoney(amount, locale),
    balance: formatMoney({ ...amount, amountMinor: sumOf(lines.slice(0, place + 1)) }, locale),
  }))
  return (
    <div className="flex flex-col gap-16">
      <p className="text-16">{tierName} begins now. What you used so far counts on.</p>
      {rows.length > 0 && (
        <Receipt title="Due now" lines={rows} total={{ label: 'To pay now', amount: formatMoney(dueNow, locale) }} />
      )}
      <p className="text-muted">
        After it: {afterWords(after, locale)}
        {nextChargeAt !== null && `, next on ${formatDay(nextChargeAt.toISOString())}`}.
      </p>
      <Ending addons={endingAddons} />
    </div>
  )
}

const sumOf = (lines: readonly { readonly amount: { readonly amountMinor: number } }[]): number =>
  lines.reduce((sum, { amount }) => sum + amount.amountMinor, 0)

const afterWords = (after: Parameters<typeof priceWords>[0], locale: string): string =>
  after.amountMinor === 0 ? 'free' : priceWords(after, locale)

function Ending({ addons }: { readonly addons: readonly string[] }) {
  if (addons.length === 0) return undefined
  return (
    <div className="text-muted">
      <p>These add-ons can’t be billed with it and end then:</p>
      <ul className="list-disc ps-24">
        {addons.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </div>
  )
}
