CREATE TABLE "interaction_mails" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"interaction_id" uuid NOT NULL,
	"recipient_id" uuid NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"sent_at" timestamp with time zone,
	"given_up_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "interaction_mails_interaction_id_recipient_id_key" UNIQUE("interaction_id","recipient_id")
);
--> statement-breakpoint
ALTER TABLE "interaction_recipients" ADD COLUMN "asked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "interaction_mails" ADD CONSTRAINT "interaction_mails_interaction_id_fkey" FOREIGN KEY ("interaction_id") REFERENCES "public"."interactions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interaction_mails" ADD CONSTRAINT "interaction_mails_recipient_id_fkey" FOREIGN KEY ("recipient_id") REFERENCES "public"."interaction_recipients"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "interaction_mails_recipient_id_idx" ON "interaction_mails" USING btree ("recipient_id");--> statement-breakpoint
CREATE INDEX "interaction_mails_created_at_open_idx" ON "interaction_mails" USING btree ("created_at") WHERE "interaction_mails"."sent_at" IS NULL AND "interaction_mails"."given_up_at" IS NULL;