import type { ReactNode } from 'react'
import { ButtonLink } from './button.tsx'
import { UnlitArch } from './empty-state.tsx'

interface ErrorStateProps {
  readonly status: number
  /** Lets an operator find the log line; shown only where something broke. */
  readonly requestId?: string | undefined
  readonly action?: ReactNode
  readonly level?: HeadingLevel
}

/** h1, unless it is shown inside another page. */
type HeadingLevel = 'h1' | 'h4'

interface Words {
  readonly title: string
  readonly text: string
}

const words: Record<number, Words> = {
  403: {
    title: 'This page is not yours to open',
    text: 'You are signed in, but this account has no right to see it. Switch to the account that has.',
  },
  404: {
    title: 'There is nothing at this address',
    text: 'The page may have moved, or the link was mistyped. Nothing of yours was lost.',
  },
  410: {
    title: 'This entry was removed',
    text: 'Its makers asked for that, and it does not come back with an update of the directory.',
  },
  429: {
    title: 'That was a lot at once',
    text: 'Requests from your address are paused for a moment. Wait a minute, then reload this page.',
  },
  503: {
    title: 'The market is catching its breath',
    text: 'The service is starting or its database is away. What you saved is kept; reload in a few seconds.',
  },
}
const refused: Words = {
  title: 'This request could not be read',
  text: 'Something in the address or the form was not as expected. Nothing was changed. Go back, reload the page and try again.',
}
const broken: Words = {
  title: 'Something broke on our side',
  text: 'The page could not be made. What you saved before is kept. Reload the page; if it stays broken, tell the operator the reference below.',
}

/** The whole page when a page can't be shown: what happened, what was kept, what to do. */
export function ErrorState({ status, requestId, action, level = 'h1' }: ErrorStateProps) {
  const { title, text } = words[status] ?? (status < 500 ? refused : broken)
  return (
    <ErrorLayout level={level} title={title} text={text} note={`Error ${status}`}>
      {action ?? <ButtonLink href="/agents">Browse all agents</ButtonLink>}
      {status >= 500 && requestId !== undefined && (
        <p className="text-14 text-muted">
          Reference <code className="figures">{requestId}</code>
        </p>
      )}
    </ErrorLayout>
  )
}

interface ExpiredLinkProps {
  /** "This verification link has expired" */
  readonly title: string
  /** How long such a link works, and what became of what it was for. */
  readonly text: string
  /** The button or form that sends a new one. */
  readonly action: ReactNode
  readonly level?: HeadingLevel
}

/** A one-time link that no longer works, with the way to a new one. */
export const ExpiredLink = ({ title, text, action, level = 'h1' }: ExpiredLinkProps) => (
  <ErrorLayout level={level} title={title} text={text}>
    {action}
  </ErrorLayout>
)

interface LayoutProps extends Words {
  readonly level: HeadingLevel
  readonly note?: string
  readonly children: ReactNode
}

function ErrorLayout({ level: Heading, title, text, note, children }: LayoutProps) {
  return (
    <div className="wrap-page flex flex-col items-center gap-16 py-64 text-center">
      <UnlitArch />
      {note !== undefined && <p className="figures text-14 text-muted">{note}</p>}
      <Heading className="display text-36">{title}</Heading>
      <p className="max-w-form text-muted">{text}</p>
      {children}
    </div>
  )
}
