import { siteName } from '../brand.ts'
import { renderMail } from '../layout.ts'
import type { RenderedMail } from '../message.ts'

export interface VerifyEmailData {
  readonly url: string
  readonly validHours: number
}

/** Has no name in it: the address is not proven yet, so its owner may never have heard of us. */
export function verifyEmail({ url, validHours }: VerifyEmailData): RenderedMail {
  return renderMail({
    subject: 'Confirm your e-mail address',
    preview: `One click, and your ${siteName} account can review, publish and invite.`,
    heading: 'Confirm your e-mail address',
    blocks: [
      { kind: 'text', text: `This address was given for a ${siteName} account. Confirm that it is yours:` },
      { kind: 'action', label: 'Confirm this address', url },
      { kind: 'text', text: `The link works for ${validHours} hours. You can use the account meanwhile.` },
      {
        kind: 'note',
        text: 'You did not sign up? Then ignore this mail: without the click the address stays unconfirmed.',
      },
    ],
  })
}
