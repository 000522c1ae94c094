import { randomInt } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Database } from '#src/db/client.ts'
import type { Auth } from './auth.ts'
import { signIn } from './accounts/sign-in.ts'
import type { SignInResult } from './accounts/sign-in.ts'
import type { Caller } from './accounts/context.ts'

/** A person of the demo, with the password that the start lines show. */
export interface DemoPerson {
  readonly email: string
  readonly password: string
}

/** The address of each, by the part they play. */
export const demoAddresses = {
  buyer: 'buyer@demo.localhost',
  publisher: 'publisher@demo.localhost',
  operator: 'operator@demo.localhost',
} as const

export type DemoPart = keyof typeof demoAddresses

const people = [
  { email: demoAddresses.buyer, name: 'Bianca Buyer', role: 'user' },
  { email: demoAddresses.publisher, name: 'Paolo Publisher', role: 'user' },
  { email: demoAddresses.operator, name: 'Olivia Operator', role: 'admin' },
] as const

const stored = z.record(z.string(), z.string().min(12))

interface DemoOptions {
  readonly db: Database
  readonly auth: Auth
  readonly dataDir: string
}

/**
 * Makes the demo's people where they are missing. Their passwords are random, made once per installation and kept in its data
 * folder for its owner only. Whoever changed a password keeps it: only missing accounts are written. Demo mode only.
 */
export async function ensureDemoPeople({ db, auth, dataDir }: DemoOptions): Promise<readonly DemoPerson[]> {
  const passwords = await storedPasswords(dataDir)
  // better-auth writes on connections of its own; this one only keeps another process from doing the same meanwhile.
  await db.transaction(async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext('rialto.demo-people'))`)
    await addMissing(auth, passwords)
  })
  return people.map(({ email }) => ({ email, password: passwords[email] ?? '' }))
}

async function addMissing(auth: Auth, passwords: Readonly<Record<string, string>>): Promise<void> {
  const { internalAdapter, password: hasher } = await auth.server.$context
  for (const { email, name, role } of people) {
    if ((await internalAdapter.findUserByEmail(email)) !== null) continue
    const user = await internalAdapter.createUser(
      { email, name, role, emailVerified: true },
      { method: 'email-password' },
    )
    await internalAdapter.linkAccount({
      userId: user.id,
      providerId: 'credential',
      accountId: user.id,
      password: await hasher.hash(passwords[email] ?? ''),
    })
  }
}

interface Continuing {
  readonly caller: Caller
  readonly part: DemoPart
}

/**
 * Signs in as one of them with the password that the start lines show, for whoever sits at this machine; whether that is so, and
 * that this is a demo, is the caller's to know. `invalid_credentials` where that password was changed since.
 */
export async function signInAsDemoPerson(
  { auth, dataDir }: Pick<DemoOptions, 'auth' | 'dataDir'>,
  { caller, part }: Continuing,
): Promise<SignInResult> {
  const email = demoAddresses[part]
  const passwords = await storedPasswords(dataDir)
  return signIn({ auth }, { caller, form: { email, password: passwords[email] ?? '' } })
}

async function storedPasswords(dataDir: string): Promise<Readonly<Record<string, string>>> {
  const path = join(dataDir, 'demo-people.json')
  const fresh = Object.fromEntries(people.map(({ email }) => [email, readablePassword()]))
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  try {
    await writeFile(path, `${JSON.stringify(fresh, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
    return fresh
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return { ...fresh, ...stored.parse(JSON.parse(await readFile(path, 'utf8'))) }
  }
}

// No letters or digits that are mistaken for one another; 4 × 4 of 30 are 78 bits.
const alphabet = 'abcdefghjkmnpqrstuvwxyz2345679'

const readablePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('')).join(
    '-',
  )
