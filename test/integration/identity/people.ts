import { pino } from 'pino'
import { createAccountServices, createAuth } from '#src/identity/index.ts'
import type { AccountServices, Auth, Caller, Cookies } from '#src/identity/index.ts'
import type { MailMessage } from '#src/integrations/mail/index.ts'
import type { TestDatabase } from '#test/support/database.ts'

export interface People {
  readonly accounts: AccountServices
  readonly auth: Auth
  /** Mails in the order they were queued. */
  readonly mails: MailMessage[]
  readonly logLines: string[]
}

interface PeopleOptions {
  readonly database: TestDatabase
  readonly baseUrl?: string
}

/** The account verbs over a real database; mails are collected instead of sent. */
export function openAccounts({ database, baseUrl = 'http://localhost:3000' }: PeopleOptions): People {
  const mails: MailMessage[] = []
  const logLines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) })
  const auth = createAuth({
    config: { authSecret: 'a secret for tests with more than 32 characters' },
    baseUrl,
    db: database.db,
    mail: { enqueue: async (mail) => void mails.push(mail) },
    log,
  })
  return { accounts: createAccountServices({ auth }), auth, mails, logLines }
}

let lastAddress = 0

/** A browser at an address of its own, so that tests don't use up each other's limits. */
export function caller({ cookies = [], address, headers = {} }: CallerOptions = {}): Caller {
  lastAddress += 1
  const cookie = cookies.map((text) => text.split(';')[0]).join('; ')
  return {
    headers: new Headers(cookie === '' ? headers : { ...headers, cookie }),
    clientAddress: address ?? `198.18.${Math.floor(lastAddress / 250)}.${(lastAddress % 250) + 1}`,
  }
}

interface CallerOptions {
  readonly cookies?: Cookies
  readonly address?: string
  readonly headers?: Readonly<Record<string, string>>
}

export const password = 'correct horse battery'

export const someone = () => ({ name: 'Ada Lovelace', email: `ada-${crypto.randomUUID()}@example.com`, password })

/** The token of the newest mail of this kind to this address. */
export function tokenFor({ mails }: People, { to, template }: { to: string; template: string }): string {
  const mail = mails.findLast((candidate) => candidate.to === to && candidate.template === template)
  const token = /[?&]token=([^\s&"]+)/.exec(mail?.text ?? '')?.[1]
  if (token === undefined) throw new Error(`No ${template} mail with a link to ${to}`)
  return decodeURIComponent(token)
}

export const viewerOf = async ({ accounts }: People, cookies: Cookies) =>
  (await accounts.viewer(caller({ cookies }), { mustBeFresh: true })).viewer
