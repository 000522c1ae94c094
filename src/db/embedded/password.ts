import { createHmac, randomUUID } from 'node:crypto'
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises'
import type { Layout } from './layout.ts'

/** Undefined when there is no password file. A copy or a restore may have opened it to others: closes it again. */
export async function findPassword(layout: Layout): Promise<string | undefined> {
  try {
    const text = (await readFile(layout.passwordFile, 'utf8')).trim()
    if (text === '') await rm(layout.passwordFile)
    else await chmod(layout.passwordFile, 0o600)
    return text === '' ? undefined : text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Keeps the password of this data folder, mode 0600; of two processes at once, both get the one that came first. */
export async function createPassword(layout: Layout, password: string): Promise<string> {
  const draft = `${layout.passwordFile}.${randomUUID()}`
  await writeFile(draft, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    // A link appears with its content complete and never replaces another, which a rename would.
    await link(draft, layout.passwordFile).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
  return (await readFile(layout.passwordFile, 'utf8')).trim()
}

/** The application's own password: knowing it does not reveal the superuser's. */
export const applicationPassword = (superuserPassword: string): string =>
  createHmac('sha256', superuserPassword).update('role rialto').digest('base64url')
