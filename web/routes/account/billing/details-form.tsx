import type { Billing } from '#src/features/billing/index.ts'
import { Button } from '../../../ui/button.tsx'
import type { FieldError } from '../../../ui/field.tsx'
import { TextField } from '../../../ui/field.tsx'
import { SelectField } from '../../../ui/select-field.tsx'
import { textOf } from '../../account-access/account-request.ts'
import { countries } from './countries.ts'

const taxIds = [
  { value: '', label: 'None' },
  { value: 'eu_vat', label: 'VAT number (European Union)' },
  { value: 'gb_vat', label: 'VAT number (United Kingdom)' },
  { value: 'ch_vat', label: 'MWST number (Switzerland)' },
  { value: 'no_vat', label: 'VAT number (Norway)' },
  { value: 'us_ein', label: 'EIN (United States)' },
  { value: 'ca_bn', label: 'Business number (Canada)' },
  { value: 'au_abn', label: 'ABN (Australia)' },
  { value: 'nz_gst', label: 'GST number (New Zealand)' },
  { value: 'in_gst', label: 'GSTIN (India)' },
  { value: 'jp_trn', label: 'Registration number (Japan)' },
  { value: 'sg_gst', label: 'GST number (Singapore)' },
  { value: 'za_vat', label: 'VAT number (South Africa)' },
] as const

/** As it was typed; what is none of our kinds is refused where it is checked. */
export function detailsOf(form: FormData) {
  const value = textOf(form, 'taxId').trim()
  return {
    name: textOf(form, 'name'),
    company: textOf(form, 'company'),
    email: textOf(form, 'email'),
    address: {
      line1: textOf(form, 'line1'),
      line2: textOf(form, 'line2'),
      postalCode: textOf(form, 'postalCode'),
      city: textOf(form, 'city'),
      state: textOf(form, 'state'),
      country: textOf(form, 'country'),
    },
    taxId: value === '' ? null : { type: textOf(form, 'taxIdType'), value },
  }
}

export type TypedDetails = ReturnType<typeof detailsOf>

const remedies: Readonly<Record<string, FieldError>> = {
  name: { message: 'Enter a name.', remedy: 'At most 120 letters on one line.' },
  company: { message: 'That company name can’t stand on an invoice.', remedy: 'At most 120 letters on one line.' },
  email: { message: 'This is no e-mail address.', remedy: 'It looks like name@example.com.' },
  country: { message: 'Choose a country.' },
  taxIdType: { message: 'Choose what kind of number it is.' },
  taxId: { message: 'The number is not of this kind.', remedy: 'Look at its country and its digits.' },
}
const tooLong: FieldError = { message: 'That is too long for an address.', remedy: 'At most 200 letters on one line.' }

/** By the field's id, in the order of the form. */
export const fieldErrors = (fields: readonly string[]): Readonly<Record<string, FieldError>> =>
  Object.fromEntries(fields.map((field) => [field, remedies[field] ?? tooLong]))

interface DetailsFormProps {
  readonly details: Billing['details']
  readonly fallback: { readonly name: string; readonly email: string }
  /** What was refused. */
  readonly typed: TypedDetails | undefined
  readonly errors: Readonly<Record<string, FieldError>>
}

export function DetailsForm({ details, fallback, typed, errors }: DetailsFormProps) {
  const shown = typed ?? details ?? { ...fallback, company: '', address: undefined, taxId: null }
  const { address, taxId } = shown
  // Given on the payment page, where there are more kinds.
  const isForeign = taxId !== null && !taxIds.some(({ value }) => value === taxId.type)
  const kinds = isForeign ? [...taxIds, { value: taxId.type, label: 'Another kind, given while paying' }] : taxIds
  return (
    <form method="post" noValidate className="flex flex-col gap-16">
      <input type="hidden" name="intent" value="details" />
      <TextField
        label="Name"
        name="name"
        autoComplete="name"
        defaultValue={shown.name}
        error={errors['name']}
        required
      />
      <TextField
        label="Company (optional)"
        name="company"
        autoComplete="organization"
        defaultValue={shown.company}
        error={errors['company']}
      />
      <TextField
        label="E-mail address for invoices"
        name="email"
        type="email"
        autoComplete="email"
        defaultValue={shown.email}
        error={errors['email']}
        required
      />
      <TextField
        label="Street and number"
        name="line1"
        autoComplete="address-line1"
        defaultValue={address?.line1}
        error={errors['line1']}
      />
      <TextField
        label="Address, second line (optional)"
        name="line2"
        autoComplete="address-line2"
        defaultValue={address?.line2}
        error={errors['line2']}
      />
      <TextField
        label="Postal code"
        name="postalCode"
        autoComplete="postal-code"
        defaultValue={address?.postalCode}
        error={errors['postalCode']}
      />
      <TextField
        label="City"
        name="city"
        autoComplete="address-level2"
        defaultValue={address?.city}
        error={errors['city']}
      />
      <TextField
        label="State or region (optional)"
        name="state"
        autoComplete="address-level1"
        defaultValue={address?.state}
        error={errors['state']}
      />
      <SelectField
        label="Country"
        name="country"
        autoComplete="country"
        options={[{ value: '', label: 'Not given' }, ...countries]}
        defaultValue={address?.country ?? ''}
        error={errors['country']}
      />
      <SelectField
        label="Kind of tax number"
        name="taxIdType"
        options={kinds}
        defaultValue={taxId?.type ?? ''}
        error={errors['taxIdType']}
      />
      <TextField
        label="Tax number (optional)"
        name="taxId"
        hint="With its country’s letters, as on your own invoices. Leave it empty for none."
        defaultValue={taxId?.value}
        error={errors['taxId']}
      />
      <div>
        <Button>Save details</Button>
      </div>
    </form>
  )
}
