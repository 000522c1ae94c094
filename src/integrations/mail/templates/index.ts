import type { RenderedMail } from '../message.ts'
import { accountDeleted } from './account-deleted.ts'
import { accountExists } from './account-exists.ts'
import { confirmNewEmail, emailChangeAsked, emailChanged } from './change-email.ts'
import { claimApproved, claimRefused } from './claim-decided.ts'
import { checkoutUndone } from './checkout-undone.ts'
import { interactionRecorded } from './interaction-recorded.ts'
import { confirmMailbox } from './confirm-mailbox.ts'
import { organizationInvitation } from './organization-invitation.ts'
import { passkeyAdded } from './passkey-added.ts'
import { passwordChanged } from './password-changed.ts'
import { paymentFailed } from './payment-failed.ts'
import { paymentReceipt } from './payment-receipt.ts'
import { publisherContacted } from './publisher-contacted.ts'
import { disputeDecided } from './dispute-decided.ts'
import { removalDecided } from './removal-decided.ts'
import { refundMade } from './refund-made.ts'
import { resetPassword } from './reset-password.ts'
import { subscriptionEnded } from './subscription-ended.ts'
import { tierChanges } from './tier-changes.ts'
import { trialEnding } from './trial-ending.ts'
import { twoFactorChanged } from './two-factor-changed.ts'
import { usageThreshold } from './usage-threshold.ts'
import { verifyEmail } from './verify-email.ts'
import { waitlistOpened } from './waitlist-opened.ts'

export {
  accountDeleted,
  accountExists,
  checkoutUndone,
  claimApproved,
  claimRefused,
  confirmNewEmail,
  disputeDecided,
  emailChangeAsked,
  confirmMailbox,
  emailChanged,
  interactionRecorded,
  organizationInvitation,
  passkeyAdded,
  passwordChanged,
  paymentFailed,
  paymentReceipt,
  publisherContacted,
  refundMade,
  removalDecided,
  resetPassword,
  subscriptionEnded,
  tierChanges,
  trialEnding,
  twoFactorChanged,
  usageThreshold,
  verifyEmail,
  waitlistOpened,
}

/** Every mail that Rialto sends, with sample data: what /dev/mail/preview shows and what the tests render. */
export const mailSamples: Readonly<Record<string, (baseUrl: string) => RenderedMail>> = {
  'verify-email': (baseUrl) => verifyEmail({ url: `${baseUrl}/verify-email?token=sample`, validHours: 24 }),
  'account-exists': (baseUrl) =>
    accountExists({ signInUrl: `${baseUrl}/sign-in`, resetUrl: `${baseUrl}/forgot-password` }),
  'reset-password': (baseUrl) =>
    resetPassword({ name: 'Ada Lovelace', url: `${baseUrl}/reset-password?token=sample`, validMinutes: 60 }),
  'password-changed': (baseUrl) =>
    passwordChanged({
      name: 'Ada Lovelace',
      changedAt: new Date('2026-03-31T09:26:00Z'),
      resetUrl: `${baseUrl}/forgot-password`,
    }),
  'organization-invitation': (baseUrl) =>
    organizationInvitation({
      organization: 'Analytical Engines',
      inviter: 'Ada Lovelace',
      url: `${baseUrl}/invitations/sample`,
      validDays: 7,
    }),
  'interaction-recorded': (baseUrl) =>
    interactionRecorded({
      what: 'Somebody joined the waitlist',
      agent: 'Readability',
      at: new Date('2026-03-31T09:26:00Z'),
      url: `${baseUrl}/operator/interactions/sample`,
    }),
  'confirm-recipient': (baseUrl) =>
    confirmMailbox({ for: { kind: 'recipient' }, url: `${baseUrl}/confirm/mailbox/sample`, validDays: 7 }),
  'confirm-waitlist': (baseUrl) =>
    confirmMailbox({
      for: { kind: 'waitlist', agent: 'Readability' },
      url: `${baseUrl}/confirm/mailbox/sample`,
      validDays: 7,
    }),
  'confirm-report': (baseUrl) =>
    confirmMailbox({
      for: { kind: 'report', agent: 'Readability' },
      url: `${baseUrl}/confirm/mailbox/sample`,
      validDays: 7,
    }),
  'confirm-removal': (baseUrl) =>
    confirmMailbox({
      for: { kind: 'removal', agent: 'Readability' },
      url: `${baseUrl}/confirm/mailbox/sample`,
      validDays: 7,
    }),
  'dispute-decided': (baseUrl) =>
    disputeDecided({
      name: 'Ada Lovelace',
      agentName: 'Readability',
      credited: '3 texts',
      decision: 'The agent reported each of them twice.',
      receiptUrl: `${baseUrl}/account/subscriptions`,
    }),
  'removal-decided': (baseUrl) =>
    removalDecided({
      agent: 'Readability',
      isRemoved: true,
      reason: 'The project’s maintainer asked for it.',
      url: `${baseUrl}/agents/readability`,
    }),
  'publisher-contacted': (baseUrl) =>
    publisherContacted({
      kind: 'demo',
      agent: 'Readability',
      from: { name: 'Grace Hopper', email: 'grace@example.com' },
      message: 'We are forty people and read a lot.\n\nCould you show us how it does tables?',
      url: `${baseUrl}/agents/readability`,
    }),
  'claim-approved': (baseUrl) =>
    claimApproved({
      agent: 'Readability',
      organization: 'Analytical Engines',
      host: 'readability.example',
      isClaimant: true,
      url: `${baseUrl}/agents/readability`,
    }),
  'claim-refused': (baseUrl) =>
    claimRefused({
      agent: 'Readability',
      organization: 'Analytical Engines',
      reason: 'Another organization has proven that the project is theirs.',
      url: `${baseUrl}/agents/readability/claim`,
    }),
  'waitlist-opened': (baseUrl) => waitlistOpened({ agent: 'Readability', url: `${baseUrl}/agents/readability` }),
  'passkey-added': (baseUrl) => passkeyAdded({ name: 'Ada Lovelace', securityUrl: `${baseUrl}/account/security` }),
  'two-factor-changed': (baseUrl) =>
    twoFactorChanged({ name: 'Ada Lovelace', isOn: true, resetUrl: `${baseUrl}/forgot-password` }),
  'tier-changes': (baseUrl) =>
    tierChanges({
      name: 'Ada Lovelace',
      agent: 'Readability',
      tier: 'Pro',
      startsAt: new Date('2027-01-05T09:26:00Z'),
      changes: ['It costs €29.00 per month instead of €19.00 per month.', 'Messages: 500 instead of 1,000.'],
      agentUrl: `${baseUrl}/agents/readability`,
    }),
  'usage-near-limit': (baseUrl) => usageThreshold({ ...sampleUsage(baseUrl), percent: 80, used: 80 }),
  'usage-at-limit': (baseUrl) => usageThreshold({ ...sampleUsage(baseUrl), percent: 100, used: 100 }),
  'payment-receipt': (baseUrl) =>
    paymentReceipt({
      ...sampleSale(baseUrl),
      number: 'QX7K2M9P-0001',
      nextAt: new Date('2026-04-30T09:26:00Z'),
      unsubscribeUrl: `${baseUrl}/unsubscribe/sample`,
    }),
  'payment-failed': (baseUrl) =>
    paymentFailed({
      ...sampleSale(baseUrl),
      triesAgainAt: new Date('2026-04-03T09:26:00Z'),
      worksUntil: new Date('2026-04-07T09:26:00Z'),
    }),
  'trial-ending': (baseUrl) =>
    trialEnding({
      ...sampleSale(baseUrl),
      endsAt: new Date('2026-04-03T09:26:00Z'),
      after: { kind: 'charge', amount: { amountMinor: 1900, currency: 'EUR' }, interval: 'month' },
    }),
  'checkout-undone': (baseUrl) => checkoutUndone(sampleSale(baseUrl)),
  'subscription-ended': (baseUrl) =>
    subscriptionEnded({ ...sampleSale(baseUrl), endedAt: new Date('2026-04-30T09:26:00Z'), why: 'as_asked' }),
  'refund-made': (baseUrl) =>
    refundMade({ ...sampleSale(baseUrl), number: 'QX7K2M9P-0001', revokedAddon: '1,000 more messages' }),
  'confirm-new-email': (baseUrl) => confirmNewEmail({ url: `${baseUrl}/confirm/sample`, validHours: 24 }),
  'email-change-asked': (baseUrl) => emailChangeAsked({ name: 'Ada Lovelace', resetUrl: `${baseUrl}/forgot-password` }),
  'account-deleted': (baseUrl) => accountDeleted({ name: 'Ada Lovelace', homeUrl: `${baseUrl}/` }),
  'email-changed': (baseUrl) => emailChanged({ name: 'Ada Lovelace', homeUrl: `${baseUrl}/` }),
}

const sampleSale = (baseUrl: string) => ({
  name: 'Ada Lovelace',
  agent: 'Readability',
  tier: 'Pro',
  amount: { amountMinor: 1900, currency: 'EUR' },
  url: `${baseUrl}/account/subscriptions/sample`,
})

const sampleUsage = (baseUrl: string) => ({
  name: 'Ada Lovelace',
  agent: 'Readability',
  metric: 'Messages',
  limit: 100,
  after: { kind: 'starts_again' as const, at: new Date('2026-04-30T09:26:00Z') },
  liftUrl: `${baseUrl}/buy/sample`,
  unsubscribeUrl: `${baseUrl}/unsubscribe/sample`,
})
