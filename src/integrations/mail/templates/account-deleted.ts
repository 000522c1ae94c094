import { siteName } from '../brand.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { RenderedMail } from '../message.ts'

export interface AccountDeletedData {
  readonly name: string
  readonly homeUrl: string
}

/** The last mail to somebody: when it is written, nothing knows the address any more but the mail itself. */
export function accountDeleted({ name, homeUrl }: AccountDeletedData): RenderedMail {
  return renderMail({
    subject: `Your ${siteName} account is deleted`,
    preview: 'This is the last mail from us.',
    heading: 'Your account is deleted',
    greeting: greetingName(name),
    blocks: [
      {
        kind: 'text',
        text: 'Your account and what belonged to it are deleted, as you asked. The books and the record of what was done stay, without your name or address.',
      },
      {
        kind: 'text',
        text: 'What agents keep of you themselves is theirs to delete: ask those you used.',
      },
      { kind: 'text', text: 'This address is free again, should you ever come back:' },
      { kind: 'action', label: `Open ${siteName}`, url: homeUrl },
      { kind: 'note', text: 'This is the last mail from us. Your address is not kept.' },
    ],
  })
}
