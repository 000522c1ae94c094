// A publisher with an agent, made directly, and somebody's session at a running marketplace.
import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { agents, organization, organizationMember, user, userAgentSubscriptions } from '#src/db/schema/index.ts'
import { refreshAgentSearch } from '#src/features/catalog/index.ts'
import type { AgentPublisher } from '#src/identity/index.ts'
import type { TestServer } from '#test/support/server.ts'

export async function addPerson(db: Database, { role = 'user' }: { readonly role?: 'user' | 'admin' } = {}) {
  const id = crypto.randomUUID()
  await db.insert(user).values({ id, name: 'Ada', email: `${id}@example.com`, emailVerified: true, role })
  return id
}

export interface TestPublisher extends AgentPublisher {
  readonly slug: string
}

/** A published agent of an organization that somebody owns. */
export async function addPublisher(db: Database, owner?: string): Promise<TestPublisher> {
  const userId = owner ?? (await addPerson(db))
  const [organizationId, agentId, slug] = [crypto.randomUUID(), crypto.randomUUID(), `agent-${crypto.randomUUID()}`]
  await db.insert(organization).values({ id: organizationId, name: 'Acme', slug, createdAt: new Date() })
  await addMember(db, { organizationId, userId, role: 'owner' })
  await db.transaction(async (tx) => {
    await tx
      .insert(agents)
      .values({ id: agentId, slug, name: 'Lector', status: 'published', publishedAt: sql`now()`, organizationId })
    await refreshAgentSearch(tx, [agentId])
  })
  return { userId, organizationId, agentId, slug }
}

interface Member {
  readonly organizationId: string
  readonly userId: string
  readonly role: 'owner' | 'admin' | 'member'
}

export const addMember = async (db: Database, member: Member): Promise<void> =>
  void (await db.insert(organizationMember).values({ id: crypto.randomUUID(), createdAt: new Date(), ...member }))

type NewSubscription = Partial<typeof userAgentSubscriptions.$inferInsert>

/** Somebody who has this tier. Returns the subscription's id. */
export async function subscribe(
  db: Database,
  { agentId, tierId, ...rest }: NewSubscription & { readonly agentId: string; readonly tierId: string },
): Promise<string> {
  const userId = rest.userId ?? (await addPerson(db))
  const [row] = await db
    .insert(userAgentSubscriptions)
    .values({ status: 'active', ...rest, userId, agentId, tierId })
    .returning()
  if (row === undefined) throw new Error('The subscription was not inserted')
  return row.id
}

const password = 'correct horse battery'

export interface Session {
  readonly userId: string
  readonly cookie: string
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}

interface CallOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // The tests say what they expect of it.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** Somebody who is signed in, with a session made by the sign-in form. */
export async function signedIn(server: TestServer, options: Parameters<typeof addPerson>[1] = {}): Promise<Session> {
  const { db, auth } = server.deps
  const userId = await addPerson(db, options)
  const { internalAdapter, password: hasher } = await auth.server.$context
  const hash = await hasher.hash(password)
  await internalAdapter.linkAccount({ userId, providerId: 'credential', accountId: userId, password: hash })
  const response = await fetch(`${server.origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: server.origin },
    body: new URLSearchParams({ email: `${userId}@example.com`, password }),
  })
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  if (!cookie.includes('session_token=')) throw new Error(`Signing in answered ${response.status}`)
  return {
    userId,
    cookie,
    call: (method, path, { body, headers } = {}) =>
      call(server, method, path, {
        body,
        headers: { cookie, ...(method !== 'GET' && { origin: server.origin }), ...headers },
      }),
  }
}

export async function call(
  { origin }: TestServer,
  method: string,
  path: string,
  { body, headers }: CallOptions = {},
): Promise<Answer> {
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}
