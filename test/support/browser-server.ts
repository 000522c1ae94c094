import chromium, { inflate } from '@sparticuz/chromium'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { chromium as playwright } from 'playwright-core'
import type { LaunchOptions } from 'playwright-core'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    browserWsEndpoint: string
  }
}

const cacheDir = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'chromium')

// Without these it looks for the internet, and for a sandbox helper with special rights.
const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--font-render-hinting=none',
]

/** One Chromium, from an npm package alone, for the whole run. A machine that can't start it fails the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await playwright.launchServer(await browserOptions())
  project.provide('browserWsEndpoint', server.wsEndpoint())
  return () => server.close()
}

/** With which Playwright starts it. */
export async function browserOptions(): Promise<LaunchOptions> {
  const browser = await findBrowser()
  return {
    executablePath: browser.executablePath,
    args: browserArguments,
    headless: true,
    env: {
      ...process.env,
      ...(browser.libraryPath === ''
        ? {}
        : { LD_LIBRARY_PATH: browser.libraryPath, FONTCONFIG_FILE: browser.fontsFile }),
    },
  }
}

interface Browser {
  readonly executablePath: string
  readonly libraryPath: string
  /** A fontconfig file; without any font Chromium ends at its first page. */
  readonly fontsFile: string
}

/** RIALTO_TEST_BROWSER names a Chromium for platforms that the package has none for (it is built for Linux on x64). */
async function findBrowser(): Promise<Browser> {
  const own = process.env['RIALTO_TEST_BROWSER']
  return own === undefined ? unpack() : { executablePath: own, libraryPath: '', fontsFile: '' }
}

/** Unpacks the package's browser, libraries and fonts into the project's own cache; the package uses the TMPDIR it sees. */
async function unpack(): Promise<Browser> {
  await mkdir(cacheDir, { recursive: true })
  const bin = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin')
  const usual = process.env['TMPDIR']
  process.env['TMPDIR'] = cacheDir
  try {
    const [executablePath, libraries, fonts] = await Promise.all([
      chromium.executablePath(bin),
      inflate(join(bin, 'al2023.tar.br')),
      inflate(join(bin, 'fonts.tar.br')),
    ])
    return { executablePath, libraryPath: join(libraries, 'lib'), fontsFile: await describeFonts(fonts) }
  } finally {
    if (usual === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = usual
  }
}

/** The package's own description looks in the folders of a serverless host; this one names where the fonts really are. */
async function describeFonts(fontsDir: string): Promise<string> {
  const file = join(cacheDir, 'fonts.conf')
  const escaped = fontsDir.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  await writeFile(
    file,
    `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig><dir>${escaped}</dir><cachedir>${escaped}/.cache</cachedir></fontconfig>\n`,
  )
  return file
}
