ALTER TABLE "agent_search" ADD COLUMN "traits" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_search" ADD COLUMN "installs" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_search" ADD COLUMN "review_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_search" ADD COLUMN "rating_sum" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_search" ADD COLUMN "popularity" double precision GENERATED ALWAYS AS (installs + 1 / (1 + exp(-quality))) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_search" ADD COLUMN "standing" double precision GENERATED ALWAYS AS ((35 + rating_sum) / (10.0 + review_count) + 0.000001 / (1 + exp(-quality))) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "agent_search_popularity_agent_id_idx" ON "agent_search" USING btree ("popularity","agent_id");--> statement-breakpoint
CREATE INDEX "agent_search_standing_agent_id_idx" ON "agent_search" USING btree ("standing","agent_id");