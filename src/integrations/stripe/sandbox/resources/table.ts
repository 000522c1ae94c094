import { accountRoutes } from './account.ts'
import { catalogueRoutes } from './catalogue.ts'
import { checkoutRoutes } from './checkout.ts'
import { creditNoteRoutes } from './credit-notes.ts'
import { customerRoutes } from './customers.ts'
import { invoiceRoutes } from './invoices.ts'
import { paymentMethodRoutes } from './payment-methods.ts'
import { paymentRoutes } from './payments.ts'
import type { Path, Routes } from './routes.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import type { Route } from '../vocabulary.ts'

/** Every route that vocabulary.ts names: the type says so. */
export const routes: Routes = {
  ...accountRoutes,
  ...catalogueRoutes,
  ...customerRoutes,
  ...paymentMethodRoutes,
  ...paymentRoutes,
  ...checkoutRoutes,
  ...subscriptionRoutes,
  ...invoiceRoutes,
  ...creditNoteRoutes,
}

export interface Match {
  readonly route: Route
  readonly path: Path
}

/** A literal part wins over a placeholder, so `/invoices/create_preview` is no invoice's id. */
export function findRoute(method: string, pathname: string): Match | undefined {
  const parts = pathname.split('/')
  let best: (Match & { placeholders: number }) | undefined
  for (const route of Object.keys(routes) as Route[]) {
    const [routeMethod = '', pattern = ''] = route.split(' ')
    const names = pattern.split('/')
    if (routeMethod !== method || names.length !== parts.length) continue
    const path: Record<string, string> = {}
    const matches = names.every((name, position) => {
      const part = parts[position] ?? ''
      if (!name.startsWith(':')) return name === part
      path[name.slice(1)] = decodeURIComponent(part)
      return part !== ''
    })
    const placeholders = Object.keys(path).length
    if (matches && (!best || placeholders < best.placeholders)) {
      best = { route, path: { id: '', customer: '', ...path }, placeholders }
    }
  }
  return best
}
