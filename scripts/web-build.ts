// Builds the pages with Vite, only when what they are made of changed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const rootDir = join(import.meta.dirname, '..')
const distDir = join(rootDir, 'dist')
const webDir = join(distDir, 'web')
const stampPath = join(webDir, '.sources')

/** Thrown with the tail of Vite's own output. */
export class WebBuildError extends Error {
  override readonly name = 'WebBuildError'
}

/** How long the build took, or undefined when the built pages are current. */
export async function buildWebIfStale(): Promise<number | undefined> {
  const wanted = await fingerprint()
  const built = existsSync(stampPath) ? await readFile(stampPath, 'utf8') : ''
  if (built === wanted) return undefined

  const startedAt = performance.now()
  // Built beside and moved into place, so that a running server or a second start never sees half a build.
  const buildDir = join(distDir, `web-${process.pid}`)
  await rm(buildDir, { recursive: true, force: true })
  await mkdir(distDir, { recursive: true })
  await runVite(buildDir)
  await writeFile(join(buildDir, '.sources'), wanted)
  const oldDir = join(distDir, `old-${process.pid}`)
  if (existsSync(webDir)) await rename(webDir, oldDir)
  await rename(buildDir, webDir)
  await rm(oldDir, { recursive: true, force: true })
  return performance.now() - startedAt
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  const patterns = [
    'web/**/*',
    'vite.config.ts',
    'react-router.config.ts',
    'pnpm-lock.yaml',
    'src/db/seed/directory/*.json',
  ]
  const files: string[] = []
  for await (const entry of glob(patterns, { cwd: rootDir, withFileTypes: true })) {
    if (entry.isFile() && !entry.name.includes('.test.')) files.push(join(entry.parentPath, entry.name))
  }
  const contents = await Promise.all(
    files.toSorted().map(async (file) => [file.slice(rootDir.length), await readFile(file)] as const),
  )
  for (const [file, content] of contents) hash.update(file).update('\0').update(content).update('\0')
  return hash.digest('hex')
}

const outputBytesMax = 64 * 1024

function runVite(buildDir: string): Promise<void> {
  const cli = join(rootDir, 'node_modules', '@react-router', 'dev', 'bin.cjs')
  const child = spawn(process.execPath, [cli, 'build'], {
    cwd: rootDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', RIALTO_WEB_BUILD_DIR: buildDir },
  })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-outputBytesMax)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else
        reject(new WebBuildError(`The pages could not be built:\n${output.trim().split('\n').slice(-20).join('\n')}`))
    })
  })
}
