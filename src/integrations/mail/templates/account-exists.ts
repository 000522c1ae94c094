import { siteName } from '../brand.ts'
import { renderMail } from '../layout.ts'
import type { RenderedMail } from '../message.ts'

export interface AccountExistsData {
  readonly signInUrl: string
  readonly resetUrl: string
}

/** Sent instead of an error on the page: who may know that the account exists is only its owner. */
export function accountExists({ signInUrl, resetUrl }: AccountExistsData): RenderedMail {
  return renderMail({
    subject: `You already have a ${siteName} account`,
    preview: 'Somebody tried to sign up with your address. Nothing was changed.',
    heading: 'You already have an account',
    blocks: [
      {
        kind: 'text',
        text: 'Somebody, probably you, tried to sign up with this address. It already has an account, so nothing was made or changed.',
      },
      { kind: 'action', label: 'Sign in', url: signInUrl },
      { kind: 'text', text: `Password forgotten? Choose a new one: ${resetUrl}` },
      { kind: 'note', text: 'It was not you? Then there is nothing to do.' },
    ],
  })
}
