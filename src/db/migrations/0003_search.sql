CREATE TABLE "agent_search" (
	"agent_id" uuid PRIMARY KEY NOT NULL,
	"quality" double precision NOT NULL,
	"name_key" text COLLATE "C" NOT NULL,
	"listed_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"tags" text[] NOT NULL,
	"document" "tsvector" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "agent_search_terms" (
	"term" text COLLATE "C" PRIMARY KEY NOT NULL,
	"lexeme" text COLLATE "C" NOT NULL,
	"agent_count" integer DEFAULT 1 NOT NULL,
	"head_count" integer DEFAULT 0 NOT NULL,
	"variants" text[] NOT NULL,
	"unused_since" timestamp with time zone,
	CONSTRAINT "agent_search_terms_term_check" CHECK (char_length("agent_search_terms"."term") BETWEEN 1 AND 100)
);
--> statement-breakpoint
CREATE TABLE "seed_entries" (
	"kind" text NOT NULL,
	"slug" text NOT NULL,
	"row_id" uuid NOT NULL,
	"content" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "seed_entries_pkey" PRIMARY KEY("kind","slug"),
	CONSTRAINT "seed_entries_kind_check" CHECK ("seed_entries"."kind" IN ('tag', 'agent')),
	CONSTRAINT "seed_entries_slug_check" CHECK ("seed_entries"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length("seed_entries"."slug") <= 80)
);
--> statement-breakpoint
ALTER TABLE "agent_search" ADD CONSTRAINT "agent_search_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_search_document_idx" ON "agent_search" USING gin ("document");--> statement-breakpoint
CREATE INDEX "agent_search_quality_agent_id_idx" ON "agent_search" USING btree ("quality","agent_id");--> statement-breakpoint
CREATE INDEX "agent_search_listed_at_agent_id_idx" ON "agent_search" USING btree ("listed_at","agent_id");--> statement-breakpoint
CREATE INDEX "agent_search_updated_at_agent_id_idx" ON "agent_search" USING btree ("updated_at","agent_id");--> statement-breakpoint
CREATE INDEX "agent_search_name_key_agent_id_idx" ON "agent_search" USING btree ("name_key","agent_id");--> statement-breakpoint
CREATE INDEX "agent_search_terms_lexeme_idx" ON "agent_search_terms" USING btree ("lexeme");--> statement-breakpoint
CREATE INDEX "agent_search_terms_variants_idx" ON "agent_search_terms" USING gin ("variants") WITH (fastupdate=false);--> statement-breakpoint

-- Ranking reads a few hundred documents a search: uncompressed, they are read without being unpacked.
ALTER TABLE "agent_search" ALTER COLUMN "document" SET STORAGE EXTERNAL;--> statement-breakpoint
-- No plan depends on how common its lexemes are (agent_search_terms knows that better), so ANALYZE need not read them.
ALTER TABLE "agent_search" ALTER COLUMN "document" SET STATISTICS 0;
