// The development process: Vite in middleware mode beside the real server, in one HTTP server.
import { createServer as createViteServer } from 'vite'
import type { ServerBuild } from 'react-router'
import { main } from '../src/main.ts'
import { createWebApp } from '../src/web/mount.ts'

await main({
  loadWeb: async () => {
    const vite = await createViteServer({ server: { middlewareMode: true }, appType: 'custom' })
    return createWebApp({
      load: async () => (await vite.ssrLoadModule('virtual:react-router/server-build')) as ServerBuild,
      files: undefined,
      middleware: vite.middlewares,
    })
  },
})
