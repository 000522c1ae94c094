// `pnpm dev`: the same as start, with reload. Pages reload through Vite; the server restarts when src/ changes.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const rootDir = join(import.meta.dirname, '..')
const child = spawn(
  process.execPath,
  ['--watch-preserve-output', `--watch-path=${join(rootDir, 'src')}`, join(rootDir, 'scripts', 'dev-server.ts')],
  { stdio: 'inherit', cwd: rootDir },
)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 0))
