import { createHmac, randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import type { Layout } from './layout.ts'

/** Undefined when there is no password file. */
export async function findPassword(layout: Layout): Promise<string | undefined> {
  const text = await readFile(layout.passwordFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text?.trim()
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
