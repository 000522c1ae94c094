import { defaultSiteName } from '#src/db/site-settings.ts'
import type { Deps } from '#src/deps.ts'
import { parseEmail } from '#src/identity/index.ts'
import { currencies } from '#src/lib/currencies.ts'
import type { SaveOutcome } from './outcome.ts'
import { writeSettings } from './write-settings.ts'

/** As typed. */
export interface GeneralForm {
  /** Empty: Rialto's own. */
  readonly name: string
  /** Empty: none is shown. */
  readonly supportEmail: string
  /** ISO 4217. */
  readonly currency: string
}

export const nameCharactersMax = 40

// Controls, and the overrides that make a line read as another one.
const unprintable = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

export async function saveGeneral(
  deps: Pick<Deps, 'db' | 'site'>,
  { operatorId, form }: { readonly operatorId: string; readonly form: GeneralForm },
): Promise<SaveOutcome> {
  const name = form.name.normalize('NFC').trim()
  const email = parseEmail(form.supportEmail)
  const currency = form.currency.trim().toUpperCase()
  const errors = {
    ...nameErrors(name),
    ...(email.problem === 'malformed' && {
      supportEmail: 'This is no e-mail address. Write it like help@market.example.',
    }),
    ...(!currencies.has(currency) && {
      currency: 'Stripe charges in no currency of this code. Choose one from the list.',
    }),
  }
  if (Object.keys(errors).length > 0) return { kind: 'invalid', errors }
  await writeSettings(deps, {
    operatorId,
    action: 'site.set_general',
    change: async (row) => {
      const set = {
        name: name === '' || name === defaultSiteName ? null : name,
        supportEmail: email.value === '' ? null : email.value,
        currency,
      }
      const changed = (['name', 'supportEmail', 'currency'] as const).filter((field) => set[field] !== row[field])
      // Which fields, but not the address: the trail can't be changed afterwards.
      return changed.length === 0 ? undefined : { set, metadata: { changed, name: set.name, currency } }
    },
  })
  return { kind: 'saved' }
}

function nameErrors(name: string): { name?: string } {
  if ([...name].length > nameCharactersMax) {
    return {
      name: `The name has more than ${nameCharactersMax} characters. It stands in every header and mail: shorten it.`,
    }
  }
  return unprintable.test(name) ? { name: 'The name has characters that can’t be shown. Type it anew.' } : {}
}
