import { describe, expect, it } from 'vitest'
import { createStoredAnswer } from '#src/http/stored-answer.ts'
import { createPageCache } from './page-cache.ts'
import type { MadePage, PageCache } from './page-cache.ts'

const ages = { freshMs: 2_000, staleMs: 8_000, outageMs: 60_000 }

interface Bench {
  readonly cache: PageCache
  readonly errors: unknown[]
  /** How often a page was made. */
  count: number
  now: number
}

function bench(bytesMax = 1_000_000): Bench {
  const errors: unknown[] = []
  const made: Bench = {
    errors,
    count: 0,
    now: 0,
    cache: createPageCache({ ages, bytesMax, now: () => made.now, onError: (error) => errors.push(error) }),
  }
  return made
}

const shared = (text: string): MadePage => ({
  kind: 'shared',
  answer: createStoredAnswer({ status: 200, headers: { text }, body: Buffer.from(text), effort: 'quick' }),
})
const own = (status: number): MadePage => ({ kind: 'own', response: new Response(null, { status }) })

/** What the asker got: a shared page's text, or the status of its own. */
const got = (page: MadePage | undefined): string | number | undefined =>
  page?.kind === 'shared' ? page.answer.headers['text'] : page?.response.status

const ask = async (on: Bench, page: MadePage | Error, key = '/'): Promise<string | number | undefined> =>
  got(
    await on.cache.get(key, async () => {
      on.count += 1
      if (page instanceof Error) throw page
      return page
    }),
  )

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describe('a kept page', () => {
  it('is given again while it is fresh, under its own key only', async () => {
    const on = bench()
    expect(await ask(on, shared('one'))).toBe('one')
    on.now = 1_999
    expect(await ask(on, shared('two'))).toBe('one')
    expect(await ask(on, shared('other'), '/agents')).toBe('other')
    expect(on.count).toBe(2)
  })

  it('is given once more when it is stale, while it is made anew', async () => {
    const on = bench()
    await ask(on, shared('one'))
    on.now = 2_000
    expect(await ask(on, shared('two'))).toBe('one')
    await settled()
    expect(await ask(on, shared('three'))).toBe('two')
    expect(on.count).toBe(2)
  })

  it('is never given when it is older than fresh and stale together', async () => {
    const on = bench()
    await ask(on, shared('one'))
    on.now = 10_000
    expect(await ask(on, shared('two'))).toBe('two')
  })

  it('is made once for all who ask at the same time', async () => {
    const on = bench()
    const release = Promise.withResolvers<MadePage>()
    const asked = Array.from({ length: 50 }, () =>
      on.cache.get('/', () => {
        on.count += 1
        return release.promise
      }),
    )
    release.resolve(shared('one'))
    expect(new Set((await Promise.all(asked)).map(got))).toEqual(new Set(['one']))
    expect(on.count).toBe(1)
  })

  it('makes room for newer ones, and takes nothing that is larger than its share', async () => {
    const on = bench(100_000)
    const text = 'x'.repeat(1_000)
    for (let page = 0; page < 30; page += 1) await ask(on, shared(text), `/${page}`)
    await ask(on, shared(text), '/0')
    expect(on.count).toBe(31)
    await ask(on, shared('y'.repeat(6_000)), '/large')
    await ask(on, shared('y'.repeat(6_000)), '/large')
    expect(on.count).toBe(33)
  })

  it('counts what every entry takes, so that redirects without a body fill no memory', async () => {
    const on = bench(100_000)
    const keys = Array.from({ length: 200 }, (_, page) => `/${page}`)
    for (const key of keys) await ask(on, shared(''), key)
    const kept = keys.filter((key) => on.cache.has(key)).length
    expect(kept).toBeGreaterThan(20)
    expect(kept).toBeLessThan(50)
  })
})

describe('a page that is nobody’s but the asker’s', () => {
  it('goes to the asker alone, is not kept, and those who waited make their own', async () => {
    const on = bench()
    const release = Promise.withResolvers<MadePage>()
    const first = on.cache.get('/', () => release.promise)
    const second = on.cache.get('/', () => Promise.reject(new Error('made twice')))
    release.resolve(own(404))
    expect(got(await first)).toBe(404)
    expect(await second).toBeUndefined()
    expect(await ask(on, own(404))).toBe(404)
  })

  it('ends what was kept before', async () => {
    const on = bench()
    await ask(on, shared('one'))
    on.now = 2_000
    await ask(on, own(410))
    await settled()
    expect(await ask(on, own(410))).toBe(410)
  })
})

describe('while pages can’t be made', () => {
  it('an older page is given for a while', async () => {
    const on = bench()
    await ask(on, shared('one'))
    for (on.now = 5_000; on.now < ages.outageMs; on.now += 5_000) expect(await ask(on, own(503))).toBe('one')
    on.now = ages.outageMs
    expect(await ask(on, own(503))).toBe(503)
  })

  it('so it is where making one throws', async () => {
    const on = bench()
    await ask(on, shared('one'))
    on.now = ages.outageMs - 1
    expect(await ask(on, new Error('the database is away'))).toBe('one')
    on.now = ages.outageMs
    await expect(ask(on, new Error('the database is away'))).rejects.toThrow('away')
  })

  it('says what failed where nobody waited for it', async () => {
    const on = bench()
    await ask(on, shared('one'))
    on.now = 2_000
    await ask(on, new Error('the database is away'))
    await settled()
    expect(on.errors).toHaveLength(1)
  })

  it('is well again by itself', async () => {
    const on = bench()
    await ask(on, shared('one'))
    on.now = 20_000
    await ask(on, own(503))
    expect(await ask(on, shared('two'))).toBe('two')
  })
})
