import type { WebContext } from '#src/web/context.ts'
import { createContext } from 'react-router'

/** The one door between the pages and the server. Matched by identity, so entry.server.tsx re-exports it to src/. */
export const webContext = createContext<WebContext>()
