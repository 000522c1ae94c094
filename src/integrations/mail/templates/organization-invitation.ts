import { siteName } from '../brand.ts'
import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

export interface OrganizationInvitationData {
  readonly organization: string
  readonly inviter: string
  readonly url: string
  readonly validDays: number
}

/** Names are chosen by those who invite: where one looks like an address or a link, it is left out. */
export function organizationInvitation(data: OrganizationInvitationData): RenderedMail {
  const organization = greetingName(data.organization) ?? 'an organization'
  const inviter = greetingName(data.inviter) ?? 'Somebody'
  return renderMail({
    subject: oneLine(`Join ${organization} on ${siteName}`).slice(0, 78),
    preview: `${inviter} invites you.`,
    heading: `Join ${organization} on ${siteName}`,
    blocks: [
      { kind: 'text', text: `${inviter} invites you to ${organization}, which publishes agents on ${siteName}.` },
      { kind: 'action', label: 'See the invitation', url: data.url },
      { kind: 'text', text: `It can be accepted for ${data.validDays} days, with an account that has this address.` },
      { kind: 'note', text: 'You know nobody there? Then ignore this mail: nothing happens without you.' },
    ],
  })
}
