ALTER TABLE "agent_search" ADD COLUMN "publisher" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "interactions" ADD COLUMN "occurred_at" timestamp with time zone DEFAULT rialto_now() NOT NULL;--> statement-breakpoint
-- Before, acts were shown by the real clock.
UPDATE "interactions" SET "occurred_at" = "created_at";
