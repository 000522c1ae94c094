import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { AppContext } from '#src/http/api.ts'
import { createStoredAnswer } from '#src/http/stored-answer.ts'
import type { StoredAnswer } from '#src/http/stored-answer.ts'

/** The files of the build, from memory. */
export interface ClientFiles {
  /** The file that this request asks for, if it is one. */
  answer(c: AppContext): Promise<Response> | undefined
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/**
 * Reads the names once, so that no path can lead anywhere else, and each file when it is first asked for. A build is a few
 * megabytes, so what was read stays.
 */
export function createClientFiles(clientDir: string): ClientFiles {
  const known = new Map<string, string>()
  for (const entry of readdirSync(clientDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || contentTypes[extname(entry.name)] === undefined) continue
    const file = join(entry.parentPath, entry.name)
    known.set(`/${relative(clientDir, file).replaceAll(sep, '/')}`, file)
  }
  const stored = new Map<string, Promise<StoredAnswer>>()

  return {
    answer(c) {
      if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return undefined
      const { path } = c.req
      const file = known.get(path)
      if (file === undefined) return undefined
      let answer = stored.get(path)
      if (answer === undefined) {
        answer = store(path, file)
        stored.set(path, answer)
        // A file that could not be read once is tried again.
        answer.catch(() => stored.delete(path))
      }
      return answer.then((found) => found.respond(c))
    },
  }
}

/** Names with a hash are immutable, the rest is revalidated hourly. */
async function store(path: string, file: string): Promise<StoredAnswer> {
  return createStoredAnswer({
    status: 200,
    headers: {
      'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
      vary: 'Accept-Encoding',
    },
    body: await readFile(file),
    effort: 'small',
  })
}
