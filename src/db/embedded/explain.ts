// Turns what the system or PostgreSQL said into one sentence and its remedy. Pure, so each case is a unit test.
import { ownerOf } from './account.ts'
import type { Account } from './account.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import type { Layout } from './layout.ts'

type Doing = 'read' | 'own' | 'prepare' | 'initialise' | 'start'

interface Circumstances {
  doing: Doing
  layout: Layout
  account: Account
  error?: unknown
  /** The user id that owns the cluster, where that is what is wrong. */
  owner?: number
}

interface Case {
  /** Found in PostgreSQL's output or in the error's code. */
  sign: RegExp
  sentence: (context: Context) => string
  remedy: (context: Context) => string
}

interface Context extends Circumstances {
  words: string
}

const verbs: Record<Doing, string> = {
  read: 'read',
  own: 'use',
  prepare: 'prepare its data folder',
  initialise: 'create its data folder',
  start: 'start',
}

const cases: readonly Case[] = [
  {
    sign: /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/,
    sentence: ({ layout }) => `The disk that holds ${layout.dataDir} is full.`,
    remedy: () => 'free some space (df -h shows where), or set RIALTO_DATA_DIR to a folder on another disk',
  },
  {
    sign: /Read-only file system|EROFS/,
    sentence: ({ layout }) => `${layout.dataDir} is on a read-only file system.`,
    remedy: () => 'set RIALTO_DATA_DIR to a folder that can be written',
  },
  {
    sign: /spawn (EPERM|EINVAL)|\b(EPERM|EINVAL)\b.* chown /,
    sentence: () => 'PostgreSQL does not run as root, and this root lacks the right to start it as another user.',
    remedy: () => 'run Rialto as a normal user, or give the container the capabilities SETUID, SETGID and CHOWN',
  },
  {
    sign: /error while loading shared libraries|Library not loaded|cannot open shared object/,
    sentence: ({ words }) => `PostgreSQL's own libraries are incomplete (${lastLine(words)}).`,
    remedy: () => 'npx --yes pnpm@12.21.0 install --force',
  },
  {
    sign: /could not look up effective user ID/,
    sentence: ({ account }) => `User ${ownerOf(account)}, as whom PostgreSQL runs, has no entry in /etc/passwd.`,
    remedy: ({ account }) =>
      `echo 'rialto:x:${ownerOf(account)}:65534::/:/bin/false' >> /etc/passwd, or run Rialto as a user that has one`,
  },
  {
    sign: /could not create any TCP\/IP sockets|Address already in use|could not bind/,
    sentence: () => 'PostgreSQL found no free port on 127.0.0.1.',
    remedy: () => 'see what takes them (ss -ltn), or set DATABASE_URL to a PostgreSQL of your own',
  },
  {
    sign: /pre-existing shared memory block|postmaster\.pid" already exists/,
    sentence: ({ layout }) => `An earlier PostgreSQL of ${layout.cluster} is still ending its work.`,
    remedy: ({ layout }) =>
      `wait a minute and start again; if it stays, end the postgres processes that use ${layout.cluster}`,
  },
  {
    sign: /could not map anonymous shared memory|could not create shared memory|Cannot allocate memory|ENOMEM/,
    sentence: () => 'There is not enough memory to start PostgreSQL.',
    remedy: () => 'give this machine or container at least 512 MB, or set DATABASE_URL to a PostgreSQL elsewhere',
  },
  {
    sign: /incompatible with server|not compatible with this version/,
    sentence: ({ layout }) => `${layout.cluster} was made by another PostgreSQL version.`,
    remedy: () => 'start the Rialto version that made it, or set RIALTO_DATA_DIR to a new folder',
  },
  {
    sign: /could not locate a valid checkpoint record|could not find the database system|could not open file "(global\/pg_control|base|pg_wal)|invalid data in file|PANIC:/,
    sentence: ({ layout, words }) => `The data in ${layout.cluster} is damaged (${lastLine(words)}).`,
    remedy: ({ layout }) =>
      `restore a backup, or set RIALTO_DATA_DIR to a new folder; keep ${layout.cluster} to look into`,
  },
  {
    sign: /Permission denied|Operation not permitted|EACCES|EPERM|has wrong ownership|must be owned by/,
    sentence: ({ layout, account, doing, words }) =>
      `${whoRuns(account)} may not ${doing === 'read' ? 'read' : 'write'} ${layout.dataDir} (${lastLine(words)}).`,
    remedy: ({ layout, account }) =>
      account.kind === 'nobody'
        ? 'set RIALTO_DATA_DIR to a folder that can be reached without being root, such as /var/lib/rialto'
        : `sudo chown -R "$(id -u)" '${layout.dataDir}', or set RIALTO_DATA_DIR to a folder of your own`,
  },
  {
    sign: /ENOTDIR|EEXIST|Not a directory/,
    sentence: ({ layout }) => `${layout.dataDir} is not a folder.`,
    remedy: () => 'set RIALTO_DATA_DIR to a folder',
  },
]

export function explain(circumstances: Circumstances): EmbeddedDatabaseError {
  const { doing, layout, account, error, owner } = circumstances
  if (error instanceof EmbeddedDatabaseError) return error
  if (owner !== undefined) return wrongOwner({ layout, account, owner })

  const context: Context = { ...circumstances, words: wordsOf(error) }
  const found = cases.find(({ sign }) => sign.test(context.words))
  return new EmbeddedDatabaseError({
    sentence:
      found?.sentence(context) ?? `The embedded PostgreSQL could not ${verbs[doing]} (${lastLine(context.words)}).`,
    remedy: found?.remedy(context) ?? `read ${layout.logFile}, or set DATABASE_URL to a PostgreSQL of your own`,
    cause: error,
  })
}

function wrongOwner({ layout, account, owner }: { layout: Layout; account: Account; owner: number }) {
  const wanted = ownerOf(account)
  return new EmbeddedDatabaseError({
    sentence: `${layout.cluster} belongs to user ${owner}, and ${whoRuns(account)} needs it to belong to user ${wanted}: it was first started by someone else.`,
    remedy:
      account.kind === 'nobody'
        ? `start Rialto as that user (sudo -u '#${owner}' …), or hand the folder over: chown -R ${wanted} '${layout.cluster}'`
        : `sudo chown -R ${wanted} '${layout.dataDir}', or set RIALTO_DATA_DIR to a folder of your own`,
  })
}

const whoRuns = (account: Account): string => (account.kind === 'nobody' ? 'PostgreSQL, started by root,' : 'Rialto')

/** A failed program's stderr is in its error; an errno error carries its code and message. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error ?? '')
  const { stderr, code } = error as { stderr?: unknown; code?: unknown }
  return [typeof stderr === 'string' && stderr !== '' ? stderr : error.message, code].filter(Boolean).join('\n')
}

/** The line that tells most: PostgreSQL's last error, without its time stamp, else the last line there is. */
function lastLine(words: string): string {
  const lines = words
    .split('\n')
    .map((line) => line.replace(/^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\] /, '').trim())
    .filter((line) => line !== '')
  const telling = lines.findLast((line) => /\b(FATAL|PANIC|ERROR|error):/.test(line)) ?? lines.at(0) ?? 'no message'
  return telling.slice(0, 300)
}
