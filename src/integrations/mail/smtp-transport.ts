import { createTransport } from 'nodemailer'
import { MailRefusedError } from './message.ts'
import type { MailTransport } from './message.ts'

interface SmtpOptions {
  /** smtp:// or smtps://, with user and password where the server wants them. */
  readonly url: string
}

const connectTimeoutMs = 10_000
const idleTimeoutMs = 30_000
const connectionsMax = 3

/** SMTP (RFC 5321) through a small pool. Every wait is bounded, so a silent server can't hold a worker. */
export function createSmtpTransport({ url }: SmtpOptions): MailTransport {
  const smtp = createTransport({
    url,
    pool: true,
    maxConnections: connectionsMax,
    maxMessages: 100,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    socketTimeout: idleTimeoutMs,
    // A mail's parts are strings; nothing in one may make the server read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    deliver: async ({ to, replyTo, subject, text, html, template, unsubscribeUrl }, { from, messageId }) => {
      try {
        await smtp.sendMail({
          from,
          to: { name: '', address: to },
          ...(replyTo !== undefined && { replyTo: { name: '', address: replyTo } }),
          subject,
          text,
          html,
          messageId,
          headers: {
            'Auto-Submitted': 'auto-generated',
            'X-Auto-Response-Suppress': 'All',
            'X-Rialto-Template': template,
            ...(unsubscribeUrl !== undefined && {
              'List-Unsubscribe': `<${unsubscribeUrl}>`,
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            }),
          },
        })
      } catch (error) {
        throw isRefusal(error) ? new MailRefusedError(smtpReply(error), { cause: error }) : error
      }
    },
    close: () => smtp.close(),
  }
}

interface SmtpError extends Error {
  readonly code?: string
  readonly responseCode?: number
  readonly response?: string
}

// A refused login is the operator's to mend, so it is worth trying again; a refused sender, recipient or content is not.
const isRefusal = (error: unknown): error is SmtpError => {
  const { code, responseCode = 0 } = error as SmtpError
  return responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE')
}

const smtpReply = ({ response, message }: SmtpError): string => (response ?? message).slice(0, 500)
