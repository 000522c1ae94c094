import type { PgBoss } from 'pg-boss'
import type { Log } from '#src/log.ts'
import { ownBrand, siteName, withBrand } from './brand.ts'
import type { MailBrand } from './brand.ts'
import { MailRefusedError } from './message.ts'
import type { MailMessage, MailTransport } from './message.ts'
import { enqueueMail, forgetMail, listFailedMail, openMailQueue, workOnMail } from './queue.ts'
import type { FailedMail, MailAttempt, MailQueue } from './queue.ts'

export interface Mail extends MailQueue {
  /** Creates the queues; a worker process also begins to send. pg-boss must be running. */
  start(options: { readonly isWorker: boolean }): Promise<void>
  /** Closes SMTP connections. pg-boss, stopped before, has waited for mails on their way. */
  stop(): void
  failed(limit?: number): Promise<readonly FailedMail[]>
  /** Removes what is kept of mails to this address, or with replies to it, so that it stands nowhere any more. Throws while one is being sent. */
  forget(to: string): Promise<void>
}

export interface MailOptions {
  readonly boss: PgBoss
  readonly transport: MailTransport
  /** RFC 5322 mailbox, such as `Rialto <no-reply@market.example>`. */
  readonly from: string
  readonly log: Log
  /** Asked for each mail as it is sent; Rialto's own when left out. */
  readonly brand?: () => Promise<MailBrand>
  readonly retryDelaySeconds?: number
}

export function createMail({
  boss,
  transport,
  from,
  log,
  brand = async () => ownBrand,
  retryDelaySeconds,
}: MailOptions): Mail {
  const domain = /@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? 'localhost'

  const deliver = async (message: MailMessage, { mailId, number }: MailAttempt): Promise<void> => {
    const about = { mailId, template: message.template, attempt: number }
    try {
      refuseIfTooLate(message)
      await transport.deliver(withBrand(message, await brand()), { from, messageId: `<${mailId}@${domain}>` })
      log.info(about, 'mail: sent')
    } catch (error) {
      // Not the error itself: a server's reply may quote the recipient or the mail.
      const { code, responseCode } = causeOf(error)
      const isFinal = error instanceof MailRefusedError
      log.warn(
        { ...about, smtpError: code, smtpReply: responseCode },
        isFinal ? 'mail: given up' : 'mail: not sent yet',
      )
      throw error
    }
  }

  return {
    enqueue: async (message, options) => {
      for (const address of [message.to, message.replyTo ?? message.to]) checkAddress(address)
      await enqueueMail(boss, message, options)
    },
    start: async ({ isWorker }) => {
      await openMailQueue({ boss, ...(retryDelaySeconds === undefined ? {} : { retryDelaySeconds }) })
      if (isWorker) await workOnMail({ boss, deliver })
    },
    stop: () => transport.close(),
    failed: async (limit) => {
      const { name } = await brand()
      const mails = await listFailedMail(boss, limit)
      return mails.map((mail) => ({ ...mail, subject: mail.subject.replaceAll(siteName, () => name) }))
    },
    forget: (to) => forgetMail(boss, to),
  }
}

const causeOf = (error: unknown): { code?: unknown; responseCode?: unknown } =>
  (error instanceof MailRefusedError && error.cause instanceof Error ? error.cause : error) as object

function refuseIfTooLate({ usefulUntil }: MailMessage): void {
  if (usefulUntil === undefined || Date.now() < Date.parse(usefulUntil)) return
  throw new MailRefusedError('It could not be sent before its link ran out.')
}

/** Addresses are checked where they come in; this guards the header and the envelope against a caller that forgot. */
function checkAddress(address: string): void {
  if (!/^[^\s\p{Cc}<>,;"]+@[^\s\p{Cc}<>,;"@]+$/u.test(address) || address.length > 320)
    throw new Error('Not one e-mail address')
}
