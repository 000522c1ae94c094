import type { ReactNode } from 'react'
import { AccessPage } from '../account-access/access-page.tsx'
import { emailErrors } from '../account-access/account-words.ts'
import { DemoMailHint } from '../account-access/demo-mail-hint.tsx'
import { ErrorSummary } from '../account-access/error-summary.tsx'
import { TextLink } from '../account-access/text-link.tsx'
import { TooOften } from '../account-access/too-often.tsx'
import { TextField } from '../../ui/field.tsx'
import type { FieldError } from '../../ui/field.tsx'

interface ToldFormProps {
  readonly title: string
  readonly intro: ReactNode
  readonly agent: { readonly slug: string; readonly name: string }
  /** In the order of the fields. */
  readonly errors: Readonly<Record<string, FieldError | undefined>>
  readonly waitSeconds: number | undefined
  readonly children: ReactNode
}

/** The sheet on which somebody writes to the operators, or to a publisher. */
export function ToldForm({ title, intro, agent, errors, waitSeconds, children }: ToldFormProps) {
  const hasErrors = Object.values(errors).some((error) => error !== undefined)
  return (
    <AccessPage
      title={title}
      intro={intro}
      state={hasErrors || waitSeconds !== undefined ? 'error' : undefined}
      footer={<BackTo {...agent} />}
    >
      <ErrorSummary errors={errors} />
      <TooOften seconds={waitSeconds} />
      <form method="post" noValidate className="flex flex-col gap-24">
        {children}
      </form>
    </AccessPage>
  )
}

export const BackTo = ({ slug, name }: { slug: string; name: string }) => (
  <p>
    <TextLink href={`/agents/${slug}`}>Back to {name}</TextLink>
  </p>
)

interface OwnAddressProps {
  /** Their own confirmed one; undefined: it is asked for. */
  readonly ownEmail: string | undefined
  readonly typed: string
  readonly error: FieldError | undefined
}

/** Whom operators answer: whoever is signed in with a confirmed address, else the address that is typed and then confirmed. */
export const OwnAddress = ({ ownEmail, typed, error }: OwnAddressProps) =>
  ownEmail === undefined ? (
    <TextField
      label="Your e-mail address"
      name="email"
      type="email"
      autoComplete="email"
      defaultValue={typed}
      hint="A link is sent there first; nobody reads anything before you press it."
      error={error}
    />
  ) : (
    <p className="text-14 text-muted wrap-anywhere">Sent as {ownEmail}, which is where an answer goes.</p>
  )

interface SentProps {
  readonly kind: 'asked' | 'filed'
  readonly agent: { readonly slug: string; readonly name: string }
  /** What happens once operators have it. */
  readonly next: string
  readonly isDemo: boolean
}

/** What happens now. */
export const Sent = ({ kind, agent, next, isDemo }: SentProps) =>
  kind === 'asked' ? (
    <AccessPage
      title="Look into your mail"
      intro="A link is on its way to your address. Press it within seven days, and the operators get what you wrote."
      state="done"
      footer={<BackTo {...agent} />}
    >
      <p className="text-14 text-muted">
        Nothing there? It may be among the spam. Where an earlier one of yours waits for the operators already, no
        second link is sent.
      </p>
      <DemoMailHint isDemo={isDemo} />
    </AccessPage>
  ) : (
    <AccessPage title="The operators have it" intro={next} state="done" footer={<BackTo {...agent} />} />
  )

/** The server's codes for an address as words. */
export const emailError = (code: string | undefined): FieldError | undefined =>
  code === undefined ? undefined : emailErrors[code === 'missing' ? 'missing' : 'malformed']
