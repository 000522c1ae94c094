import type { Deps } from '#src/deps.ts'
import {
  createBillingServices,
  createEarningsServices,
  createStripeEventServices,
} from '#src/features/billing/index.ts'
import { createCatalogServices } from '#src/features/catalog/index.ts'
import { createClaimServices } from '#src/features/claims/index.ts'
import { createEngagementServices, createReportServices } from '#src/features/engagement/index.ts'
import { createEstimateServices } from '#src/features/estimate/index.ts'
import { createNotificationServices } from '#src/features/notifications/index.ts'
import { createOfferServices } from '#src/features/offers/index.ts'
import { createInsightServices } from '#src/features/insights/index.ts'
import { createReceiptServices } from '#src/features/receipts/index.ts'
import { createReviewServices } from '#src/features/reviews/index.ts'
import { createSandboxServices } from '#src/features/sandbox/index.ts'
import { createSpendingServices } from '#src/features/spending/index.ts'
import { createSiteServices } from '#src/features/site/index.ts'
import { createTourServices } from '#src/features/tour/index.ts'
import {
  createAccountServices,
  createOAuthServices,
  createOrganizationServices,
  createPeopleServices,
} from '#src/identity/index.ts'
import type { WebServices } from '#src/web/context.ts'

/** The verbs and queries that pages call, made once for all of them. */
export const createWebServices = (deps: Deps): WebServices => ({
  catalog: createCatalogServices(deps),
  offers: createOfferServices(deps),
  insights: createInsightServices(deps),
  receipts: createReceiptServices(deps),
  estimate: createEstimateServices(deps, createOfferServices(deps)),
  reviews: createReviewServices(deps),
  engagement: createEngagementServices(deps),
  reports: createReportServices(deps),
  claims: createClaimServices(deps),
  notifications: createNotificationServices(deps),
  billing: createBillingServices(deps),
  spending: createSpendingServices(deps),
  stripeEvents: createStripeEventServices(deps),
  earnings: createEarningsServices(deps),
  account: createAccountServices(deps),
  oauth: createOAuthServices(deps),
  people: createPeopleServices(deps),
  site: createSiteServices(deps),
  organizations: createOrganizationServices(deps),
  mailPreview: deps.mailPreview,
  sandbox: createSandboxServices(deps),
  tour: createTourServices(deps),
})
