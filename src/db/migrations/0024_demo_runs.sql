CREATE TABLE "demo_runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"ending" text,
	CONSTRAINT "demo_runs_ending_check" CHECK ("demo_runs"."ending" IN ('in_order', 'without_a_word')),
	CONSTRAINT "demo_runs_ended_at_check" CHECK (("demo_runs"."ended_at" IS NULL) = ("demo_runs"."ending" IS NULL))
);
--> statement-breakpoint
CREATE INDEX "demo_runs_started_at_idx" ON "demo_runs" USING btree ("started_at");