import type { AccentPair } from '#src/db/site-settings.ts'
import { accentProblem, accentProperties, ownProperties, parseColor } from '../rules/accent.ts'
import type { AccentProblem } from '../rules/accent.ts'
import type { FieldErrors } from './outcome.ts'

/** As typed; both empty: Rialto's own. */
export interface AccentForm {
  readonly accentLight: string
  readonly accentDark: string
}

export interface JudgedAccent {
  /** By field. */
  readonly errors: FieldErrors
  /** Undefined: Rialto's own, or something is wrong. */
  readonly pair: AccentPair | undefined
  /** What a page may show of it before it is saved: of whatever is a colour, readable or not. */
  readonly previewProperties: string | undefined
}

const themes = [
  { field: 'accentLight', theme: 'light' },
  { field: 'accentDark', theme: 'dark' },
] as const

export function judgeAccent(form: AccentForm): JudgedAccent {
  const typed = { light: form.accentLight.trim(), dark: form.accentDark.trim() }
  if (typed.light === '' && typed.dark === '') return { errors: {}, pair: undefined, previewProperties: ownProperties }
  const [light, dark] = [parseColor(typed.light), parseColor(typed.dark)]
  const colors = { light, dark }
  const errors = Object.fromEntries(
    themes.flatMap(({ field, theme }) => {
      const words = problemWords({ typed: typed[theme], color: colors[theme], theme })
      return words === undefined ? [] : [[field, words]]
    }),
  )
  const pair = light === undefined || dark === undefined ? undefined : { light, dark }
  return {
    errors,
    pair: Object.keys(errors).length === 0 ? pair : undefined,
    previewProperties: pair && accentProperties(pair),
  }
}

interface Judged {
  readonly typed: string
  readonly color: string | undefined
  readonly theme: 'light' | 'dark'
}

function problemWords({ typed, color, theme }: Judged): string | undefined {
  if (typed === '') return `Give a colour for ${theme} pages, too, or leave both empty.`
  if (color === undefined) return 'This is no colour. Write it as # and six digits of 0–9 and a–f, like #1b5e8c.'
  const problem = accentProblem({ color, theme })
  if (problem === undefined) return undefined
  const change = theme === 'light' ? 'darker' : 'lighter'
  return `On ${theme} pages the contrast ${places[problem.against]} is ${problem.ratio.toFixed(2)} to 1; text needs 4.5. Make it ${change}.`
}

const places: Readonly<Record<AccentProblem['against'], string>> = {
  ground: 'with the page’s ground',
  raised: 'with a card',
  hover: 'with what is under the pointer',
  lettering: 'with a button’s words',
}
