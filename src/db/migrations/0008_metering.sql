CREATE TABLE "usage_denials_hourly" (
	"subscription_id" uuid NOT NULL,
	"metric_id" uuid NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"denials" bigint NOT NULL,
	CONSTRAINT "usage_denials_hourly_pkey" PRIMARY KEY("subscription_id","metric_id","hour"),
	CONSTRAINT "usage_denials_hourly_denials_check" CHECK ("usage_denials_hourly"."denials" BETWEEN 1 AND 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "usage_notices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"subscription_id" uuid NOT NULL,
	"metric_id" uuid NOT NULL,
	"period_start" timestamp with time zone NOT NULL,
	"threshold" smallint NOT NULL,
	"limit_at" bigint NOT NULL,
	"used_at" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"mailed_at" timestamp with time zone,
	CONSTRAINT "usage_notices_once_key" UNIQUE("subscription_id","metric_id","period_start","threshold","limit_at"),
	CONSTRAINT "usage_notices_threshold_check" CHECK ("usage_notices"."threshold" BETWEEN 1 AND 100),
	CONSTRAINT "usage_notices_limit_at_check" CHECK ("usage_notices"."limit_at" BETWEEN 1 AND 9007199254740991),
	CONSTRAINT "usage_notices_used_at_check" CHECK ("usage_notices"."used_at" BETWEEN 0 AND 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "usage_reservations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subscription_id" uuid NOT NULL,
	"metric_id" uuid NOT NULL,
	"usage_id" uuid NOT NULL,
	"amount" bigint NOT NULL,
	"state" text DEFAULT 'held' NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"committed" bigint,
	"settled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "usage_reservations_amount_check" CHECK ("usage_reservations"."amount" BETWEEN 1 AND 9007199254740991),
	CONSTRAINT "usage_reservations_committed_check" CHECK ("usage_reservations"."committed" BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "usage_reservations_state_check" CHECK ("usage_reservations"."state" IN ('held', 'committed', 'released', 'lapsed')),
	CONSTRAINT "usage_reservations_settled_at_check" CHECK (("usage_reservations"."settled_at" IS NULL) = ("usage_reservations"."state" = 'held')),
	CONSTRAINT "usage_reservations_committed_state_check" CHECK (("usage_reservations"."committed" IS NOT NULL) = ("usage_reservations"."state" = 'committed'))
);
--> statement-breakpoint
ALTER TABLE "agent_metric_definitions" ADD COLUMN "thresholds" smallint[] DEFAULT '{80,100}' NOT NULL;--> statement-breakpoint
ALTER TABLE "subscription_usage" ADD COLUMN "held" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "subscription_usage" ADD COLUMN "epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_ledger" ADD COLUMN "limit_parts" bigint[];--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD COLUMN "next_tier_id" uuid;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD COLUMN "next_tier_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD COLUMN "past_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD COLUMN "usage_epoch" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_denials_hourly" ADD CONSTRAINT "usage_denials_hourly_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "public"."user_agent_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_denials_hourly" ADD CONSTRAINT "usage_denials_hourly_metric_id_fkey" FOREIGN KEY ("metric_id") REFERENCES "public"."agent_metric_definitions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_notices" ADD CONSTRAINT "usage_notices_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "public"."user_agent_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_notices" ADD CONSTRAINT "usage_notices_metric_id_fkey" FOREIGN KEY ("metric_id") REFERENCES "public"."agent_metric_definitions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_reservations" ADD CONSTRAINT "usage_reservations_id_fkey" FOREIGN KEY ("id") REFERENCES "public"."usage_ledger"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_reservations" ADD CONSTRAINT "usage_reservations_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "public"."user_agent_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_reservations" ADD CONSTRAINT "usage_reservations_usage_id_fkey" FOREIGN KEY ("usage_id") REFERENCES "public"."subscription_usage"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "usage_denials_hourly_metric_id_idx" ON "usage_denials_hourly" USING btree ("metric_id");--> statement-breakpoint
CREATE INDEX "usage_denials_hourly_hour_idx" ON "usage_denials_hourly" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "usage_notices_metric_id_idx" ON "usage_notices" USING btree ("metric_id");--> statement-breakpoint
CREATE INDEX "usage_notices_created_at_unmailed_idx" ON "usage_notices" USING btree ("created_at") WHERE "usage_notices"."mailed_at" IS NULL;--> statement-breakpoint
CREATE INDEX "usage_reservations_subscription_id_idx" ON "usage_reservations" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "usage_reservations_usage_id_idx" ON "usage_reservations" USING btree ("usage_id");--> statement-breakpoint
CREATE INDEX "usage_reservations_expires_at_held_idx" ON "usage_reservations" USING btree ("expires_at") WHERE "usage_reservations"."state" = 'held';--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD CONSTRAINT "user_agent_subscriptions_next_tier_id_fkey" FOREIGN KEY ("next_tier_id","agent_id") REFERENCES "public"."agent_pricing_tiers"("id","agent_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "user_agent_subscriptions_next_tier_id_set_idx" ON "user_agent_subscriptions" USING btree ("next_tier_id") WHERE "user_agent_subscriptions"."next_tier_id" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_metric_definitions" ADD CONSTRAINT "agent_metric_definitions_thresholds_check" CHECK (cardinality("agent_metric_definitions"."thresholds") <= 5 AND 1 <= ALL ("agent_metric_definitions"."thresholds") AND 100 >= ALL ("agent_metric_definitions"."thresholds"));--> statement-breakpoint
ALTER TABLE "subscription_usage" ADD CONSTRAINT "subscription_usage_held_check" CHECK ("subscription_usage"."held" BETWEEN 0 AND "subscription_usage"."used");--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD CONSTRAINT "user_agent_subscriptions_next_tier_id_check" CHECK (("user_agent_subscriptions"."next_tier_id" IS NULL) = ("user_agent_subscriptions"."next_tier_at" IS NULL));