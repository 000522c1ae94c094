import type { ShownPicture } from '#src/features/site/index.ts'
import type { OpenItems } from '../routes/operator/operator-links.ts'
import type { Theme } from './theme-switch.tsx'

/** What every page's frame shows; loaded once by the root route. */
export interface ShellData {
  readonly siteName: string
  /** The operator's own picture; undefined: Rialto's bridge. */
  readonly mark: ShownPicture | undefined
  readonly touchIconUrl: string
  /** Declarations that replace Rialto's accent; undefined: it stays. */
  readonly accentProperties: string | undefined
  readonly supportEmail: string | undefined
  readonly baseUrl: string
  readonly theme: Theme
  readonly requestId: string
  /** The language that the visitor reads numbers in. */
  readonly locale: string
  /** Payments are played: no money moves. */
  readonly paymentsAreSandbox: boolean
  /** What waits for an operator; undefined for everybody else, and on other pages. */
  readonly openItems: OpenItems | undefined
  readonly viewer: { readonly name: string; readonly email: string; readonly isOperator: boolean } | undefined
}
