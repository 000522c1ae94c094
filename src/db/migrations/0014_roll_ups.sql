CREATE TABLE "agent_active_users" (
	"agent_id" uuid NOT NULL,
	"day" date NOT NULL,
	"user_id" varchar(255) NOT NULL,
	CONSTRAINT "agent_active_users_pkey" PRIMARY KEY("agent_id","day","user_id")
);
--> statement-breakpoint
CREATE TABLE "job_positions" (
	"job" text PRIMARY KEY NOT NULL,
	"position" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "job_positions_job_length_check" CHECK (char_length("job_positions"."job") BETWEEN 1 AND 100),
	CONSTRAINT "job_positions_position_check" CHECK (jsonb_typeof("job_positions"."position") = 'object')
);
--> statement-breakpoint
ALTER TABLE "agent_active_users" ADD CONSTRAINT "agent_active_users_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_active_users" ADD CONSTRAINT "agent_active_users_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_active_users_user_id_idx" ON "agent_active_users" USING btree ("user_id");--> statement-breakpoint
-- Whoever follows the ledger reads its newest pages. Without this they are in no summary of the block range index until a
-- vacuum comes, which is for as long as a fifth of the table is new.
ALTER INDEX usage_ledger_seq_brin SET (autosummarize = on);
