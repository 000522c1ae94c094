CREATE TABLE "usage_daily" (
	"subscription_id" uuid NOT NULL,
	"metric_id" uuid NOT NULL,
	"day" date NOT NULL,
	"used" bigint NOT NULL,
	CONSTRAINT "usage_daily_pkey" PRIMARY KEY("subscription_id","metric_id","day"),
	CONSTRAINT "usage_daily_used_check" CHECK ("usage_daily"."used" BETWEEN 0 AND 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "usage_disputes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"subscription_id" uuid NOT NULL,
	"entry_id" uuid NOT NULL,
	"user_id" varchar(255) NOT NULL,
	"message" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"credited_units" bigint,
	"decision" text DEFAULT '' NOT NULL,
	"decided_by" varchar(255),
	"decided_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "usage_disputes_entry_id_key" UNIQUE("entry_id"),
	CONSTRAINT "usage_disputes_state_check" CHECK ("usage_disputes"."state" IN ('open', 'credited', 'declined')),
	CONSTRAINT "usage_disputes_message_length_check" CHECK (char_length("usage_disputes"."message") BETWEEN 1 AND 2000),
	CONSTRAINT "usage_disputes_decision_length_check" CHECK (char_length("usage_disputes"."decision") BETWEEN 0 AND 1000),
	CONSTRAINT "usage_disputes_credited_units_check" CHECK ("usage_disputes"."credited_units" BETWEEN 1 AND 9007199254740991),
	CONSTRAINT "usage_disputes_credited_units_state_check" CHECK (("usage_disputes"."credited_units" IS NOT NULL) = ("usage_disputes"."state" = 'credited')),
	CONSTRAINT "usage_disputes_decided_at_check" CHECK (("usage_disputes"."decided_at" IS NULL) = ("usage_disputes"."state" = 'open'))
);
--> statement-breakpoint
ALTER TABLE "usage_daily" ADD CONSTRAINT "usage_daily_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "public"."user_agent_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_daily" ADD CONSTRAINT "usage_daily_metric_id_fkey" FOREIGN KEY ("metric_id") REFERENCES "public"."agent_metric_definitions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_disputes" ADD CONSTRAINT "usage_disputes_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "public"."user_agent_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_disputes" ADD CONSTRAINT "usage_disputes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_disputes" ADD CONSTRAINT "usage_disputes_decided_by_fkey" FOREIGN KEY ("decided_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "usage_daily_metric_id_idx" ON "usage_daily" USING btree ("metric_id");--> statement-breakpoint
CREATE INDEX "usage_disputes_subscription_id_idx" ON "usage_disputes" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "usage_disputes_user_id_idx" ON "usage_disputes" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "usage_disputes_decided_by_idx" ON "usage_disputes" USING btree ("decided_by");--> statement-breakpoint
CREATE INDEX "usage_disputes_state_created_at_id_idx" ON "usage_disputes" USING btree ("state","created_at","id");