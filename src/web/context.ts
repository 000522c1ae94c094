// What the server hands to the pages, as types only: web/ never imports a value from src/.
import type { BillingServices, EarningsServices, StripeEventServices } from '#src/features/billing/index.ts'
import type { CatalogServices } from '#src/features/catalog/index.ts'
import type { ClaimServices } from '#src/features/claims/index.ts'
import type { EngagementServices, ReportServices } from '#src/features/engagement/index.ts'
import type { EstimateServices } from '#src/features/estimate/index.ts'
import type { InsightServices } from '#src/features/insights/index.ts'
import type { NotificationServices } from '#src/features/notifications/index.ts'
import type { OfferServices } from '#src/features/offers/index.ts'
import type { ReceiptServices } from '#src/features/receipts/index.ts'
import type { ReviewServices } from '#src/features/reviews/index.ts'
import type { SpendingServices } from '#src/features/spending/index.ts'
import type { SandboxServices } from '#src/features/sandbox/index.ts'
import type { ShownSite, SiteServices } from '#src/features/site/index.ts'
import type { TourServices } from '#src/features/tour/index.ts'
import type { AccountServices, OAuthServices, OrganizationServices, PeopleServices } from '#src/identity/index.ts'
import type { MailPreviewServices } from '#src/integrations/mail/index.ts'

/** The person who looks at the page, from the signed session cookie. */
export interface Viewer {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly emailVerified: boolean
  readonly isOperator: boolean
}

export interface WebServices {
  readonly catalog: CatalogServices
  readonly insights: InsightServices
  readonly offers: OfferServices
  readonly receipts: ReceiptServices
  readonly estimate: EstimateServices
  readonly notifications: NotificationServices
  readonly reviews: ReviewServices
  readonly engagement: EngagementServices
  readonly reports: ReportServices
  readonly claims: ClaimServices
  readonly billing: BillingServices
  readonly spending: SpendingServices
  readonly stripeEvents: StripeEventServices
  readonly earnings: EarningsServices
  readonly account: AccountServices
  readonly people: PeopleServices
  readonly site: SiteServices
  readonly organizations: OrganizationServices
  readonly oauth: OAuthServices
  /** Present in demo and development only. */
  readonly mailPreview: MailPreviewServices | undefined
  /** Undefined where payments are real. */
  readonly sandbox: SandboxServices | undefined
  /** Present in demo mode only. */
  readonly tour: TourServices | undefined
}

export interface Site extends ShownSite {
  /** Origin without a trailing slash. */
  readonly baseUrl: string
  /** The OpenID issuer, `{baseUrl}/api/auth`. */
  readonly issuer: string
  /** Demo and development show /dev pages. */
  readonly showsDevPages: boolean
  /** No Stripe key is set: payments are played in the sandbox, and no money moves. */
  readonly paymentsAreSandbox: boolean
}

export interface PageRequest {
  readonly id: string
  /** Of this response; undefined for a page that others will get too, in which no nonce may stand. */
  readonly nonce: string | undefined
  /** Told each inline style of a page without a nonce, so that the policy names it by its hash. */
  allowStyle(css: string): void
  readonly theme: 'system' | 'light' | 'dark'
  /** The language that the visitor reads numbers in: a BCP 47 tag that Intl knows. */
  readonly locale: string
  /** As the server determined it; never taken from what the visitor sends. */
  readonly clientAddress: string
  /** Called by entry.server.tsx's handleError: the server logs it and, when the database is away, answers 503. */
  reportError(error: unknown): void
}

/** The parts of an OpenAPI 3.1 document that the readable page shows. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string | undefined }
  readonly paths?: Readonly<Record<string, unknown>> | undefined
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> | undefined } | undefined
}

export interface WebContext {
  readonly services: WebServices
  readonly viewer: Viewer | undefined
  readonly site: Site
  readonly request: PageRequest
  apiDocument(): ApiDocument
}
