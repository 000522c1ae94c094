import { isAPIError } from 'better-auth/api'
import { and, asc, eq } from 'drizzle-orm'
import { recordAudit } from '#src/db/audit.ts'
import type { Transaction } from '#src/db/client.ts'
import { passkey } from '#src/db/schema/index.ts'
import { readSiteSettings } from '#src/db/site-settings.ts'
import { passkeyAdded } from '#src/integrations/mail/index.ts'
import { authHeaders } from '../../accounts/context.ts'
import type { Caller } from '../../accounts/context.ts'
import { parseName } from '../../accounts/input.ts'
import type { PasskeyOptions } from '../../accounts/passkey.ts'
import { parseCredential } from '../../accounts/passkey.ts'
import { confirmPassword, isFresh } from '../confirm-identity.ts'
import type { IdentityRefusal } from '../confirm-identity.ts'
import { getPerson } from '../context.ts'
import type { PeopleContext, Person } from '../context.ts'

export interface OwnPasskey {
  readonly id: string
  readonly name: string
  /** ISO 8601. */
  readonly addedAt: string
  /** Kept by a password manager on several devices, so that losing one loses nothing. */
  readonly isSynced: boolean
}

const passkeysMax = 20

export async function listPasskeys(context: PeopleContext, caller: Caller): Promise<readonly OwnPasskey[]> {
  const person = await getPerson(context, caller)
  const rows = await context.db
    .select()
    .from(passkey)
    .where(eq(passkey.userId, person.id))
    .orderBy(asc(passkey.createdAt), asc(passkey.id))
    .limit(passkeysMax)
  return rows.map((row) => ({
    id: row.id,
    name: row.name ?? 'Passkey',
    addedAt: row.createdAt.toISOString(),
    isSynced: row.backedUp,
  }))
}

export type BeginPasskeyResult =
  | ({ readonly kind: 'begun' } & PasskeyOptions)
  | { readonly kind: 'too_many' }
  | IdentityRefusal

interface Begin {
  readonly caller: Caller
  /** May be empty shortly after signing in. */
  readonly password: string
}

/** What the browser needs to make a passkey; good for five minutes. */
export async function beginPasskey(context: PeopleContext, { caller, password }: Begin): Promise<BeginPasskeyResult> {
  const person = await getPerson(context, caller)
  const refusal = isFresh(person) ? undefined : await confirmPassword(context, { person, password })
  if (refusal !== undefined) return refusal
  if ((await context.db.$count(passkey, eq(passkey.userId, person.id))) >= passkeysMax) return { kind: 'too_many' }
  const { headers, response } = await context.auth.server.api.generatePasskeyRegistrationOptions({
    headers: authHeaders(caller),
    returnHeaders: true,
  })
  // What the browser shows and keeps as the name of the place; the plugin knows only the one that the software was built with.
  const { name } = await readSiteSettings(context.db)
  const options = { ...response, rp: { ...response.rp, name } }
  return { kind: 'begun', options, cookies: headers.getSetCookie() }
}

interface Add {
  readonly caller: Caller
  readonly name: string
  /** What the browser made, as JSON. */
  readonly credential: string
}

export type AddPasskeyResult = { readonly kind: 'added' } | { readonly kind: 'failed' }

export async function addPasskey(context: PeopleContext, { caller, name, credential }: Add): Promise<AddPasskeyResult> {
  const person = await getPerson(context, caller)
  const response = parseCredential(credential)
  if (response === undefined) return { kind: 'failed' }
  try {
    await context.auth.server.api.verifyPasskeyRegistration({
      body: { response, name: parseName(name).problem === undefined ? parseName(name).value : 'Passkey' },
      headers: authHeaders(caller),
    })
  } catch (error) {
    if (isAPIError(error)) return { kind: 'failed' }
    throw error
  }
  const { mail, baseUrl } = context
  await context.db.transaction(async (tx) => {
    const notice = passkeyAdded({ name: person.name, securityUrl: `${baseUrl}/account/security` })
    await mail.enqueue({ ...notice, to: person.email, template: 'passkey-added' }, { tx })
    await audit(tx, { person, action: 'person.add_passkey' })
  })
  return { kind: 'added' }
}

interface OfPasskey {
  readonly caller: Caller
  readonly passkeyId: string
}

/** A name that can't be shown, or a passkey that is not theirs, changes nothing. */
export async function renamePasskey(
  context: PeopleContext,
  { caller, passkeyId, name: text }: OfPasskey & { readonly name: string },
): Promise<void> {
  const person = await getPerson(context, caller)
  const name = parseName(text)
  if (name.problem !== undefined) return
  await context.db
    .update(passkey)
    .set({ name: name.value })
    .where(and(eq(passkey.id, passkeyId), eq(passkey.userId, person.id)))
}

export async function removePasskey(context: PeopleContext, { caller, passkeyId }: OfPasskey): Promise<void> {
  const person = await getPerson(context, caller)
  await context.db.transaction(async (tx) => {
    const { rowCount } = await tx.delete(passkey).where(and(eq(passkey.id, passkeyId), eq(passkey.userId, person.id)))
    if (rowCount === 1) await audit(tx, { person, action: 'person.remove_passkey' })
  })
}

const audit = (tx: Transaction, { person, action }: { person: Person; action: string }): Promise<void> =>
  recordAudit(tx, { userId: person.id, action, resource: 'person', resourceId: person.id })
