import { eq } from 'drizzle-orm'
import type { Context, MiddlewareHandler } from 'hono'
import { recordAudit } from '#src/db/audit.ts'
import type { Database } from '#src/db/client.ts'
import { user } from '#src/db/schema/index.ts'
import type { AppEnv } from '#src/http/api.ts'
import { AppError } from '#src/lib/errors.ts'
import { findViewer } from '../accounts/viewer.ts'
import type { AccountViewer } from '../accounts/viewer.ts'
import type { Auth } from '../auth.ts'
import { requireOperator } from './people.ts'

export interface ConsoleEnv extends AppEnv {
  Variables: AppEnv['Variables'] & {
    /** Whoever is signed in, as the database knew at the beginning of this request. */
    person: AccountViewer
  }
}

type ConsoleContext = Context<ConsoleEnv>

interface ConsoleGuard {
  readonly auth: Auth
  readonly db: Database
  readonly baseUrl: string
}

/** Path kept in the audit trail of a refused call. */
const pathLengthMax = 200

/**
 * For endpoints that a session's cookie opens, the consoles of publishers and operators: only from our own pages, only for
 * somebody who is signed in and not suspended, and never from a copy of the session. Throws `forbidden`,
 * `unsupported_media_type` or `unauthenticated`.
 */
export function consoleGuard({ auth, db, baseUrl }: ConsoleGuard): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    // Two features guard the same paths, and a router's guards also see what is mounted after it.
    if (c.get('person') !== undefined) return next()
    requireOwnOrigin(c, baseUrl)
    requireJson(c)
    const caller = { headers: c.req.raw.headers, clientAddress: c.get('clientAddress') }
    const { viewer, cookies } = await findViewer({ auth }, { caller, mustBeFresh: true })
    if (viewer === undefined || !(await isInGoodStanding(db, viewer.id))) throw new AppError('unauthenticated')
    c.set('person', viewer)
    await next()
    c.res.headers.set('cache-control', 'no-store')
    for (const cookie of cookies) c.res.headers.append('set-cookie', cookie)
  }
}

/** After consoleGuard: lets operators through. That anybody else tried is kept in the audit trail. */
export function operatorGuard({ auth, db }: Pick<ConsoleGuard, 'auth' | 'db'>): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    const person = c.get('person')
    try {
      await requireOperator(db, person)
    } catch (error) {
      if (error instanceof AppError && error.code === 'forbidden') await recordRefusal(c, { auth, db, person })
      throw error
    }
    return next()
  }
}

interface Refused {
  readonly auth: Auth
  readonly db: Database
  readonly person: AccountViewer
}

/** Bounded for each person: the trail can't be shortened afterwards. Throws `rate_limited`. */
async function recordRefusal(c: ConsoleContext, { auth, db, person }: Refused): Promise<void> {
  const retryAfterSeconds = await auth.limits.take({ 'operator-refusal:account': [person.id] })
  if (retryAfterSeconds !== undefined) throw new AppError('rate_limited', { retryAfterSeconds })
  await db.transaction((tx) =>
    recordAudit(tx, {
      userId: person.id,
      action: 'operator.call',
      resource: 'api',
      resourceId: c.req.path.slice(0, pathLengthMax),
      result: 'denied',
      metadata: { method: c.req.method },
    }),
  )
}

/**
 * A browser names the origin of every request that changes something (Fetch §3.2); what comes without one was not sent by a
 * page of ours. A read that names a foreign one is refused, too.
 */
function requireOwnOrigin(c: ConsoleContext, baseUrl: string): void {
  const origin = c.req.header('origin')
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  const isOurs = origin === undefined ? isRead || c.req.header('sec-fetch-site') === 'same-origin' : origin === baseUrl
  if (!isOurs) throw new AppError('forbidden', { detail: 'Call this from the marketplace’s own pages.' })
}

/** Anything else would reach a handler as if it had no body at all. */
function requireJson(c: ConsoleContext): void {
  // RFC 9112 §6.3: without either header a request has no body.
  const hasBody = Number(c.req.header('content-length') ?? 0) > 0 || c.req.header('transfer-encoding') !== undefined
  const isJson = /^application\/json\b/i.test(c.req.header('content-type') ?? '')
  if (hasBody && !isJson) throw new AppError('unsupported_media_type', { detail: 'Send application/json.' })
}

async function isInGoodStanding(db: Database, userId: string): Promise<boolean> {
  const [person] = await db.select({ isBanned: user.banned }).from(user).where(eq(user.id, userId))
  return person?.isBanned === false
}
