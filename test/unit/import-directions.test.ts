import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'

const rootDir = join(import.meta.dirname, '..', '..')
const planted: string[] = []

/** Puts a file into the tree, lints it with the project's own rules and gives what the linter said. */
async function lint(path: string, source: string): Promise<string> {
  const file = join(rootDir, path)
  planted.push(file)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, source)
  const oxlint = join(rootDir, 'node_modules', '.bin', 'oxlint')
  const result = await promisify(execFile)(oxlint, ['--no-ignore', path], { cwd: rootDir }).catch(
    (error: { stdout: string }) => error,
  )
  return result.stdout
}

afterEach(async () => {
  for (const file of planted.splice(0)) await rm(file, { force: true })
})

const violations = [
  ['lib imports the configuration', 'src/lib/planted.ts', "import { readConfig } from '#src/config.ts'"],
  ['db imports a feature', 'src/db/planted.ts', "import { searchAgents } from '#src/features/catalog/index.ts'"],
  [
    'identity imports a feature',
    'src/identity/planted.ts',
    "import { searchAgents } from '#src/features/catalog/index.ts'",
  ],
  ['metering imports a feature', 'src/metering/planted.ts', "import { x } from '#src/features/catalog/index.ts'"],
  ['an integration imports the app', 'src/integrations/planted.ts', "import { createApp } from '#src/app.ts'"],
  ['http imports the store', 'src/http/planted.ts', "import { createPool } from '#src/db/client.ts'"],
  ['a feature reaches into another', 'src/features/planted.ts', "import { x } from '#src/features/catalog/queries.ts'"],
  ['a feature imports the app', 'src/features/planted.ts', "import { createApp } from '#src/app.ts'"],
  ['a page imports a value of the server', 'web/planted.ts', "import { readConfig } from '#src/config.ts'"],
  ['the SDK imports the server', 'packages/planted.ts', "import { readConfig } from '#src/config.ts'"],
] as const

describe('import directions', () => {
  it.each(violations)('%s: refused', async (_, path, source) => {
    expect(await lint(path, `${source}\n`)).toContain('restricted')
  })

  it('a page may import the server’s types', async () => {
    const source = "import type { Config } from '#src/config.ts'\nexport type Planted = Config\n"
    expect(await lint('web/planted.ts', source)).not.toContain('restricted')
  })

  it('process.env is read in the configuration only', async () => {
    expect(await lint('src/planted.ts', 'export const planted = process.env.HOME\n')).toContain('no-process-env')
  })

  it('a circle of imports is refused', async () => {
    await lint('src/planted-a.ts', "import { b } from './planted-b.ts'\nexport const a = (): number => b()\n")
    const said = await lint(
      'src/planted-b.ts',
      "import { a } from './planted-a.ts'\nexport const b = (): number => a()\n",
    )
    expect(said).toContain('no-cycle')
  })
})
