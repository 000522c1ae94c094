ALTER TABLE "stripe_events" ADD COLUMN "stripe_customer_id" text;--> statement-breakpoint
ALTER TABLE "stripe_events" ADD COLUMN "is_reduced" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "stripe_events_stripe_customer_id_known_idx" ON "stripe_events" USING btree ("stripe_customer_id") WHERE "stripe_events"."stripe_customer_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "stripe_events_processed_at_whole_idx" ON "stripe_events" USING btree ("processed_at") WHERE NOT "stripe_events"."is_reduced";