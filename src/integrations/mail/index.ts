export { ownBrand } from './brand.ts'
export type { MailBrand } from './brand.ts'
export { createMail } from './mailer.ts'
export type { Mail, MailOptions } from './mailer.ts'
export type { MailMessage, MailTransport, RenderedMail } from './message.ts'
export { createOutbox } from './outbox.ts'
export type { Outbox, OutboxMail } from './outbox.ts'
export { createMailPreview } from './preview.ts'
export type { MailPreviewServices } from './preview.ts'
export { readMailProgress } from './queue.ts'
export type { EnqueueOptions, FailedMail, MailProgress, MailQueue } from './queue.ts'
export { createSmtpTransport } from './smtp-transport.ts'
export {
  accountDeleted,
  accountExists,
  checkoutUndone,
  claimApproved,
  claimRefused,
  confirmMailbox,
  confirmNewEmail,
  disputeDecided,
  emailChangeAsked,
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
} from './templates/index.ts'
export type { AfterLimit } from './templates/usage-threshold.ts'
export type { AfterTrial } from './templates/trial-ending.ts'
