CREATE TABLE "agent_suggestions" (
	"agent_id" uuid NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"is_name" boolean DEFAULT false NOT NULL,
	"quality" double precision NOT NULL,
	CONSTRAINT "agent_suggestions_pkey" PRIMARY KEY("agent_id","key"),
	CONSTRAINT "agent_suggestions_key_check" CHECK (char_length("agent_suggestions"."key") BETWEEN 1 AND 100)
);
--> statement-breakpoint
ALTER TABLE "seed_entries" DROP CONSTRAINT "seed_entries_kind_check";--> statement-breakpoint
ALTER TABLE "agent_suggestions" ADD CONSTRAINT "agent_suggestions_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agent_search"("agent_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_suggestions_key_is_name_quality_agent_id_idx" ON "agent_suggestions" USING btree ("key","is_name","quality","agent_id");--> statement-breakpoint
CREATE INDEX "agent_suggestions_is_name_quality_agent_id_key_idx" ON "agent_suggestions" USING btree ("is_name","quality","agent_id","key");--> statement-breakpoint
ALTER TABLE "seed_entries" ADD CONSTRAINT "seed_entries_kind_check" CHECK ("seed_entries"."kind" IN ('tag', 'agent', 'collection'));--> statement-breakpoint

-- What is listed already is found by its name at once; by its publisher from the next time that its search row is written.
INSERT INTO "agent_suggestions" ("agent_id", "key", "is_name", "quality")
SELECT DISTINCT "agent_id", left("key", 100), true, "quality" FROM "agent_search" CROSS JOIN LATERAL (
  SELECT array_to_string("words"[place:], ' ') AS "key"
  FROM (SELECT string_to_array("name_key", ' ') AS "words") AS "name", generate_series(1, cardinality("words")) AS place
  UNION
  SELECT replace("name_key", ' ', '')
) AS "keys" WHERE "key" <> '';
