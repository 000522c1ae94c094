import { LRUCache } from 'lru-cache'
import type { StoredAnswer } from '#src/http/stored-answer.ts'

/** How long an answer is given again, in milliseconds since it was made. */
export interface PageAges {
  /** Given as it is. */
  readonly freshMs: number
  /** After that: given once more, while one request makes it anew. */
  readonly staleMs: number
  /** Given instead of a failure, when making it anew fails. */
  readonly outageMs: number
}

/** What making a page came to: one for everybody, or one that is nobody's but the asker's. */
export type MadePage = SharedPage | OwnPage

interface SharedPage {
  readonly kind: 'shared'
  readonly answer: StoredAnswer
  /** The Content-Security-Policy that goes with it; undefined: the usual one. */
  readonly policy?: string
}

interface OwnPage {
  readonly kind: 'own'
  readonly response: Response
  readonly policy?: string
}

interface PageCacheOptions {
  readonly ages: PageAges
  readonly bytesMax: number
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number
  /** Told what nobody waits for: a page that failed to be made anew in the background. */
  readonly onError: (error: unknown) => void
}

interface Entry {
  readonly page: SharedPage
  readonly madeAt: number
}

export interface PageCache {
  /** Whether something is kept under this key, of whatever age. */
  has(key: string): boolean
  /**
   * The page under this key. Made once for all who ask at the same time; `undefined` for those who waited for a page that turned
   * out to be the first asker's own, so that they make theirs.
   */
  get(key: string, make: () => Promise<MadePage>): Promise<MadePage | undefined>
}

/** What an entry takes beside its body and its key: headers, policy, promises. Else redirects without a body would hardly count. */
const overheadBytes = 2_048
/** One entry takes an eighth at most, so that one huge page can't push out the rest. */
const shareMax = 8

export function createPageCache({ ages, bytesMax, now, onError }: PageCacheOptions): PageCache {
  const entries = new LRUCache<string, Entry>({
    maxSize: bytesMax,
    maxEntrySize: Math.floor(bytesMax / shareMax),
    sizeCalculation: ({ page }, key) => page.answer.bytesMax + key.length * 2 + overheadBytes,
  })
  const underWay = new Map<string, Promise<MadePage | undefined>>()

  const make = async (key: string, makePage: () => Promise<MadePage>): Promise<MadePage> => {
    const madeAt = now()
    const page = await makePage()
    if (page.kind === 'shared') entries.set(key, { page, madeAt })
    // A failure says nothing about what was there; anything else does: the page has become another.
    else if (page.response.status < 500) entries.delete(key)
    return page
  }

  /** Starts making the page, and lets others wait for it; what they get is never an answer that is the first asker's. */
  const start = (key: string, makePage: () => Promise<MadePage>): Promise<MadePage> => {
    const made = make(key, makePage)
    const shared = made.then(
      (page) => (page.kind === 'shared' ? page : undefined),
      () => undefined,
    )
    underWay.set(
      key,
      shared.finally(() => underWay.delete(key)),
    )
    return made
  }

  const insteadOfFailure = (entry: Entry | undefined): MadePage | undefined =>
    entry !== undefined && now() - entry.madeAt < ages.outageMs ? entry.page : undefined

  return {
    has: (key) => entries.has(key),
    async get(key, makePage) {
      const entry = entries.get(key)
      const age = entry === undefined ? Number.POSITIVE_INFINITY : now() - entry.madeAt
      if (entry !== undefined && age < ages.freshMs + ages.staleMs) {
        if (age >= ages.freshMs && !underWay.has(key)) start(key, makePage).catch(onError)
        return entry.page
      }
      const others = underWay.get(key)
      if (others !== undefined) return (await others) ?? insteadOfFailure(entries.get(key))
      try {
        const page = await start(key, makePage)
        const isFailure = page.kind === 'own' && page.response.status >= 500
        return isFailure ? (insteadOfFailure(entry) ?? page) : page
      } catch (error) {
        const older = insteadOfFailure(entry)
        if (older === undefined) throw error
        onError(error)
        return older
      }
    },
  }
}
