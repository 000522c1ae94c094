/** What a template makes of its data. */
export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Where its reader ends this kind of mail, by one POST without a cookie (RFC 8058). Left out: it can't be done without. */
  readonly unsubscribeUrl?: string | undefined
}

/** A mail ready to be queued. */
export interface MailMessage extends RenderedMail {
  readonly to: string
  /** One address that replies go to. Left out: nobody reads them. */
  readonly replyTo?: string
  /** Which template made it; for logs, lists and metrics, which never show its content. */
  readonly template: string
  /** ISO 8601. After it the mail is not sent any more, because its link would be dead on arrival. */
  readonly usefulUntil?: string
  /** Kept nowhere once it is sent or given up: it goes to somebody who has no account any more. */
  readonly leavesNoTrace?: boolean
}

export interface MailEnvelope {
  readonly from: string
  /** RFC 5322 Message-ID. The same for every attempt, so that a receiver can drop a second copy. */
  readonly messageId: string
}

/** Carries one mail to where it goes. Throws {@link MailRefusedError} when trying again can't help. */
export interface MailTransport {
  deliver(message: MailMessage, envelope: MailEnvelope): Promise<void>
  close(): void
}

/** The receiving side said no for good (an SMTP 5xx reply, RFC 5321 §4.2.1). */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError'
}

// Control characters, and the bidirectional overrides that could make a line read as another one.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu

/** Text for one header line: a line break in it would start a header of the writer's choosing. */
export const oneLine = (text: string): string => text.replace(unprintable, ' ').replace(/ {2,}/g, ' ').trim()
