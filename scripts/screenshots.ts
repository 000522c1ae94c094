// `pnpm screenshots`: photographs a demo server that really runs, with what people did at its pages and nothing else, into
// docs/screenshots. The names stay the same, so that a change of a page is a change of its picture.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { BrowserContextOptions } from 'playwright-core'
import sharp from 'sharp'
import { browserOptions } from '#test/support/browser-server.ts'
import { startProcess } from '#test/support/start-process.ts'
import { buildWebIfStale } from './web-build.ts'
import { people } from './screenshots/people.ts'
import type { People } from './screenshots/people.ts'
import { shots } from './screenshots/shots.ts'
import type { Shot } from './screenshots/shots.ts'
import { liveThrough } from './screenshots/story.ts'

const targetDir = join(import.meta.dirname, '..', 'docs', 'screenshots')
const bytesMax = 200 * 1024

const screens: Readonly<Record<Shot['screen'], BrowserContextOptions>> = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
}

await buildWebIfStale()
const dataDir = await mkdtemp(join(tmpdir(), 'rialto-screenshots-'))
const server = startProcess({ RIALTO_DATA_DIR: dataDir, PORT: '0' })
const browser = await chromium.launch(await browserOptions())
try {
  const baseURL = await server.origin()
  const everybody = await people({ browser, baseURL, said: server.output() })
  const made = await liveThrough(everybody)
  await mkdir(targetDir, { recursive: true })
  for (const shot of shots(made)) await take(shot, everybody)
} finally {
  await browser.close()
  server.child.kill('SIGTERM')
  await server.ended()
  await rm(dataDir, { recursive: true, force: true })
}

async function take(shot: Shot, { as }: People): Promise<void> {
  const page = await as(shot.by, { ...screens[shot.screen], colorScheme: shot.theme, reducedMotion: 'reduce' })
  await page.goto(shot.path)
  await page.waitForLoadState('networkidle')
  await shot.act?.(page)
  const picture = await sharp(await page.screenshot())
    .png({ palette: true, colours: 128, effort: 10 })
    .toBuffer()
  await page.context().close()
  if (picture.byteLength > bytesMax) throw new Error(`${shot.name} takes ${picture.byteLength} bytes`)
  await writeFile(join(targetDir, `${shot.name}-${shot.screen}-${shot.theme}.png`), picture)
  process.stdout.write(`  ✓ ${shot.name.padEnd(15)} ${String(Math.round(picture.byteLength / 1024)).padStart(4)} kB\n`)
}
