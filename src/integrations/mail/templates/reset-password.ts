import { siteName } from '../brand.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { RenderedMail } from '../message.ts'

export interface ResetPasswordData {
  readonly name: string
  readonly url: string
  readonly validMinutes: number
}

export function resetPassword({ name, url, validMinutes }: ResetPasswordData): RenderedMail {
  return renderMail({
    subject: 'Choose a new password',
    preview: `The link works once, for ${validMinutes} minutes.`,
    heading: 'Choose a new password',
    greeting: greetingName(name),
    blocks: [
      { kind: 'text', text: `A new password was asked for your ${siteName} account.` },
      { kind: 'action', label: 'Choose a new password', url },
      {
        kind: 'text',
        text: `The link works once, for ${validMinutes} minutes. Using it signs out every other device.`,
      },
      { kind: 'note', text: 'You did not ask for it? Ignore this mail: your password stays as it is.' },
    ],
  })
}
