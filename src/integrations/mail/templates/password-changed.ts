import { siteName } from '../brand.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { RenderedMail } from '../message.ts'

export interface PasswordChangedData {
  readonly name: string
  readonly changedAt: Date
  readonly resetUrl: string
}

export function passwordChanged({ name, changedAt, resetUrl }: PasswordChangedData): RenderedMail {
  const when = `${changedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return renderMail({
    subject: 'Your password was changed',
    preview: 'If it was you, there is nothing to do.',
    heading: 'Your password was changed',
    greeting: greetingName(name),
    blocks: [
      {
        kind: 'text',
        text: `The password of your ${siteName} account was changed on ${when}, and every device was signed out.`,
      },
      { kind: 'text', text: 'If it was you, there is nothing to do. If not, take the account back now:' },
      { kind: 'action', label: 'Choose another password', url: resetUrl },
    ],
  })
}
