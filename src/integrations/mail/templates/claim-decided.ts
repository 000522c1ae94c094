import { greetingName } from '../greeting.ts'
import { renderMail } from '../layout.ts'
import { oneLine } from '../message.ts'
import type { RenderedMail } from '../message.ts'

interface ClaimData {
  readonly agent: string
  readonly organization: string
  readonly url: string
}

export interface ClaimApprovedData extends ClaimData {
  /** Where the proof stood. */
  readonly host: string
  /** Whoever gets it made the claim; the others of the organization learn of it. */
  readonly isClaimant: boolean
}

/** Tells an organization that an entry is theirs now. */
export function claimApproved({ agent: name, organization, host, isClaimant, url }: ClaimApprovedData): RenderedMail {
  const agent = greetingName(name) ?? 'An agent'
  const publisher = greetingName(organization) ?? 'your organization'
  const heading = `${agent} is published by ${publisher} now`
  return renderMail({
    subject: oneLine(heading).slice(0, 78),
    preview: 'The claim was approved.',
    heading,
    blocks: [
      {
        kind: 'text',
        text: `${isClaimant ? 'Your claim' : 'Your organization’s claim'} was proven at ${host}, and an operator approved it.`,
      },
      {
        kind: 'text',
        text: 'The page shows your organization as its publisher. Its address and what it says stayed as they were, and messages from the page reach your owners and admins.',
      },
      { kind: 'action', label: 'Open its page', url },
      { kind: 'note', text: 'The proof may be removed from the site: it is not looked for again.' },
    ],
  })
}

export interface ClaimRefusedData extends ClaimData {
  /** Of the operator. */
  readonly reason: string
}

/** Tells whoever claimed an entry that it doesn't become theirs. */
export function claimRefused({ agent: name, organization, reason, url }: ClaimRefusedData): RenderedMail {
  const agent = greetingName(name) ?? 'an agent'
  const publisher = greetingName(organization) ?? 'your organization'
  const heading = `Your claim of ${agent} was refused`
  return renderMail({
    subject: oneLine(heading).slice(0, 78),
    preview: 'The operators say why.',
    heading,
    blocks: [
      { kind: 'text', text: `You said that it belongs to ${publisher}. The operators did not follow:` },
      { kind: 'quote', text: reason },
      { kind: 'action', label: 'See where it stands', url },
    ],
  })
}
