CREATE TABLE "agent_addon_offers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"metric_id" uuid NOT NULL,
	"display_name" text NOT NULL,
	"amount" bigint NOT NULL,
	"scope" text NOT NULL,
	"price" bigint NOT NULL,
	"currency" text NOT NULL,
	"billing_interval" text,
	"stripe_product_id" text,
	"stripe_price_id" text,
	"stripe_synced_at" timestamp with time zone,
	"sort_order" integer DEFAULT 0 NOT NULL,
	"archived_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_addon_offers_stripe_price_id_key" UNIQUE("stripe_price_id"),
	CONSTRAINT "agent_addon_offers_display_name_length_check" CHECK (char_length("agent_addon_offers"."display_name") BETWEEN 1 AND 80),
	CONSTRAINT "agent_addon_offers_amount_check" CHECK ("agent_addon_offers"."amount" BETWEEN 1 AND 9007199254740991),
	CONSTRAINT "agent_addon_offers_scope_check" CHECK ("agent_addon_offers"."scope" IN ('one_cycle', 'permanent')),
	CONSTRAINT "agent_addon_offers_price_check" CHECK ("agent_addon_offers"."price" BETWEEN 1 AND 99999999),
	CONSTRAINT "agent_addon_offers_currency_check" CHECK ("agent_addon_offers"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "agent_addon_offers_billing_interval_check" CHECK ("agent_addon_offers"."billing_interval" IN ('month', 'year')),
	CONSTRAINT "agent_addon_offers_billing_interval_scope_check" CHECK (("agent_addon_offers"."billing_interval" IS NULL) = ("agent_addon_offers"."scope" = 'one_cycle'))
);
--> statement-breakpoint
CREATE TABLE "billing_customers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" varchar(255) NOT NULL,
	"stripe_customer_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_customers_user_id_key" UNIQUE("user_id"),
	CONSTRAINT "billing_customers_stripe_customer_id_key" UNIQUE("stripe_customer_id")
);
--> statement-breakpoint
CREATE TABLE "billing_intents" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"user_id" varchar(255) NOT NULL,
	"agent_id" uuid NOT NULL,
	"subscription_id" uuid,
	"tier_id" uuid,
	"offer_id" uuid,
	"state" text DEFAULT 'open' NOT NULL,
	"reason" text,
	"input" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"stripe_object_id" text,
	"url" text,
	"expires_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_intents_kind_check" CHECK ("billing_intents"."kind" IN ('checkout', 'change', 'cancel', 'resume', 'addon', 'refund', 'setup')),
	CONSTRAINT "billing_intents_state_check" CHECK ("billing_intents"."state" IN ('open', 'done', 'undone', 'refused', 'expired')),
	CONSTRAINT "billing_intents_settled_at_check" CHECK (("billing_intents"."settled_at" IS NULL) = ("billing_intents"."state" = 'open')),
	CONSTRAINT "billing_intents_input_check" CHECK (jsonb_typeof("billing_intents"."input") = 'object')
);
--> statement-breakpoint
CREATE TABLE "billing_leases" (
	"key" text PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "billing_leases_key_length_check" CHECK (char_length("billing_leases"."key") BETWEEN 1 AND 255)
);
--> statement-breakpoint
CREATE TABLE "trial_uses" (
	"subject_hash" text NOT NULL,
	"agent_ref" uuid NOT NULL,
	"used_at" timestamp with time zone DEFAULT rialto_now() NOT NULL,
	CONSTRAINT "trial_uses_pkey" PRIMARY KEY("subject_hash","agent_ref"),
	CONSTRAINT "trial_uses_subject_hash_length_check" CHECK (char_length("trial_uses"."subject_hash") BETWEEN 1 AND 64)
);
--> statement-breakpoint
ALTER TABLE "agent_pricing_tiers" ADD COLUMN "stripe_synced_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "agent_pricing_tiers" ADD COLUMN "trial_without_card" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_pricing_tiers" ADD COLUMN "trial_ends_with" text DEFAULT 'charge' NOT NULL;--> statement-breakpoint
ALTER TABLE "stripe_events" ADD COLUMN "outcome" text;--> statement-breakpoint
ALTER TABLE "subscription_addons" ADD COLUMN "offer_id" uuid;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD COLUMN "disputed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD COLUMN "reconciled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "agent_metric_definitions" ADD CONSTRAINT "agent_metric_definitions_id_agent_id_key" UNIQUE("id","agent_id");--> statement-breakpoint
ALTER TABLE "agent_addon_offers" ADD CONSTRAINT "agent_addon_offers_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_addon_offers" ADD CONSTRAINT "agent_addon_offers_metric_id_fkey" FOREIGN KEY ("metric_id","agent_id") REFERENCES "public"."agent_metric_definitions"("id","agent_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_customers" ADD CONSTRAINT "billing_customers_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_intents" ADD CONSTRAINT "billing_intents_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_intents" ADD CONSTRAINT "billing_intents_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_intents" ADD CONSTRAINT "billing_intents_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "public"."user_agent_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_intents" ADD CONSTRAINT "billing_intents_tier_id_fkey" FOREIGN KEY ("tier_id") REFERENCES "public"."agent_pricing_tiers"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_intents" ADD CONSTRAINT "billing_intents_offer_id_fkey" FOREIGN KEY ("offer_id") REFERENCES "public"."agent_addon_offers"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_addon_offers_agent_id_sort_order_idx" ON "agent_addon_offers" USING btree ("agent_id","sort_order");--> statement-breakpoint
CREATE INDEX "agent_addon_offers_metric_id_idx" ON "agent_addon_offers" USING btree ("metric_id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_intents_user_id_agent_id_checkout_key" ON "billing_intents" USING btree ("user_id","agent_id") WHERE "billing_intents"."kind" = 'checkout' AND "billing_intents"."state" = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "billing_intents_subscription_id_change_key" ON "billing_intents" USING btree ("subscription_id") WHERE "billing_intents"."kind" = 'change' AND "billing_intents"."state" = 'open';--> statement-breakpoint
CREATE INDEX "billing_intents_user_id_created_at_idx" ON "billing_intents" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "billing_intents_agent_id_idx" ON "billing_intents" USING btree ("agent_id");--> statement-breakpoint
CREATE INDEX "billing_intents_subscription_id_idx" ON "billing_intents" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "billing_intents_tier_id_idx" ON "billing_intents" USING btree ("tier_id");--> statement-breakpoint
CREATE INDEX "billing_intents_offer_id_idx" ON "billing_intents" USING btree ("offer_id");--> statement-breakpoint
CREATE INDEX "billing_intents_stripe_object_id_idx" ON "billing_intents" USING btree ("stripe_object_id");--> statement-breakpoint
CREATE INDEX "billing_intents_created_at_open_idx" ON "billing_intents" USING btree ("created_at") WHERE "billing_intents"."state" = 'open';--> statement-breakpoint
CREATE INDEX "billing_leases_expires_at_idx" ON "billing_leases" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "subscription_addons" ADD CONSTRAINT "subscription_addons_offer_id_fkey" FOREIGN KEY ("offer_id") REFERENCES "public"."agent_addon_offers"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "subscription_addons_offer_id_idx" ON "subscription_addons" USING btree ("offer_id");--> statement-breakpoint
CREATE INDEX "user_agent_subscriptions_reconciled_at_paid_idx" ON "user_agent_subscriptions" USING btree ("reconciled_at") WHERE "user_agent_subscriptions"."stripe_subscription_id" IS NOT NULL AND "user_agent_subscriptions"."status" IN ('active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete');--> statement-breakpoint
ALTER TABLE "agent_pricing_tiers" ADD CONSTRAINT "agent_pricing_tiers_trial_ends_with_check" CHECK ("agent_pricing_tiers"."trial_ends_with" IN ('charge', 'free_tier', 'end'));