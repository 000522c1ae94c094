import { siteName } from '../brand.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { RenderedMail } from '../message.ts'

export interface TwoFactorChangedData {
  readonly name: string
  readonly isOn: boolean
  readonly resetUrl: string
}

export function twoFactorChanged({ name, isOn, resetUrl }: TwoFactorChangedData): RenderedMail {
  const subject = isOn ? 'Signing in now takes a second step' : 'Signing in takes the password alone again'
  return renderMail({
    subject,
    preview: 'If it was you, there is nothing to do.',
    heading: subject,
    greeting: greetingName(name),
    blocks: [
      {
        kind: 'text',
        text: isOn
          ? `From now on your ${siteName} account asks for a code of your authenticator app after the password. Keep the recovery codes where you find them without your phone.`
          : `The second step of your ${siteName} account was turned off. The recovery codes work no more.`,
      },
      { kind: 'text', text: 'If it was not you, take the account back now:' },
      { kind: 'action', label: 'Choose another password', url: resetUrl },
    ],
  })
}
