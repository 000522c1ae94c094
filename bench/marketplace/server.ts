// Run by server-process.ts: `server.ts DATABASE_URL DATA_DIR [WEB_ROOT]`. The whole marketplace, as one process of its own.
import { readConfig } from '#src/config.ts'
import { createLog } from '#src/log.ts'
import { startMarketplace } from '#src/marketplace.ts'
import { createTerminal } from '#src/terminal.ts'
import { loadBuiltWeb, pageAges } from '#src/web/mount.ts'

const [databaseUrl, dataDir, webRoot] = process.argv.slice(2)
const config = readConfig({
  DATABASE_URL: databaseUrl,
  RIALTO_DATA_DIR: dataDir,
  PORT: '0',
  RIALTO_LOG_LEVEL: 'silent',
  RIALTO_ROLE: 'web',
  // A benchmark may ask on behalf of many.
  TRUSTED_PROXIES: '127.0.0.1,::1',
})
const marketplace = await startMarketplace({
  config,
  log: createLog(config),
  terminal: createTerminal({ isQuiet: true, stream: process.stderr }),
  loadWeb: () => loadBuiltWeb(webRoot ?? config.rootDir, { keeping: pageAges }),
})

process.on('message', (message) => {
  if (message === 'stop') void marketplace.stop().then(() => process.disconnect())
  else {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuUs: user + system })
  }
})
process.send?.({ origin: marketplace.deps.baseUrl })
