// `pnpm lighthouse [--url=ORIGIN] [--json]`: Lighthouse's phone profile over the pages that visitors see first, on the Chromium that
// the tests use. Without --url it starts a marketplace of its own. Lighthouse comes by npx, because it is as large as everything
// else here together and nobody needs it to build, run or test. Ends with 1 where a page misses its aims.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pino } from 'pino'
import { chromium } from 'playwright-core'
import { z } from 'zod'
import { openEmbeddedDatabase } from '#src/db/embedded/index.ts'
import { browserOptions } from '#test/support/browser-server.ts'
import { freePort } from '#test/support/free-port.ts'
import { startServer } from '../bench/marketplace/server-process.ts'
import { buildWebIfStale } from './web-build.ts'

const version = '13.5.0'
const rootDir = join(import.meta.dirname, '..')
const pages = ['/', '/agents', '/agents/openhands']
/** Of each page; the one with the middle LCP counts, as Lighthouse's authors advise for noisy machines. */
const runs = 3
const aims = { performance: 95, others: 100, lcpMs: 1_500 }

const audit = z.object({ numericValue: z.number() })
const reportSchema = z.object({
  categories: z.record(z.string(), z.object({ score: z.number() })),
  audits: z.looseObject({
    'first-contentful-paint': audit,
    'largest-contentful-paint': audit,
    'total-blocking-time': audit,
    'cumulative-layout-shift': audit,
    'total-byte-weight': audit,
  }),
})

interface PageResult {
  readonly path: string
  readonly performance: number
  readonly accessibility: number
  readonly bestPractices: number
  readonly seo: number
  readonly fcpMs: number
  readonly lcpMs: number
  readonly tbtMs: number
  readonly cls: number
  readonly bytes: number
}

const options = process.argv.slice(2).filter((argument) => argument !== '--')
const url = options.find((option) => option.startsWith('--url='))?.slice('--url='.length)
const results = url === undefined ? await withOwnServer(measure) : await measure(url)

if (options.includes('--json')) process.stdout.write(`${JSON.stringify({ version, aims, pages: results })}\n`)
else for (const result of results) process.stdout.write(`  ${lineOf(result)}\n`)
if (results.some(missesAims)) process.exitCode = 1

async function withOwnServer<T>(run: (origin: string) => Promise<T>): Promise<T> {
  await buildWebIfStale()
  const dataDir = await mkdtemp(join(tmpdir(), 'rialto-lighthouse-'))
  const database = await openEmbeddedDatabase({ dataDir, log: pino({ level: 'silent' }) })
  try {
    const server = await startServer({ databaseUrl: database.url, dataDir })
    try {
      return await run(server.origin)
    } finally {
      await server.stop()
    }
  } finally {
    await database.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function measure(origin: string): Promise<PageResult[]> {
  const port = await freePort()
  const usual = await browserOptions()
  const browser = await chromium.launch({ ...usual, args: [...(usual.args ?? []), `--remote-debugging-port=${port}`] })
  const outputDir = await mkdtemp(join(tmpdir(), 'rialto-lighthouse-'))
  try {
    const measured: PageResult[] = []
    for (const path of pages) {
      // A first visitor makes the page and compresses the files; those after them are measured.
      await fetch(origin + path)
      const each: PageResult[] = []
      for (let run = 0; run < runs; run += 1) {
        const file = join(outputDir, 'report.json')
        await runLighthouse([origin + path, `--port=${port}`, '--output=json', `--output-path=${file}`])
        each.push(resultOf(path, reportSchema.parse(JSON.parse(await readFile(file, 'utf8')))))
      }
      const middle = each.toSorted((a, b) => a.lcpMs - b.lcpMs)[Math.floor(runs / 2)]
      if (middle !== undefined) measured.push(middle)
      process.stderr.write(`  ${path} measured\n`)
    }
    return measured
  } finally {
    await browser.close()
    await rm(outputDir, { recursive: true, force: true })
  }
}

function runLighthouse(lighthouseArguments: readonly string[]): Promise<void> {
  const categories = '--only-categories=performance,accessibility,best-practices,seo'
  // Under the pinned Node: the system's own may be too old for it.
  const path = [join(rootDir, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter)
  const child = spawn('npx', ['--yes', `lighthouse@${version}`, ...lighthouseArguments, categories, '--quiet'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: path },
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`Lighthouse ended with ${String(code)}`))))
  })
}

function resultOf(path: string, { categories, audits }: z.infer<typeof reportSchema>): PageResult {
  const score = (category: string): number => Math.round((categories[category]?.score ?? 0) * 100)
  const ms = (name: 'first-contentful-paint' | 'largest-contentful-paint' | 'total-blocking-time'): number =>
    Math.round(audits[name].numericValue)
  return {
    path,
    performance: score('performance'),
    accessibility: score('accessibility'),
    bestPractices: score('best-practices'),
    seo: score('seo'),
    fcpMs: ms('first-contentful-paint'),
    lcpMs: ms('largest-contentful-paint'),
    tbtMs: ms('total-blocking-time'),
    cls: Number(audits['cumulative-layout-shift'].numericValue.toFixed(3)),
    bytes: audits['total-byte-weight'].numericValue,
  }
}

function missesAims({ performance, accessibility, bestPractices, seo, lcpMs }: PageResult): boolean {
  const others = Math.min(accessibility, bestPractices, seo)
  return performance < aims.performance || others < aims.others || lcpMs > aims.lcpMs
}

function lineOf(result: PageResult): string {
  const { path, performance, accessibility, bestPractices, seo, fcpMs, lcpMs, tbtMs, cls, bytes } = result
  const scores = `performance ${performance}, accessibility ${accessibility}, best practices ${bestPractices}, SEO ${seo}`
  const times = `FCP ${fcpMs} ms, LCP ${lcpMs} ms, TBT ${tbtMs} ms, CLS ${cls}, ${Math.round(bytes / 1024)} KB`
  return `${path.padEnd(20)} ${scores}; ${times}${missesAims(result) ? '  ← misses its aims' : ''}`
}
