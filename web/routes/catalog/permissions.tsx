import type { AskedScope } from '#src/identity/index.ts'
import { ScopeList } from '../oauth/scope-list.tsx'

interface PermissionsProps {
  readonly name: string
  /** All that the agent may ask for; a reason stands where its publisher gave one. */
  readonly permissions: readonly AskedScope[]
}

/** No token of an agent opens any of these, whatever it asks for. */
const neverSeen = [
  'Your password, passkeys, or how else you sign in.',
  'Your card, your invoices, or what you pay elsewhere.',
  'Which other agents you use, and what you used of them.',
]

/** What somebody lets an agent do by signing in to it, before they are asked for it. */
export function Permissions({ name, permissions }: PermissionsProps) {
  const explained = permissions.filter(({ reason }) => reason !== null)
  const unexplained = permissions.filter(({ reason }) => reason === null)
  return (
    <div className="permissions">
      <div className="flex min-w-0 flex-col gap-12">
        {explained.length > 0 && (
          <>
            <h3 className="font-medium">It asks to</h3>
            <ScopeList name={name} scopes={explained} saysWhy />
          </>
        )}
        {unexplained.length > 0 && (
          <>
            <h3 className="font-medium">
              {explained.length > 0 ? 'It doesn’t say that it needs to' : 'It may ask to'}
            </h3>
            <ScopeList name={name} scopes={unexplained} saysWhy={false} />
            <p className="text-14 text-muted wrap-anywhere">
              {explained.length > 0 ? (
                'Should it ask for one of these all the same, you are asked before it gets it.'
              ) : (
                <>
                  <bdi>{name}</bdi> hasn’t said which of these it needs, or why. You are asked before it gets any.
                </>
              )}
            </p>
          </>
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-12">
        <h3 className="font-medium">It never sees</h3>
        <ul className="flex list-disc flex-col gap-12 pl-24">
          {neverSeen.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <p className="text-14 text-muted">
          You are asked at the first sign-in, before it learns anything, and can disconnect it at any time.
        </p>
      </div>
    </div>
  )
}
