import { ButtonLink } from '../../ui/button.tsx'
import { AccessPage } from '../account-access/access-page.tsx'

interface HandOverProps {
  readonly url: string
  /** Whom it leads to. */
  readonly name: string | undefined
}

/** Sends the browser on by itself, without a script and without being a redirect; the button is for whom that fails. */
export const HandOver = ({ url, name = 'the agent' }: HandOverProps) => (
  <AccessPage title={`On to ${name}`} state="done" action={<ButtonLink href={url}>Continue</ButtonLink>}>
    <meta httpEquiv="refresh" content={`0;url=${url}`} />
    <p className="text-center text-muted">This takes a moment. If nothing happens, press the button.</p>
  </AccessPage>
)
