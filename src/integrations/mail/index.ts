export { createMail } from './mailer.ts'
export type { Mail, MailOptions } from './mailer.ts'
export type { MailMessage, MailTransport, RenderedMail } from './message.ts'
export { createOutbox } from './outbox.ts'
export type { Outbox, OutboxMail } from './outbox.ts'
export { createMailPreview } from './preview.ts'
export type { MailPreviewServices } from './preview.ts'
export type { EnqueueOptions, FailedMail, MailQueue } from './queue.ts'
export { createSmtpTransport } from './smtp-transport.ts'
export {
  accountDeleted,
  accountExists,
  confirmNewEmail,
  emailChangeAsked,
  emailChanged,
  organizationInvitation,
  passkeyAdded,
  passwordChanged,
  resetPassword,
  tierChanges,
  twoFactorChanged,
  usageThreshold,
  verifyEmail,
} from './templates/index.ts'
export type { AfterLimit } from './templates/usage-threshold.ts'
