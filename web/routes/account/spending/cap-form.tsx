import type { CapStanding } from '#src/features/spending/index.ts'
import { useLocale } from '../../../locale.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/field.tsx'
import type { FieldError } from '../../../ui/field.tsx'
import { decimalOf, formatMoney } from '../../../ui/money.ts'
import { SelectField } from '../../../ui/select-field.tsx'
import { TextButton } from '../text-button.tsx'

interface CapFormProps {
  readonly standing: CapStanding
  readonly currencies: readonly string[]
  /** As it was sent and refused. */
  readonly typed: string | undefined
  readonly error: FieldError | undefined
}

/** One amount; a second form takes the cap away. */
export function CapForm({ standing, currencies, typed, error }: CapFormProps) {
  const locale = useLocale()
  const { capMinor, currency, leastMinor } = standing
  const least = formatMoney({ amountMinor: leastMinor, currency }, locale)
  // What renews is charged in its own currency, and no other can be held against it.
  const isFixed = leastMinor > 0 || currencies.length === 1
  return (
    <>
      <form method="post" className="flex flex-col gap-16">
        <TextField
          label={isFixed ? `The most to be charged in a month, in ${currency}` : 'The most to be charged in a month'}
          name="amount"
          inputMode="decimal"
          autoComplete="off"
          required
          defaultValue={typed ?? (capMinor === null ? '' : decimalOf({ amountMinor: capMinor, currency }))}
          hint={
            leastMinor > 0
              ? `At least ${least}: that is what renews or is open. 0 needs all of it to end first.`
              : 'With 0 nothing more is charged.'
          }
          error={error}
        />
        {isFixed ? (
          <input type="hidden" name="currency" value={currency} />
        ) : (
          <SelectField
            label="In"
            name="currency"
            defaultValue={currency}
            hint="What is sold in another currency can’t be bought while the cap holds."
            options={currencies.map((code) => ({ value: code, label: code }))}
          />
        )}
        <div>
          <Button>{capMinor === null ? 'Set the cap' : 'Change the cap'}</Button>
        </div>
      </form>
      {capMinor !== null && (
        <form method="post">
          <input type="hidden" name="intent" value="remove" />
          <TextButton>Remove the cap</TextButton>
        </form>
      )}
    </>
  )
}
