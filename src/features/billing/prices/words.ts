import type { ProductWords } from './price-at-stripe.ts'

interface Named {
  readonly agentName: string
  /** Of the tier, or of the add-on. */
  readonly name: string
  readonly description: string
  readonly taxCode: string | null
}

export const wordsOf = ({ agentName, name, ...rest }: Named): ProductWords => ({
  name: `${agentName} – ${name}`,
  ...rest,
})
