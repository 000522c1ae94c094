CREATE TABLE "agent_scope_reasons" (
	"agent_id" uuid NOT NULL,
	"scope" text NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_scope_reasons_pkey" PRIMARY KEY("agent_id","scope"),
	CONSTRAINT "agent_scope_reasons_scope_check" CHECK ("agent_scope_reasons"."scope" IN ('openid', 'profile', 'email', 'offline_access', 'usage:read', 'usage:write')),
	CONSTRAINT "agent_scope_reasons_reason_length_check" CHECK (char_length("agent_scope_reasons"."reason") BETWEEN 1 AND 200)
);
--> statement-breakpoint
ALTER TABLE "agent_scope_reasons" ADD CONSTRAINT "agent_scope_reasons_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;