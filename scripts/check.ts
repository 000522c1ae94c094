// `pnpm check`: types, lint, format, unused code. `pnpm fix` lets the linter and the formatter mend what they can.
import { join } from 'node:path'
import { runSteps } from './steps.ts'

const isFixing = process.argv.includes('--fix')
const bin = (name: string): string => join('node_modules', '.bin', name)

const typesKeptIn = ['--tsBuildInfoFile', join('node_modules', '.cache', 'types.json')]

const steps = [
  {
    name: 'route types',
    command: process.execPath,
    args: [join('node_modules', '@react-router', 'dev', 'bin.cjs'), 'typegen'],
  },
  // One checker: four of them do half of the work twice, on two cores. What it found out is kept for the next time.
  { name: 'types', command: bin('tsc'), args: ['--noEmit', '--checkers', '1', '--incremental', ...typesKeptIn] },
  { name: 'lint', command: bin('oxlint'), args: [...(isFixing ? ['--fix'] : []), '--deny-warnings'] },
  { name: 'format', command: bin('oxfmt'), args: isFixing ? ['.'] : ['--check', '.'] },
  { name: 'unused code', command: process.execPath, args: [join('node_modules', 'knip', 'bin', 'knip.js')] },
]

process.exit(await runSteps(steps))
