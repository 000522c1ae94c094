import { expect, test } from 'vitest'
import { explain } from './explain.ts'
import { layoutOf } from './layout.ts'

const layout = layoutOf('/srv/rialto')
const own = { kind: 'own' } as const
const nobody = { kind: 'nobody', uid: 65_534, gid: 65_534 } as const

const said = [
  {
    situation: 'a disk that fills while the cluster is made',
    words:
      'initdb: error: could not write file "/proc/self/cwd/postgresql.conf": No space left on device\ninitdb: removing contents of data directory',
    sentence: 'The disk that holds /srv/rialto is full.',
    remedy: 'df -h',
  },
  {
    situation: 'a disk that is full at a start',
    words:
      '2026-11-22 15:54:09.974 UTC [28144] FATAL:  could not write to file "pg_wal/xlogtemp.28144": No space left on device\n2026-11-22 15:54:09.980 UTC [28138] LOG:  shutting down due to startup process failure',
    sentence: 'The disk that holds /srv/rialto is full.',
    remedy: 'RIALTO_DATA_DIR',
  },
  {
    situation: 'no port to be had',
    words:
      'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL:  could not create any TCP/IP sockets',
    sentence: 'PostgreSQL found no free port on 127.0.0.1.',
    remedy: 'ss -ltn',
  },
  {
    situation: 'workers of a killed server that still run',
    words: 'FATAL:  pre-existing shared memory block (key 10043463, ID 5) is still in use',
    sentence: 'An earlier PostgreSQL of /srv/rialto/postgres is still ending its work.',
    remedy: 'wait a minute',
  },
  {
    situation: 'too little memory',
    words: 'FATAL:  could not map anonymous shared memory: Cannot allocate memory',
    sentence: 'There is not enough memory to start PostgreSQL.',
    remedy: '512 MB',
  },
  {
    situation: 'a library that is missing',
    words: 'initdb: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file',
    sentence:
      "PostgreSQL's own libraries are incomplete (initdb: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file).",
    remedy: 'install --force',
  },
  {
    situation: 'a user that the system does not know',
    words: 'initdb: error: could not look up effective user ID 4711: user does not exist',
    sentence: `User ${process.geteuid?.()}, as whom PostgreSQL runs, has no entry in /etc/passwd.`,
    remedy: '/etc/passwd',
  },
  {
    situation: 'damaged data',
    words: '2026-11-22 10:00:00.000 UTC [7] PANIC:  could not locate a valid checkpoint record at 0/1544A48',
    sentence:
      'The data in /srv/rialto/postgres is damaged (PANIC:  could not locate a valid checkpoint record at 0/1544A48).',
    remedy: 'backup',
  },
  {
    situation: 'something nobody has foreseen',
    words: '2026-11-22 10:00:00.000 UTC [7] FATAL:  the moon is wrong\nHINT:  wait',
    sentence: 'The embedded PostgreSQL could not start (FATAL:  the moon is wrong).',
    remedy: 'read /srv/rialto/logs/postgres.log',
  },
]

test.each(said)('$situation is explained', ({ words, sentence, remedy }) => {
  const explained = explain({ doing: 'start', layout, account: own, error: new Error(words) })
  expect(explained.sentence).toBe(sentence)
  expect(explained.remedy).toContain(remedy)
})

test('an error of the file system is explained by its code', () => {
  const error = Object.assign(new Error("mkdir '/srv/rialto'"), { code: 'EROFS' })
  expect(explain({ doing: 'prepare', layout, account: own, error }).sentence).toBe(
    '/srv/rialto is on a read-only file system.',
  )
})

test('the output of a failed program tells more than the message that it failed', () => {
  const error = Object.assign(new Error('Command failed: initdb'), {
    code: 1,
    stderr: 'initdb: error: No space left on device',
  })
  expect(explain({ doing: 'initialise', layout, account: own, error }).sentence).toContain('is full')
})

test('a closed folder is handed over by its owner, or for root moved to where everyone may go', () => {
  const error = new Error('could not open directory: Permission denied')
  const forUser = explain({ doing: 'start', layout, account: own, error })
  expect(forUser.sentence).toBe('Rialto may not write /srv/rialto (could not open directory: Permission denied).')
  expect(forUser.remedy).toContain(`chown -R "$(id -u)" '/srv/rialto'`)
  expect(explain({ doing: 'start', layout, account: nobody, error }).remedy).toContain('such as /var/lib/rialto')
})

test.each(['spawn EPERM', "EPERM: operation not permitted, chown '/srv/rialto/postgres.new-x'"])(
  'a root that may not become another user is told so (%s)',
  (message) => {
    expect(explain({ doing: 'start', layout, account: nobody, error: new Error(message) }).remedy).toContain('SETUID')
  },
)

test('a cluster of another user names both users and the command that hands it over', () => {
  const { sentence, remedy } = explain({ doing: 'own', layout, account: nobody, owner: 1000 })
  expect(sentence).toContain('belongs to user 1000')
  expect(sentence).toContain('user 65534')
  expect(remedy).toContain("chown -R 65534 '/srv/rialto/postgres'")
})
