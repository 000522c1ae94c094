CREATE TABLE "spending_caps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" varchar(255) NOT NULL,
	"agent_id" uuid,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"told_month" text,
	"told_percent" smallint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "spending_caps_amount_check" CHECK ("spending_caps"."amount" BETWEEN 0 AND 99999999),
	CONSTRAINT "spending_caps_currency_check" CHECK ("spending_caps"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "spending_caps_told_month_check" CHECK ("spending_caps"."told_month" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
	CONSTRAINT "spending_caps_told_percent_check" CHECK ("spending_caps"."told_percent" IN (0, 50, 80, 100))
);
--> statement-breakpoint
ALTER TABLE "billing_intents" ADD COLUMN "claim" jsonb;--> statement-breakpoint
ALTER TABLE "spending_caps" ADD CONSTRAINT "spending_caps_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "spending_caps" ADD CONSTRAINT "spending_caps_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "spending_caps_user_id_agent_id_agent_key" ON "spending_caps" USING btree ("user_id","agent_id") WHERE "spending_caps"."agent_id" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "spending_caps_user_id_all_key" ON "spending_caps" USING btree ("user_id") WHERE "spending_caps"."agent_id" IS NULL;--> statement-breakpoint
CREATE INDEX "spending_caps_agent_id_idx" ON "spending_caps" USING btree ("agent_id");