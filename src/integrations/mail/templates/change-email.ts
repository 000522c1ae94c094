import { siteName } from '../brand.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import type { RenderedMail } from '../message.ts'

export interface ConfirmNewEmailData {
  readonly url: string
  readonly validHours: number
}

/** To the new address. Has no name in it: whose the mailbox is shows only when the link is used. */
export function confirmNewEmail({ url, validHours }: ConfirmNewEmailData): RenderedMail {
  return renderMail({
    subject: 'Confirm your new e-mail address',
    preview: `Until then your ${siteName} account keeps the old one.`,
    heading: 'Confirm your new e-mail address',
    blocks: [
      {
        kind: 'text',
        text: `This address was given as the new one of a ${siteName} account. Confirm that it is yours:`,
      },
      { kind: 'action', label: 'Confirm this address', url },
      { kind: 'text', text: `The link works for ${validHours} hours. Until then the account keeps its old address.` },
      { kind: 'note', text: 'You did not ask for it? Then ignore this mail: nothing changes without the click.' },
    ],
  })
}

interface NoticeData {
  readonly name: string
  readonly resetUrl: string
}

/** To the present address, before anything changes. */
export function emailChangeAsked({ name, resetUrl }: NoticeData): RenderedMail {
  return renderMail({
    subject: 'A new e-mail address was asked for',
    preview: 'Nothing has changed yet.',
    heading: 'A new e-mail address was asked for',
    greeting: greetingName(name),
    blocks: [
      {
        kind: 'text',
        text: `Somebody who is signed in to your ${siteName} account wants it to have another e-mail address. Nothing changes until the new address is confirmed.`,
      },
      {
        kind: 'text',
        text: 'If it was you, there is nothing to do here. If not, choose another password now, which signs everybody out:',
      },
      { kind: 'action', label: 'Choose another password', url: resetUrl },
    ],
  })
}

interface ChangedData {
  readonly name: string
  readonly homeUrl: string
}

/** To the old address, once the new one is confirmed. From here on it opens nothing. */
export function emailChanged({ name, homeUrl }: ChangedData): RenderedMail {
  return renderMail({
    subject: 'Your e-mail address was changed',
    preview: `Mails of your ${siteName} account go to the new one from now on.`,
    heading: 'Your e-mail address was changed',
    greeting: greetingName(name),
    blocks: [
      {
        kind: 'text',
        text: `The new address of your ${siteName} account was confirmed. Mails go there from now on, and this address no longer opens the account.`,
      },
      { kind: 'text', text: 'If it was not you, tell the operator of the marketplace:' },
      { kind: 'action', label: `Open ${siteName}`, url: homeUrl },
    ],
  })
}
