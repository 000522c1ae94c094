CREATE TABLE "agent_checks" (
	"agent_id" uuid NOT NULL,
	"checked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"is_reachable" boolean DEFAULT false NOT NULL,
	"latency_ms" integer,
	"reason" text,
	CONSTRAINT "agent_checks_pkey" PRIMARY KEY("agent_id","checked_at"),
	CONSTRAINT "agent_checks_latency_ms_check" CHECK ("agent_checks"."latency_ms" >= 0),
	CONSTRAINT "agent_checks_reason_length_check" CHECK (char_length("agent_checks"."reason") BETWEEN 1 AND 60),
	CONSTRAINT "agent_checks_is_reachable_check" CHECK ("agent_checks"."is_reachable" = ("agent_checks"."reason" IS NULL))
);
--> statement-breakpoint
ALTER TABLE "agent_checks" ADD CONSTRAINT "agent_checks_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_checks_checked_at_idx" ON "agent_checks" USING btree ("checked_at");