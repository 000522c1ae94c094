import type { Deps } from '#src/deps.ts'
import { attempt } from '../attempt.ts'
import type { Attempt } from '../attempt.ts'
import { saveBillingDetails } from '../customers/billing-details.ts'
import { billingDetailsSchema } from '../schema.ts'

/** As somebody typed it into the form. */
export interface TypedDetails {
  readonly userId: string
  readonly name: string
  readonly company: string
  readonly email: string
  readonly address: Readonly<Record<'line1' | 'line2' | 'postalCode' | 'city' | 'state' | 'country', string>>
  readonly taxId: { readonly type: string; readonly value: string } | null
}

export type SavedDetails =
  | Attempt<void>
  /** The names of the fields. */
  | { readonly kind: 'invalid'; readonly fields: readonly string[] }

/** Saves what a form holds, or says which of its fields can't be. */
export async function saveTypedDetails(
  deps: Pick<Deps, 'db' | 'payments'>,
  { userId, ...typed }: TypedDetails,
): Promise<SavedDetails> {
  const parsed = billingDetailsSchema.safeParse(typed)
  if (!parsed.success) return { kind: 'invalid', fields: parsed.error.issues.map(({ path }) => fieldOf(path)) }
  const saved = await attempt([], () => saveBillingDetails(deps, { ...parsed.data, userId }))
  // Nothing else of it is checked by Stripe.
  return saved ?? { kind: 'invalid', fields: ['taxId'] }
}

function fieldOf(path: readonly PropertyKey[]): string {
  const [first, second] = path.map(String)
  if (first === 'taxId') return second === 'type' ? 'taxIdType' : 'taxId'
  return second ?? first ?? ''
}
