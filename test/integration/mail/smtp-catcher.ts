import { simpleParser } from 'mailparser'
import type { ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import type { SMTPServerOptions } from 'smtp-server'

/** What the server answers to one mail: take it, or refuse it with this reply. */
export type Reply = { readonly code: number; readonly text: string } | 'accept'

export interface SmtpCatcher {
  readonly url: string
  readonly mails: ParsedMail[]
  /** Every delivery attempt, refused ones included. */
  readonly attempts: { readonly to: string }[]
  stop(): Promise<void>
}

interface CatcherOptions {
  /** Asked at RCPT TO, with the number of attempts so far. */
  readonly replyTo?: (attempt: number) => Reply
}

/** A real SMTP server on a free port of this machine. */
export async function startSmtpCatcher({ replyTo = () => 'accept' }: CatcherOptions = {}): Promise<SmtpCatcher> {
  const mails: ParsedMail[] = []
  const attempts: { to: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      attempts.push({ to: address })
      const reply = replyTo(attempts.length)
      if (reply === 'accept') done()
      else done(Object.assign(new Error(reply.text), { responseCode: reply.code }))
    },
    onData: (stream, _session, done) => {
      simpleParser(stream).then(
        (mail) => {
          mails.push(mail)
          done()
        },
        (error: unknown) => done(error as Error),
      )
    },
  } satisfies SMTPServerOptions)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as { port: number }
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    attempts,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
