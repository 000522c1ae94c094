// `pnpm bench NAME [--json]`: runs one benchmark. With --json the last line of standard output is its result as one object.
import type { Bench, CaseResult } from './harness.ts'
import { describeMachine } from './harness.ts'

const benches: Record<string, () => Promise<{ bench: Bench }>> = {
  billing: () => import('./billing.ts'),
  catalog: () => import('./catalog.ts'),
  identity: () => import('./identity.ts'),
  metering: () => import('./metering.ts'),
  start: () => import('./start.ts'),
  web: () => import('./web.ts'),
}

const [name = '', ...options] = process.argv.slice(2).filter((argument) => argument !== '--')
const asJson = options.includes('--json')
const load = benches[name]

if (load === undefined || options.some((option) => option !== '--json' && !option.startsWith('--cases='))) {
  process.stderr.write(`usage: pnpm bench ${Object.keys(benches).join('|')} [--json]\n`)
  process.exitCode = 2
} else {
  const { bench } = await load()
  const machine = describeMachine()
  process.stderr.write(
    `  ${bench.name} on ${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, Node ${machine.node}\n`,
  )
  const cases = await bench.run({ say: (line) => void process.stderr.write(`  ${line}\n`) })
  const table = `${tableOf(cases)}\n  floor: ${bench.floorIs}\n`
  if (asJson) {
    process.stderr.write(table)
    process.stdout.write(`${JSON.stringify({ name: bench.name, machine, cases })}\n`)
  } else {
    process.stdout.write(table)
  }
}

function tableOf(cases: readonly CaseResult[]): string {
  const header = [
    'case',
    'median',
    'min',
    'max',
    'unit',
    'p50 ms',
    'p99 ms',
    'CPU µs/op',
    'database',
    'floor',
    'ratio',
    'min',
    'max',
    'repeats',
  ]
  const rows = cases.map((result) => [
    result.case,
    result.median,
    result.min,
    result.max,
    result.unit,
    result.p50Ms,
    result.p99Ms,
    result.cpuUsPerOp,
    result.databaseCpuUsPerOp,
    result.floor,
    result.ratio,
    result.ratioMin,
    result.ratioMax,
    result.repeats,
  ])
  const cells = [header, ...rows.map((row) => row.map((cell) => (cell === undefined ? '–' : String(cell))))]
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map(
      (row) =>
        `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
    )
    .join('\n')
}
