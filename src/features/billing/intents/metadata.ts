/** What every object of ours at Stripe says about itself, so that one whose answer was lost is found again. */
export const metadataOf = ({ kind, intentId, agentId }: Named): Record<string, string> => ({
  rialto: kind,
  ...(intentId !== undefined && { rialto_intent: intentId }),
  ...(agentId !== undefined && { rialto_agent: agentId }),
})

interface Named {
  readonly kind: 'customer' | 'product' | 'price' | 'checkout' | 'subscription' | 'invoice' | 'refund' | 'addon'
  readonly intentId?: string
  readonly agentId?: string
}

type Metadata = Readonly<Record<string, string>> | null | undefined

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The intent that an object came from; undefined for what others made. */
export function intentIdOf(metadata: Metadata): string | undefined {
  const id = metadata?.['rialto_intent']
  return id !== undefined && uuid.test(id) ? id : undefined
}
