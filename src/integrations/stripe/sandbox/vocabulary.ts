// What the sandbox speaks: the objects it keeps and the parameters it takes, as picks from the official client's types.
// scripts/stripe-shapes.ts turns these into shapes.json, by which parameters are refused and answers are checked.
import type { Stripe } from 'stripe'

/** Objects by their `object` field. */
export interface Resources {
  account: Stripe.Account
  product: Stripe.Product
  price: Stripe.Price
  customer: Stripe.Customer
  tax_id: Stripe.TaxId
  payment_method: Stripe.PaymentMethod
  setup_intent: Stripe.SetupIntent
  payment_intent: Stripe.PaymentIntent
  charge: Stripe.Charge
  refund: Stripe.Refund
  dispute: Stripe.Dispute
  'checkout.session': Stripe.Checkout.Session
  subscription: Stripe.Subscription
  subscription_item: Stripe.SubscriptionItem
  subscription_schedule: Stripe.SubscriptionSchedule
  invoice: Stripe.Invoice
  line_item: Stripe.InvoiceLineItem
  item: Stripe.LineItem
  invoice_payment: Stripe.InvoicePayment
  invoiceitem: Stripe.InvoiceItem
  credit_note: Stripe.CreditNote
  credit_note_line_item: Stripe.CreditNoteLineItem
  'billing_portal.session': Stripe.BillingPortal.Session
  plan: Stripe.Plan
  event: Stripe.EventBase
}

type Paging = 'limit' | 'starting_after' | 'ending_before'
type Card = Pick<Stripe.PaymentMethodCreateParams.Card, 'number' | 'exp_month' | 'exp_year' | 'cvc' | 'token'>
type Recurring = Pick<Stripe.PriceCreateParams.Recurring, 'interval' | 'interval_count'>
type NewItem = Pick<Stripe.SubscriptionCreateParams.Item, 'price' | 'quantity' | 'metadata'>
type ChangedItem = Pick<Stripe.SubscriptionUpdateParams.Item, 'id' | 'price' | 'quantity' | 'deleted' | 'metadata'>
type PhaseItem = Pick<Stripe.SubscriptionScheduleUpdateParams.Phase.Item, 'price' | 'quantity' | 'metadata'>
type TrialSettings = Stripe.SubscriptionCreateParams.TrialSettings
type SavesCard = Pick<Stripe.SubscriptionCreateParams.PaymentSettings, 'save_default_payment_method'>
type Tax = Pick<Stripe.SubscriptionCreateParams.AutomaticTax, 'enabled'>

/** What a subscription takes, new or changed, however it is called. */
type SubscriptionParts<P> = P & {
  trial_settings?: TrialSettings
  payment_settings?: SavesCard
  automatic_tax?: Tax
}

type CheckoutParams = Pick<
  Stripe.Checkout.SessionCreateParams,
  | 'mode'
  | 'customer'
  | 'customer_email'
  | 'customer_creation'
  | 'client_reference_id'
  | 'success_url'
  | 'cancel_url'
  | 'expires_at'
  | 'metadata'
  | 'payment_method_collection'
  | 'billing_address_collection'
  | 'locale'
  | 'currency'
> & {
  allowed_payment_method_types?: 'card'[]
  line_items?: Pick<Stripe.Checkout.SessionCreateParams.LineItem, 'price' | 'quantity'>[]
  automatic_tax?: Tax
  customer_update?: Stripe.Checkout.SessionCreateParams.CustomerUpdate
  tax_id_collection?: Pick<Stripe.Checkout.SessionCreateParams.TaxIdCollection, 'enabled'>
  subscription_data?: Pick<
    Stripe.Checkout.SessionCreateParams.SubscriptionData,
    'description' | 'metadata' | 'trial_end' | 'trial_period_days'
  > & { trial_settings?: TrialSettings }
  payment_intent_data?: Pick<
    Stripe.Checkout.SessionCreateParams.PaymentIntentData,
    'description' | 'metadata' | 'setup_future_usage'
  >
  invoice_creation?: Pick<Stripe.Checkout.SessionCreateParams.InvoiceCreation, 'enabled'> & {
    invoice_data?: Pick<Stripe.Checkout.SessionCreateParams.InvoiceCreation.InvoiceData, 'description' | 'metadata'>
  }
}

type PreviewParams = Pick<Stripe.InvoiceCreatePreviewParams, 'customer' | 'currency' | 'subscription'> & {
  subscription_details?: Pick<
    Stripe.InvoiceCreatePreviewParams.SubscriptionDetails,
    'proration_behavior' | 'proration_date' | 'trial_end'
  > & { items?: ChangedItem[] }
}

type PortalFlow = Pick<Stripe.BillingPortal.SessionCreateParams.FlowData, 'type'>

/** Parameters by route. What Stripe takes and this doesn't list is refused, so nothing is ignored silently. */
export interface RouteParameters {
  'GET /v1/account': object
  'POST /v1/products': Pick<
    Stripe.ProductCreateParams,
    'id' | 'name' | 'description' | 'active' | 'metadata' | 'tax_code' | 'url' | 'images' | 'statement_descriptor'
  >
  'GET /v1/products': Pick<Stripe.ProductListParams, Paging | 'active' | 'created' | 'ids'>
  'GET /v1/products/:id': object
  'POST /v1/products/:id': Pick<
    Stripe.ProductUpdateParams,
    'name' | 'description' | 'active' | 'metadata' | 'tax_code' | 'url' | 'images' | 'default_price'
  >
  'POST /v1/prices': Pick<
    Stripe.PriceCreateParams,
    'product' | 'currency' | 'unit_amount' | 'nickname' | 'lookup_key' | 'metadata' | 'active' | 'tax_behavior'
  > & { recurring?: Recurring; product_data?: Pick<Stripe.PriceCreateParams.ProductData, 'name' | 'metadata'> }
  'GET /v1/prices': Pick<
    Stripe.PriceListParams,
    Paging | 'active' | 'product' | 'currency' | 'type' | 'lookup_keys' | 'created'
  >
  'GET /v1/prices/:id': object
  'POST /v1/prices/:id': Pick<
    Stripe.PriceUpdateParams,
    'active' | 'nickname' | 'metadata' | 'lookup_key' | 'tax_behavior'
  >
  'POST /v1/customers': Pick<
    Stripe.CustomerCreateParams,
    'email' | 'name' | 'description' | 'phone' | 'address' | 'metadata' | 'payment_method' | 'preferred_locales'
  > & {
    invoice_settings?: Pick<Stripe.CustomerCreateParams.InvoiceSettings, 'default_payment_method'>
    tax_exempt?: Stripe.CustomerCreateParams['tax_exempt']
  }
  'GET /v1/customers': Pick<Stripe.CustomerListParams, Paging | 'email' | 'created'>
  'GET /v1/customers/:id': object
  'POST /v1/customers/:id': Pick<
    Stripe.CustomerUpdateParams,
    | 'email'
    | 'name'
    | 'business_name'
    | 'individual_name'
    | 'description'
    | 'phone'
    | 'address'
    | 'metadata'
    | 'preferred_locales'
    | 'tax_exempt'
  > & { invoice_settings?: Pick<Stripe.CustomerUpdateParams.InvoiceSettings, 'default_payment_method'> }
  'DELETE /v1/customers/:id': object
  'POST /v1/customers/:customer/tax_ids': Pick<Stripe.CustomerCreateTaxIdParams, 'type' | 'value'>
  'GET /v1/customers/:customer/tax_ids': Pick<Stripe.CustomerListTaxIdsParams, Paging>
  'DELETE /v1/customers/:customer/tax_ids/:id': object
  'GET /v1/customers/:customer/payment_methods': Pick<Stripe.CustomerListPaymentMethodsParams, Paging | 'type'>
  'POST /v1/payment_methods': Pick<Stripe.PaymentMethodCreateParams, 'type' | 'metadata' | 'billing_details'> & {
    card?: Card
  }
  'GET /v1/payment_methods': Pick<Stripe.PaymentMethodListParams, Paging | 'customer' | 'type'>
  'GET /v1/payment_methods/:id': object
  'POST /v1/payment_methods/:id/attach': Pick<Stripe.PaymentMethodAttachParams, 'customer'>
  'POST /v1/payment_methods/:id/detach': object
  'POST /v1/setup_intents': Pick<
    Stripe.SetupIntentCreateParams,
    'customer' | 'payment_method' | 'confirm' | 'usage' | 'metadata'
  >
  'GET /v1/setup_intents/:id': object
  'POST /v1/setup_intents/:id/confirm': Pick<Stripe.SetupIntentConfirmParams, 'payment_method'>
  'POST /v1/payment_intents': Pick<
    Stripe.PaymentIntentCreateParams,
    | 'amount'
    | 'currency'
    | 'customer'
    | 'payment_method'
    | 'automatic_payment_methods'
    | 'confirm'
    | 'off_session'
    | 'description'
    | 'metadata'
    | 'setup_future_usage'
  >
  'GET /v1/payment_intents': Pick<Stripe.PaymentIntentListParams, Paging | 'customer' | 'created'>
  'GET /v1/payment_intents/:id': object
  'POST /v1/payment_intents/:id/confirm': Pick<Stripe.PaymentIntentConfirmParams, 'payment_method' | 'off_session'>
  'POST /v1/payment_intents/:id/cancel': Pick<Stripe.PaymentIntentCancelParams, 'cancellation_reason'>
  'GET /v1/charges': Pick<Stripe.ChargeListParams, Paging | 'customer' | 'payment_intent' | 'created'>
  'GET /v1/charges/:id': object
  'POST /v1/refunds': Pick<Stripe.RefundCreateParams, 'amount' | 'charge' | 'payment_intent' | 'reason' | 'metadata'>
  'GET /v1/refunds': Pick<Stripe.RefundListParams, Paging | 'charge' | 'payment_intent' | 'created'>
  'GET /v1/refunds/:id': object
  'GET /v1/disputes': Pick<Stripe.DisputeListParams, Paging | 'charge' | 'payment_intent' | 'created'>
  'GET /v1/disputes/:id': object
  'POST /v1/disputes/:id': Pick<Stripe.DisputeUpdateParams, 'metadata' | 'submit'> & {
    evidence?: Pick<Stripe.DisputeUpdateParams.Evidence, 'uncategorized_text'>
  }
  'POST /v1/disputes/:id/close': object
  'POST /v1/checkout/sessions': CheckoutParams
  'GET /v1/checkout/sessions': Pick<
    Stripe.Checkout.SessionListParams,
    Paging | 'customer' | 'subscription' | 'payment_intent' | 'status' | 'created'
  >
  'GET /v1/checkout/sessions/:id': object
  'GET /v1/checkout/sessions/:id/line_items': Pick<Stripe.Checkout.SessionListLineItemsParams, Paging>
  'POST /v1/checkout/sessions/:id/expire': object
  'POST /v1/subscriptions': SubscriptionParts<
    Pick<
      Stripe.SubscriptionCreateParams,
      | 'customer'
      | 'description'
      | 'metadata'
      | 'default_payment_method'
      | 'payment_behavior'
      | 'trial_end'
      | 'trial_period_days'
      | 'cancel_at_period_end'
      | 'off_session'
    > & { items?: NewItem[] }
  >
  'GET /v1/subscriptions': Pick<Stripe.SubscriptionListParams, Paging | 'customer' | 'status' | 'price' | 'created'>
  'GET /v1/subscriptions/:id': object
  'POST /v1/subscriptions/:id': SubscriptionParts<
    Pick<
      Stripe.SubscriptionUpdateParams,
      | 'description'
      | 'metadata'
      | 'default_payment_method'
      | 'payment_behavior'
      | 'proration_behavior'
      | 'proration_date'
      | 'trial_end'
      | 'cancel_at'
      | 'cancel_at_period_end'
      | 'cancellation_details'
      | 'off_session'
    > & { items?: ChangedItem[] }
  >
  'DELETE /v1/subscriptions/:id': Pick<
    Stripe.SubscriptionCancelParams,
    'invoice_now' | 'prorate' | 'cancellation_details'
  >
  'POST /v1/subscriptions/:id/resume': Pick<Stripe.SubscriptionResumeParams, 'billing_cycle_anchor'>
  'POST /v1/subscription_schedules': Pick<Stripe.SubscriptionScheduleCreateParams, 'from_subscription'>
  'GET /v1/subscription_schedules': Pick<Stripe.SubscriptionScheduleListParams, Paging | 'customer' | 'created'>
  'GET /v1/subscription_schedules/:id': object
  'POST /v1/subscription_schedules/:id': Pick<
    Stripe.SubscriptionScheduleUpdateParams,
    'end_behavior' | 'metadata' | 'proration_behavior'
  > & {
    phases?: (Pick<
      Stripe.SubscriptionScheduleUpdateParams.Phase,
      'start_date' | 'end_date' | 'duration' | 'metadata' | 'proration_behavior'
    > & { items: PhaseItem[] })[]
  }
  'POST /v1/subscription_schedules/:id/release': object
  'POST /v1/subscription_schedules/:id/cancel': object
  'POST /v1/invoices': Pick<
    Stripe.InvoiceCreateParams,
    'customer' | 'currency' | 'description' | 'metadata' | 'auto_advance' | 'pending_invoice_items_behavior'
  >
  'POST /v1/invoices/create_preview': PreviewParams
  'GET /v1/invoices': Pick<Stripe.InvoiceListParams, Paging | 'customer' | 'subscription' | 'status' | 'created'>
  'GET /v1/invoices/:id': object
  'POST /v1/invoices/:id': Pick<Stripe.InvoiceUpdateParams, 'description' | 'metadata' | 'auto_advance'>
  'DELETE /v1/invoices/:id': object
  'GET /v1/invoices/:id/lines': Pick<Stripe.InvoiceListLineItemsParams, Paging>
  'POST /v1/invoices/:id/finalize': Pick<Stripe.InvoiceFinalizeInvoiceParams, 'auto_advance'>
  'POST /v1/invoices/:id/pay': Pick<Stripe.InvoicePayParams, 'payment_method' | 'off_session'>
  'POST /v1/invoices/:id/void': object
  'GET /v1/invoice_payments': Pick<
    Stripe.InvoicePaymentListParams,
    Paging | 'invoice' | 'payment' | 'status' | 'created'
  >
  'GET /v1/invoice_payments/:id': object
  'POST /v1/invoiceitems': Pick<
    Stripe.InvoiceItemCreateParams,
    'customer' | 'amount' | 'currency' | 'description' | 'invoice' | 'metadata' | 'quantity' | 'subscription'
  > & { pricing?: Stripe.InvoiceItemCreateParams.Pricing }
  'GET /v1/invoiceitems': Pick<Stripe.InvoiceItemListParams, Paging | 'customer' | 'invoice' | 'pending' | 'created'>
  'GET /v1/invoiceitems/:id': object
  'DELETE /v1/invoiceitems/:id': object
  'POST /v1/credit_notes': Pick<
    Stripe.CreditNoteCreateParams,
    'invoice' | 'amount' | 'reason' | 'memo' | 'metadata' | 'refund_amount' | 'credit_amount' | 'out_of_band_amount'
  >
  'GET /v1/credit_notes': Pick<Stripe.CreditNoteListParams, Paging | 'invoice' | 'customer' | 'created'>
  'GET /v1/credit_notes/:id': object
  'GET /v1/events': Pick<Stripe.EventListParams, Paging | 'created' | 'delivery_success' | 'type' | 'types'>
  'GET /v1/events/:id': object
  'POST /v1/billing_portal/sessions': Pick<
    Stripe.BillingPortal.SessionCreateParams,
    'customer' | 'return_url' | 'locale'
  > & { flow_data?: PortalFlow }
}

export type Kind = keyof Resources
export type Route = keyof RouteParameters

/**
 * An object as the sandbox keeps and sends it: what may be expanded is an id, and a Decimal is a string.
 */
export type Stored<T> = string extends T ? Exclude<T, object> : Kept<T>
type Kept<T> = T extends Stripe.Decimal
  ? string
  : T extends readonly (infer Element)[]
    ? Stored<Element>[]
    : T extends object
      ? { [Key in keyof T]: Stored<T[Key]> }
      : T

/** What must be said of an object: `complete` fills the fields that may be null. */
export type Given<T> = T extends readonly (infer Element)[]
  ? Given<Element>[]
  : T extends object
    ? { [Key in keyof T as Certain<T, Key>]: Given<T[Key]> } & {
        [Key in keyof T as Exclude<Key, Certain<T, Key>>]?: Given<T[Key]> | undefined
      }
    : T
type Certain<T, Key extends keyof T> = null extends T[Key] ? never : undefined extends T[Key] ? never : Key

export type Doc<K extends Kind> = Stored<Resources[K]>
