// Runs commands one after another, one line each; the output of a failing one is shown whole.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface CommandStep {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Shows the command's own output as it comes. */
  readonly isLive?: boolean
  readonly env?: Readonly<Record<string, string>>
}

const rootDir = join(import.meta.dirname, '..')

/** The exit code of the first step that failed, or 0. */
export async function runSteps(steps: readonly CommandStep[]): Promise<number> {
  for (const step of steps) {
    const startedAt = performance.now()
    const { code, output } = await run(step)
    const seconds = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
    process.stdout.write(`  ${code === 0 ? '✓' : '✗'} ${step.name.padEnd(15)} ${seconds.padStart(7)}\n`)
    if (code !== 0) {
      process.stdout.write(`${output}\n`)
      return code
    }
  }
  return 0
}

function run({ command, args, isLive, env }: CommandStep): Promise<{ code: number; output: string }> {
  const child = spawn(command, [...args], {
    cwd: rootDir,
    stdio: ['ignore', isLive === true ? 'inherit' : 'pipe', isLive === true ? 'inherit' : 'pipe'],
    env: { ...process.env, ...env },
  })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }))
  })
}
