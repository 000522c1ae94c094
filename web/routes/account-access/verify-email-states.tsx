import type { FieldProblems } from '#src/identity/index.ts'
import { withReturnTo } from '../../return-to.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { AccessPage } from './access-page.tsx'
import { emailErrors } from './account-words.ts'
import { DemoMailHint } from './demo-mail-hint.tsx'
import { ErrorSummary } from './error-summary.tsx'
import { TooOften } from './too-often.tsx'

interface ConfirmedProps {
  readonly isNew: boolean
  readonly email: string
  readonly isSignedIn: boolean
}

export const Confirmed = ({ isNew, email, isSignedIn }: ConfirmedProps) => (
  <AccessPage
    title={isNew ? 'Your address is confirmed' : 'Already confirmed'}
    intro={isNew ? <>{email} is yours. You can now review, publish and invite.</> : <>{email} needs nothing more.</>}
    state="done"
    action={
      isSignedIn ? (
        <ButtonLink href="/agents">Browse the agents</ButtonLink>
      ) : (
        <ButtonLink href="/sign-in">Sign in</ButtonLink>
      )
    }
  />
)

/** Programs open links in mails, people press buttons. */
export const ConfirmForm = ({ email }: { email: string }) => (
  <AccessPage title="Confirm your address" intro={<>Is {email} yours, and did you sign up with it?</>}>
    <form method="post" className="flex flex-col gap-12">
      <input type="hidden" name="intent" value="confirm" />
      <Button>Confirm this address</Button>
    </form>
    <p className="text-14 text-muted">If it was not you, close this page. Nothing happens then.</p>
  </AccessPage>
)

export interface ResendProps {
  /** Somebody who is signed in need not type it. */
  readonly viewerEmail: string | undefined
  readonly typed: string
  readonly returnTo: string
  readonly problem: FieldProblems['email']
  readonly waitSeconds: number | undefined
}

interface SentProps {
  readonly isDemo: boolean
  readonly resend: ResendProps
}

export const Sent = ({ isDemo, resend }: SentProps) => (
  <AccessPage
    title="Look into your mail"
    intro={
      resend.viewerEmail === undefined ? (
        'What to do next is in the mail to your address.'
      ) : (
        <>A link is on its way to {resend.viewerEmail}.</>
      )
    }
    state="done"
  >
    {resend.viewerEmail !== undefined && (
      <>
        <p>
          You are signed in, and the account works at once. Confirming the address lets you review, publish and invite.
        </p>
        <ButtonLink href={resend.returnTo === '/' ? '/agents' : resend.returnTo}>
          {resend.returnTo === '/' ? 'Browse the agents' : 'Continue'}
        </ButtonLink>
      </>
    )}
    <DemoMailHint isDemo={isDemo} />
    <details>
      <summary className="text-14 text-canal underline underline-offset-link">Nothing there?</summary>
      <div className="flex flex-col gap-16 pt-16">
        <p className="text-14 text-muted">It may be among the spam.</p>
        <ResendForm {...resend} kind="secondary" />
      </div>
    </details>
  </AccessPage>
)

interface DeadLinkProps {
  readonly isExpired: boolean
  /** Somebody whose own address is confirmed needs no new link. */
  readonly isViewerVerified: boolean
  readonly resend: ResendProps
}

export function DeadLink({ isExpired, isViewerVerified, resend }: DeadLinkProps) {
  const title = isExpired ? 'This link has expired' : 'This link does not work'
  const intro = isExpired
    ? 'Links to confirm an address work for 24 hours. Your account is as you left it.'
    : 'It may have been cut off in the mail, or the address was changed since. Your account is as you left it.'
  if (isViewerVerified) {
    return (
      <AccessPage
        title={title}
        intro={<>{resend.viewerEmail}, which you are signed in with, is confirmed already.</>}
        action={<ButtonLink href="/agents">Browse the agents</ButtonLink>}
      />
    )
  }
  return (
    <AccessPage title={title} intro={intro}>
      <ResendForm {...resend} />
    </AccessPage>
  )
}

export const Unconfirmed = ({ resend }: { resend: ResendProps }) => (
  <AccessPage
    title="Confirm your address"
    intro="A link comes by mail; opening it confirms that the address is yours."
    state={resend.problem === undefined && resend.waitSeconds === undefined ? undefined : 'error'}
  >
    <ResendForm {...resend} />
  </AccessPage>
)

function ResendForm({ kind = 'ink', ...resend }: ResendProps & { kind?: 'ink' | 'secondary' }) {
  const { viewerEmail, typed, returnTo, problem, waitSeconds } = resend
  const errors = { email: problem && emailErrors[problem] }
  return (
    <>
      <ErrorSummary errors={errors} />
      <TooOften seconds={waitSeconds} />
      <form method="post" action={withReturnTo('/verify-email', returnTo)} noValidate className="flex flex-col gap-16">
        {viewerEmail === undefined ? (
          <TextField
            label="E-mail address"
            name="email"
            type="email"
            autoComplete="email"
            defaultValue={typed}
            error={errors.email}
            required
          />
        ) : (
          <p className="text-14 wrap-anywhere text-muted">A new one goes to {viewerEmail}.</p>
        )}
        <Button kind={kind}>Send a new link</Button>
      </form>
    </>
  )
}
