import type { Theme } from './theme-switch.tsx'

/** What every page's frame shows; loaded once by the root route. */
export interface ShellData {
  readonly siteName: string
  readonly baseUrl: string
  readonly theme: Theme
  readonly requestId: string
  /** The language that the visitor reads numbers in. */
  readonly locale: string
  /** Payments are played: no money moves. */
  readonly paymentsAreSandbox: boolean
  readonly viewer: { readonly name: string; readonly email: string; readonly isOperator: boolean } | undefined
}
