import type { AskedScope } from '#src/identity/index.ts'

interface ScopeListProps {
  /** Of the agent. */
  readonly name: string
  readonly scopes: readonly AskedScope[]
  /** False: that no reason is given is said elsewhere, once. */
  readonly saysWhy: boolean
}

/** What an agent asks for: our words for what a scope means, the publisher's own for the reason. */
export const ScopeList = ({ name, scopes, saysWhy }: ScopeListProps) => (
  <ul className="flex list-disc flex-col gap-12 pl-24">
    {scopes.map(({ scope, meaning, reason }) => (
      <li key={scope}>
        {meaning}
        {saysWhy && <Reason name={name} reason={reason} />}
      </li>
    ))}
  </ul>
)

/** Marked as what somebody else says, and kept from turning the words around it. */
const Reason = ({ name, reason }: { name: string; reason: string | null }) => (
  <p className="text-14 text-muted wrap-anywhere">
    {reason === null ? (
      <>
        <bdi>{name}</bdi> doesn’t say why.
      </>
    ) : (
      <>
        <bdi>{name}</bdi> says: “<bdi>{reason}</bdi>”
      </>
    )}
  </p>
)
