import type { AccountViewer } from '#src/identity/index.ts'
import type { WebServices } from '#src/web/context.ts'
import type { OpenItems } from './operator-links.ts'

interface Asked {
  readonly services: Pick<WebServices, 'claims' | 'reports' | 'receipts'>
  readonly viewer: AccountViewer | undefined
  readonly pathname: string
}

/** What the side navigation of operators counts; undefined on every other page. */
export async function openItemsOf({ services, viewer, pathname }: Asked): Promise<OpenItems | undefined> {
  if (viewer?.isOperator !== true || !/^\/(operator|sandbox)\//.test(pathname)) return undefined
  const [claims, reports, disputes] = await Promise.all([
    services.claims.countToDecide(),
    services.reports.countOpen(),
    services.receipts.countOpenDisputes(),
  ])
  return { claims, reports, disputes }
}
