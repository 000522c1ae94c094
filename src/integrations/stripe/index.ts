export { apiVersion } from './api-version.ts'
export { createStripe } from './client.ts'
export type { StripeAccess } from './client.ts'
export { createPayments } from './payments.ts'
export type { Payments } from './payments.ts'
export { cardInput, createSandbox, testCards } from './sandbox/index.ts'
export type {
  CardInput,
  CheckoutInput,
  CheckoutOutcome,
  DeliveryResult,
  Disorder,
  HostedCheckout,
  HostedLine,
  Sandbox,
  SandboxOptions,
  TestCard,
  Upcoming,
} from './sandbox/index.ts'
