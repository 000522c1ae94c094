import { pino } from 'pino'
import {
  createAccountServices,
  createAuth,
  createOrganizationServices,
  createPeopleServices,
} from '#src/identity/index.ts'
import type {
  AccountServices,
  Auth,
  Caller,
  Cookies,
  OrganizationServices,
  PeopleServices,
} from '#src/identity/index.ts'
import type { MailMessage } from '#src/integrations/mail/index.ts'
import type { TestDatabase } from '#test/support/database.ts'

export interface People {
  readonly accounts: AccountServices
  /** What those who are signed in do with their own account. */
  readonly own: PeopleServices
  readonly organizations: OrganizationServices
  readonly auth: Auth
  /** Mails in the order they were queued. */
  readonly mails: MailMessage[]
  readonly logLines: string[]
}

interface PeopleOptions {
  readonly database: TestDatabase
  readonly baseUrl?: string
  readonly isBreached?: (password: string) => Promise<boolean>
}

/** The account verbs over a real database; mails are collected instead of sent. */
export function openAccounts({ database, baseUrl = 'http://localhost:3000', isBreached }: PeopleOptions): People {
  const mails: MailMessage[] = []
  const logLines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) })
  const { db } = database
  const mail = { enqueue: async (message: MailMessage) => void mails.push(message) }
  const config = { authSecret: 'a secret for tests with more than 32 characters' }
  const auth = createAuth({ config, baseUrl, db, mail, log, isBreached })
  // Nobody works here: a test runs the jobs it is about itself.
  const jobs = { wake: async () => undefined }
  const own = createPeopleServices({ auth, db, mail, baseUrl, jobs })
  const organizations = createOrganizationServices({ auth, db, mail, baseUrl })
  return { accounts: createAccountServices({ auth }), own, organizations, auth, mails, logLines }
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

export interface Member {
  readonly id: string
  readonly name: string
  readonly email: string
  /** Signed in on one device. */
  readonly caller: Caller
}

/** Somebody with a confirmed address who is signed in; made directly, because signing up takes its time. */
export async function member(people: People, { emailVerified = true } = {}): Promise<Member> {
  const { name, email } = someone()
  const { internalAdapter, password: hasher } = await people.auth.server.$context
  const user = await internalAdapter.createUser({ name, email, emailVerified }, { method: 'email-password' })
  const hash = await hasher.hash(password)
  await internalAdapter.linkAccount({ userId: user.id, providerId: 'credential', accountId: user.id, password: hash })
  return { id: user.id, name, email, caller: await signedIn(people, email) }
}

/** Another device of the same person. */
export async function signedIn({ accounts }: People, email: string, headers = {}): Promise<Caller> {
  const result = await accounts.signIn(caller({ headers }), { email, password })
  if (result.kind !== 'signed_in') throw new Error(result.kind)
  return caller({ cookies: result.cookies, headers })
}

/** As if this person had signed in long ago. */
export async function agedSession({ pool }: TestDatabase, { id }: Member): Promise<void> {
  await pool.query("UPDATE session SET created_at = now() - interval '1 day' WHERE user_id = $1", [id])
}
