// Run by server-process.ts: `server.ts DATABASE_URL`. The whole marketplace but for the pages, which nobody asks for here.
import { readConfig } from '#src/config.ts'
import { createLog } from '#src/log.ts'
import { startMarketplace } from '#src/marketplace.ts'
import { createTerminal } from '#src/terminal.ts'

const config = readConfig({ DATABASE_URL: process.argv[2], PORT: '0', RIALTO_LOG_LEVEL: 'silent', RIALTO_ROLE: 'web' })
const marketplace = await startMarketplace({
  config,
  log: createLog(config),
  terminal: createTerminal({ isQuiet: true, stream: process.stderr }),
  loadWeb: async () => ({ isDevelopment: false, handle: async () => new Response(null, { status: 404 }) }),
})

process.on('message', (message) => {
  if (message === 'stop') void marketplace.stop().then(() => process.disconnect())
  else {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuUs: user + system })
  }
})
process.send?.({ origin: marketplace.deps.baseUrl })
