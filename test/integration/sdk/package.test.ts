import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, it } from 'vitest'

// The package as it would be published: built, with its publishConfig applied, and installed beside a stranger's program.

const run = promisify(execFile)
const rootDir = join(import.meta.dirname, '..', '..', '..')
const packageDir = join(rootDir, 'packages', 'sdk')
const tsc = join(rootDir, 'node_modules', '.bin', 'tsc')

interface Manifest {
  readonly files: readonly string[]
  readonly dependencies: Readonly<Record<string, string>>
  readonly publishConfig: Readonly<Record<string, unknown>>
}

let programDir: string
let publishedDir: string
let manifest: Manifest

beforeAll(async () => {
  programDir = await mkdtemp(join(tmpdir(), 'rialto-sdk-'))
  publishedDir = join(programDir, 'node_modules', '@rialto', 'sdk')
  await mkdir(publishedDir, { recursive: true })
  manifest = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as Manifest
  await writeFile(join(publishedDir, 'package.json'), JSON.stringify({ ...manifest, ...manifest.publishConfig }))
  await cp(join(packageDir, 'README.md'), join(publishedDir, 'README.md'))
  await run(tsc, ['-p', 'tsconfig.build.json', '--outDir', join(publishedDir, 'dist')], { cwd: packageDir })
  for (const name of Object.keys(manifest.dependencies)) {
    await symlink(await realpath(join(packageDir, 'node_modules', name)), join(programDir, 'node_modules', name))
  }
})
afterAll(() => rm(programDir, { recursive: true, force: true }))

async function compile(file: string): Promise<void> {
  const lib = ['es2023', 'esnext.disposable', 'dom']
  const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, types: [], lib }
  await writeFile(join(programDir, 'package.json'), '{"type":"module"}')
  await writeFile(join(programDir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
  await run(tsc, ['-p', programDir])
}

it('is in order', async () => {
  const { messages, pkg } = await publint({ pkgDir: publishedDir, pack: false, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
})

it('runs where nothing of this project is', async () => {
  await writeFile(
    join(programDir, 'program.mjs'),
    `import { Rialto, requestIdFor } from '@rialto/sdk'
     new Rialto({ baseUrl: 'https://market.example', clientId: 'a', clientSecret: 'b' }).batch()
     console.log(requestIdFor({ agent: 'agent', userId: 'ada', key: 'job 7' }), import.meta.resolve('@rialto/sdk'))`,
  )
  const { stdout } = await run(process.execPath, ['--no-experimental-strip-types', 'program.mjs'], { cwd: programDir })
  expect(stdout).toContain('f8ee1404-8281-5a86-a274-13a718b8360a')
  expect(stdout).toContain('@rialto/sdk/dist/index.js')
})

it('has an example in its README that can be copied', async () => {
  const readme = await readFile(join(publishedDir, 'README.md'), 'utf8')
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
  expect(example.trim().split('\n').length).toBeLessThanOrEqual(20)
  const around =
    'declare const process: { env: Record<string, string | undefined> }\ndeclare function think(text: string): string\n'
  await writeFile(join(programDir, 'example.ts'), around + example)
  await compile('example.ts')
})

it('tells a program with types which decisions there are', async () => {
  const program = (use: string) =>
    writeFile(
      join(programDir, 'program.ts'),
      `import { Rialto } from '@rialto/sdk'
       const rialto = new Rialto({ baseUrl: 'https://market.example', clientId: 'a', clientSecret: 'b' })
       const decision = await rialto.consume({ userId: 'ada', metric: 'texts' })
       export const word: string = ${use}`,
    )
  await program('decision.allowed ? decision.entryId : decision.reason')
  await compile('program.ts')
  await program('decision.entryId')
  await expect(compile('program.ts')).rejects.toMatchObject({
    stdout: expect.stringContaining("'entryId' does not exist"),
  })
})
