import type { ReactNode } from 'react'
import type { OwnClaim } from '#src/features/claims/index.ts'
import { PageMeta } from '../../shell/page-meta.tsx'
import { Breadcrumbs } from '../../ui/breadcrumbs.tsx'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { RelativeTime } from '../../ui/time.tsx'
import { TooOften } from '../account-access/too-often.tsx'
import { Section } from '../account/account-page.tsx'
import { TextButton } from '../account/text-button.tsx'

/** What came of the last form. */
export interface Sent {
  readonly errors: Readonly<Record<string, string>>
  readonly waitSeconds: number | undefined
  /** Why it can't be done. */
  readonly refusal: string | undefined
}

interface OpenClaimProps {
  readonly agent: { readonly slug: string; readonly name: string }
  readonly claim: OwnClaim
  readonly sent: Sent | undefined
  readonly now: number
}

/** The text that has to stand at the project's own address, where, and what was found there; then the wait for an operator. */
export function OpenClaim({ agent, claim, sent, now }: OpenClaimProps) {
  const isProven = claim.state === 'proven'
  const title = `Claim ${agent.name}`
  return (
    <div className="wrap-page flex flex-col gap-24 pt-32">
      <PageMeta title={sent === undefined ? title : `Error: ${title}`} />
      <Breadcrumbs
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.name, href: `/agents/${agent.slug}` },
          { label: 'Claim' },
        ]}
      />
      <div className="flex max-w-prose flex-col gap-8">
        <h1 className="display text-36 wrap-anywhere">{title}</h1>
        <p className="text-muted wrap-anywhere">
          For {claim.organization.name}, at {claim.host}. <Steps isProven={isProven} />
        </p>
      </div>
      <TooOften seconds={sent?.waitSeconds} />
      {sent?.refusal !== undefined && (
        <Notice tone="warning" role="alert" title="Nothing was changed">
          {sent.refusal}
        </Notice>
      )}
      <div className="review-column">
        {isProven ? <Proven claim={claim} now={now} /> : <ToProve claim={claim} now={now} />}
        <Section id="withdraw" title="Not yours after all?" intro="The entry stays as it is, unclaimed.">
          <form method="post">
            <TextButton name="intent" value="withdraw">
              Withdraw the claim
            </TextButton>
          </form>
        </Section>
      </div>
    </div>
  )
}

const Steps = ({ isProven }: { isProven: boolean }) =>
  isProven ? 'Step 2 of 2: an operator decides.' : 'Step 1 of 2: prove it.'

const Proven = ({ claim, now }: { claim: OwnClaim; now: number }) => (
  <div className="flex flex-col gap-16">
    <Notice tone="good" title={`Found at ${claim.host}`}>
      {claim.provenAt !== null && (
        <>
          The text was there <RelativeTime iso={claim.provenAt} now={now} />, {wayWords[claim.method]}.
        </>
      )}
    </Notice>
    <p>
      An operator looks at it next, and the text is looked for once more then: leave it where it is. A mail tells you
      what was decided, and everybody of {claim.organization.name} when the entry is yours.
    </p>
  </div>
)

const wayWords = { well_known: 'in the file', dns: 'in the DNS' } as const

const ToProve = ({ claim, now }: { claim: OwnClaim; now: number }) => (
  <>
    {claim.checkedAt !== null && claim.checkError !== null && (
      <Notice tone="warning" title="Not found yet">
        <span className="wrap-anywhere">{claim.checkError}</span> Looked for{' '}
        <RelativeTime iso={claim.checkedAt} now={now} />.
      </Notice>
    )}
    <section aria-labelledby="text-title" className="flex flex-col gap-8">
      <h2 id="text-title" className="text-18 font-medium">
        This text, exactly
      </h2>
      <ExactText>{claim.token}</ExactText>
      <p className="text-14 text-muted">It says nothing but which claim this is: it may be read by anybody.</p>
    </section>
    <Way
      id="file"
      title="As a file"
      method="well_known"
      label="Check the file now"
      isFirst
      intro="Put the text into a file of its own, so that this address answers with it. A redirect is not followed."
    >
      <ExactText>{claim.fileUrl}</ExactText>
    </Way>
    {claim.dnsName === null ? (
      <p className="text-14 text-muted">
        {claim.host} is under another’s name, so its DNS proves nothing: use the file.
      </p>
    ) : (
      <Way
        id="dns"
        title="Or in the DNS"
        method="dns"
        label="Check the DNS now"
        intro="Add a TXT record with the text under this name. It can take up to an hour until we see it."
      >
        <ExactText>{claim.dnsName}</ExactText>
      </Way>
    )}
  </>
)

interface WayProps {
  readonly id: string
  readonly title: string
  readonly intro: string
  readonly method: 'well_known' | 'dns'
  readonly label: string
  readonly isFirst?: boolean
  readonly children: ReactNode
}

const Way = ({ id, title, intro, method, label, isFirst = false, children }: WayProps) => (
  <Section id={id} title={title} intro={intro}>
    {children}
    <form method="post">
      <input type="hidden" name="method" value={method} />
      <Button kind={isFirst ? 'ink' : 'secondary'} name="intent" value="check">
        {label}
      </Button>
    </form>
  </Section>
)

/** One press selects all of it. */
const ExactText = ({ children }: { children: string }) => <code className="exact-text figures">{children}</code>
