// `pnpm test`: builds the pages, then checks, and every test that npm alone can bring. Nothing is skipped.
// `--long` runs the big numbers, `--infra` what needs tools from outside npm; both fail, never skip, without their means.
import { join } from 'node:path'
import { runSteps } from './steps.ts'
import { buildWebIfStale } from './web-build.ts'

const vitest = join('node_modules', 'vitest', 'vitest.mjs')
const own = new Set(['--long', '--infra'])
const passedOn = process.argv.slice(2).filter((argument) => !own.has(argument))
const projects = process.argv.includes('--long')
  ? ['long']
  : process.argv.includes('--infra')
    ? ['infra']
    : ['unit', 'integration', 'browser']

await buildWebIfStale()
// Beside each other: the checks fill the moments in which the tests wait.
const [checked, tested] = await Promise.all([
  runSteps([{ name: 'checks', command: process.execPath, args: [join('scripts', 'check.ts')] }]),
  runSteps([
    {
      name: 'tests',
      command: process.execPath,
      args: [vitest, 'run', ...projects.flatMap((project) => ['--project', project]), ...passedOn],
      isLive: true,
    },
  ]),
])
// Its output has scrolled away by now.
if (checked !== 0) process.stdout.write('  ✗ checks failed; `pnpm check` shows how\n')
process.exit(checked === 0 ? tested : checked)
