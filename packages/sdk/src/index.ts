export { Rialto } from './rialto.ts'
export type { RialtoOptions } from './settings.ts'
export { RialtoError } from './errors.ts'
export type { Problem, RialtoErrorCode } from './errors.ts'
export { liftUrl } from './lift-url.ts'
export { newRequestId, requestIdFor } from './request-ids.ts'
export type { Reservation, Settlement } from './reservation.ts'
export type { Session, SignIn, SignInOptions } from './sign-in.ts'
export type { BatchOptions, UsageBatch } from './usage-batch.ts'
export type {
  Allowed,
  Decision,
  DenialReason,
  Denied,
  Forecast,
  LedgerEntry,
  LedgerEventType,
  LedgerQuery,
  LimitPart,
  MeterState,
  Refund,
  RefundReport,
  ReservationReport,
  SubscriptionMeter,
  SubscriptionUsage,
  UsageQuestion,
  UsageReport,
} from './usage.ts'
