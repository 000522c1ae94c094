// The few lines that a person sees when Rialto starts. Logs are something else: JSON on standard error (log.ts).
import { RIALTO_VERSION } from '#src/version.ts'

interface Step {
  readonly name: string
  readonly ms?: number | undefined
  readonly detail?: string
}

interface Failure {
  /** What happened, in one sentence. */
  readonly sentence: string
  readonly cause?: string
  /** The command that fixes it. */
  readonly remedy?: string
}

export interface Terminal {
  header(mode: string): void
  step(step: Step): void
  pair(name: string, value: string): void
  blank(): void
  failure(failure: Failure): void
}

const nameWidth = 15
const pairWidth = 12

/** Writes the start lines; `isQuiet` keeps everything but failures to itself (production, tests). */
export function createTerminal({ isQuiet, stream }: { isQuiet: boolean; stream: NodeJS.WritableStream }): Terminal {
  const write = (line: string): void => {
    if (!isQuiet) stream.write(`${line}\n`)
  }
  return {
    header: (mode) => write(`\n  Rialto ${RIALTO_VERSION.replace(/\.0$/, '')} · ${mode}`),
    step: ({ name, ms, detail }) =>
      write(`  ✓ ${name.padEnd(nameWidth)} ${seconds(ms).padStart(7)}   ${detail ?? ''}`.trimEnd()),
    pair: (name, value) => write(`  ${name.padEnd(pairWidth)}${value}`),
    blank: () => write(''),
    failure: ({ sentence, cause, remedy }) => {
      const lines = [
        `  ✗ ${sentence}`,
        ...(cause ? [`    Cause: ${cause}`] : []),
        ...(remedy ? [`    Try:   ${remedy}`] : []),
      ]
      process.stderr.write(`\n${lines.join('\n')}\n\n`)
    },
  }
}

const seconds = (ms: number | undefined): string => (ms === undefined ? '' : `${(ms / 1000).toFixed(1)} s`)
