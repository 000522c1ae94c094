ALTER TABLE "reports" ADD COLUMN "decision" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "confirmed_at" timestamp with time zone DEFAULT now();--> statement-breakpoint
CREATE UNIQUE INDEX "reports_reporter_id_kind_agent_id_about_agent_key" ON "reports" USING btree ("reporter_id","kind","agent_id") WHERE "reports"."state" = 'open' AND "reports"."review_id" IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "reports_reporter_email_kind_agent_id_open_key" ON "reports" USING btree ("reporter_email","kind","agent_id") WHERE "reports"."state" = 'open';--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_decision_length_check" CHECK (char_length("reports"."decision") BETWEEN 0 AND 500);