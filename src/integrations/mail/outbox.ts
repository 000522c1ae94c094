import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MailTransport } from './message.ts'

/** A mail as the outbox keeps it. */
export interface OutboxMail {
  readonly id: string
  /** ISO 8601. */
  readonly sentAt: string
  readonly from: string
  readonly to: string
  readonly replyTo?: string | undefined
  readonly subject: string
  readonly template: string
  readonly messageId: string
  readonly text: string
  readonly html: string
}

/** Instead of SMTP in demo and development: mails become files, so that they survive a restart and are found by tests. */
export interface Outbox extends MailTransport {
  /** Newest first. */
  list(): Promise<readonly OutboxMail[]>
  find(id: string): Promise<OutboxMail | undefined>
}

interface OutboxOptions {
  readonly folder: string
  /** Older mails are removed. */
  readonly mailsMax?: number
}

const idPattern = /^\d{13}-[0-9a-f]{8}$/

export function createOutbox({ folder, mailsMax = 200 }: OutboxOptions): Outbox {
  const pathOf = (id: string): string => join(folder, `${id}.json`)

  const ids = async (): Promise<string[]> => {
    const names = await readdir(folder).catch(ignoreMissing)
    return (names ?? [])
      .map((name) => name.replace(/\.json$/, ''))
      .filter((id) => idPattern.test(id))
      .toSorted()
      .toReversed()
  }

  const find = async (id: string): Promise<OutboxMail | undefined> => {
    if (!idPattern.test(id)) return undefined
    const content = await readFile(pathOf(id), 'utf8').catch(ignoreMissing)
    return content === undefined ? undefined : (JSON.parse(content) as OutboxMail)
  }

  return {
    list: async () =>
      (await Promise.all((await ids()).slice(0, mailsMax).map(find))).filter((mail) => mail !== undefined),
    find,
    deliver: async ({ to, replyTo, subject, template, text, html }, { from, messageId }) => {
      const sentAt = new Date()
      const id = `${sentAt.getTime()}-${crypto.randomUUID().slice(0, 8)}`
      const about = { id, sentAt: sentAt.toISOString(), from, to, ...(replyTo !== undefined && { replyTo }) }
      const mail: OutboxMail = { ...about, subject, template, messageId, text, html }
      // Reset links are in here: for this user's eyes only.
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(`${pathOf(id)}.part`, JSON.stringify(mail), { mode: 0o600 })
      await rename(`${pathOf(id)}.part`, pathOf(id))
      await Promise.all((await ids()).slice(mailsMax).map((old) => rm(pathOf(old), { force: true })))
    },
    close: () => undefined,
  }
}

const ignoreMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error
}
