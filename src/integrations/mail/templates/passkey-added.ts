import { siteName } from '../brand.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { RenderedMail } from '../message.ts'

export interface PasskeyAddedData {
  readonly name: string
  readonly securityUrl: string
}

export function passkeyAdded({ name, securityUrl }: PasskeyAddedData): RenderedMail {
  return renderMail({
    subject: 'A passkey was added to your account',
    preview: 'If it was you, there is nothing to do.',
    heading: 'A passkey was added',
    greeting: greetingName(name),
    blocks: [
      {
        kind: 'text',
        text: `From now on your ${siteName} account also opens with a new passkey, without the password.`,
      },
      { kind: 'text', text: 'If it was not you, remove it and choose another password:' },
      { kind: 'action', label: 'Look at your passkeys', url: securityUrl },
    ],
  })
}
