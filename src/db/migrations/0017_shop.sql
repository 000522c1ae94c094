CREATE TABLE "agent_claims" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"user_id" varchar(255) NOT NULL,
	"organization_id" varchar(255) NOT NULL,
	"method" text DEFAULT 'well_known' NOT NULL,
	"token" text NOT NULL,
	"host" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"checked_at" timestamp with time zone,
	"check_error" text,
	"proven_at" timestamp with time zone,
	"decided_by" varchar(255),
	"decided_at" timestamp with time zone,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_claims_method_check" CHECK ("agent_claims"."method" IN ('well_known', 'dns')),
	CONSTRAINT "agent_claims_state_check" CHECK ("agent_claims"."state" IN ('pending', 'proven', 'approved', 'refused', 'withdrawn')),
	CONSTRAINT "agent_claims_token_length_check" CHECK (char_length("agent_claims"."token") BETWEEN 20 AND 100)
);
--> statement-breakpoint
CREATE TABLE "agent_favourites" (
	"user_id" varchar(255) NOT NULL,
	"agent_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_favourites_pkey" PRIMARY KEY("user_id","agent_id")
);
--> statement-breakpoint
CREATE TABLE "agent_sign_ins" (
	"agent_id" uuid NOT NULL,
	"user_id" varchar(255) NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "agent_sign_ins_pkey" PRIMARY KEY("agent_id","user_id","day")
);
--> statement-breakpoint
CREATE TABLE "collection_agents" (
	"collection_id" uuid NOT NULL,
	"agent_id" uuid NOT NULL,
	"sort_order" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "collection_agents_pkey" PRIMARY KEY("collection_id","agent_id")
);
--> statement-breakpoint
CREATE TABLE "collections" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"title" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"sort_order" integer DEFAULT 0 NOT NULL,
	"published_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "collections_slug_key" UNIQUE("slug"),
	CONSTRAINT "collections_slug_check" CHECK ("collections"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length("collections"."slug") <= 80),
	CONSTRAINT "collections_title_length_check" CHECK (char_length("collections"."title") BETWEEN 1 AND 80),
	CONSTRAINT "collections_description_length_check" CHECK (char_length("collections"."description") BETWEEN 0 AND 500)
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"agent_id" uuid NOT NULL,
	"review_id" uuid,
	"reporter_id" varchar(255),
	"reporter_email" text,
	"reason" text NOT NULL,
	"details" text DEFAULT '' NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"decided_by" varchar(255),
	"decided_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reports_kind_check" CHECK ("reports"."kind" IN ('agent', 'review', 'removal')),
	CONSTRAINT "reports_reason_check" CHECK ("reports"."reason" IN ('spam', 'misleading', 'harmful', 'illegal', 'not_working', 'off_topic', 'mine', 'other')),
	CONSTRAINT "reports_state_check" CHECK ("reports"."state" IN ('open', 'upheld', 'dismissed')),
	CONSTRAINT "reports_review_id_check" CHECK (("reports"."review_id" IS NOT NULL) = ("reports"."kind" = 'review')),
	CONSTRAINT "reports_decided_at_check" CHECK (("reports"."decided_at" IS NULL) = ("reports"."state" = 'open')),
	CONSTRAINT "reports_details_length_check" CHECK (char_length("reports"."details") BETWEEN 0 AND 2000),
	CONSTRAINT "reports_reporter_email_check" CHECK ("reports"."reporter_email" = lower("reports"."reporter_email") AND "reports"."reporter_email" ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND char_length("reports"."reporter_email") <= 320)
);
--> statement-breakpoint
CREATE TABLE "site_settings" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"name" text,
	"mark_media_id" uuid,
	"accent_light" text,
	"accent_dark" text,
	"support_email" text,
	"currency" text DEFAULT 'USD' NOT NULL,
	"legal" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "site_settings_id_check" CHECK ("site_settings"."id"),
	CONSTRAINT "site_settings_name_length_check" CHECK (char_length("site_settings"."name") BETWEEN 1 AND 40),
	CONSTRAINT "site_settings_accent_light_check" CHECK ("site_settings"."accent_light" ~ '^#[0-9a-f]{6}$'),
	CONSTRAINT "site_settings_accent_dark_check" CHECK ("site_settings"."accent_dark" ~ '^#[0-9a-f]{6}$'),
	CONSTRAINT "site_settings_accent_dark_pair_check" CHECK (("site_settings"."accent_light" IS NULL) = ("site_settings"."accent_dark" IS NULL)),
	CONSTRAINT "site_settings_support_email_check" CHECK ("site_settings"."support_email" = lower("site_settings"."support_email") AND "site_settings"."support_email" ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND char_length("site_settings"."support_email") <= 320),
	CONSTRAINT "site_settings_currency_check" CHECK ("site_settings"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "site_settings_legal_check" CHECK (jsonb_typeof("site_settings"."legal") = 'object')
);
--> statement-breakpoint
ALTER TABLE "agent_waitlist" ADD COLUMN "confirmed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "agent_waitlist" ADD COLUMN "told_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "coming_soon" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "interaction_recipients" ADD COLUMN "confirmed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "interactions" ADD COLUMN "notify_attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "hidden_by" varchar(255);--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "hidden_reason" text;--> statement-breakpoint
ALTER TABLE "agent_claims" ADD CONSTRAINT "agent_claims_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_claims" ADD CONSTRAINT "agent_claims_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_claims" ADD CONSTRAINT "agent_claims_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_claims" ADD CONSTRAINT "agent_claims_decided_by_fkey" FOREIGN KEY ("decided_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_favourites" ADD CONSTRAINT "agent_favourites_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_favourites" ADD CONSTRAINT "agent_favourites_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_sign_ins" ADD CONSTRAINT "agent_sign_ins_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_sign_ins" ADD CONSTRAINT "agent_sign_ins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collection_agents" ADD CONSTRAINT "collection_agents_collection_id_fkey" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collection_agents" ADD CONSTRAINT "collection_agents_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_review_id_fkey" FOREIGN KEY ("review_id") REFERENCES "public"."reviews"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_reporter_id_fkey" FOREIGN KEY ("reporter_id") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_decided_by_fkey" FOREIGN KEY ("decided_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "site_settings" ADD CONSTRAINT "site_settings_mark_media_id_fkey" FOREIGN KEY ("mark_media_id") REFERENCES "public"."media"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "agent_claims_agent_id_organization_id_open_key" ON "agent_claims" USING btree ("agent_id","organization_id") WHERE "agent_claims"."state" IN ('pending', 'proven');--> statement-breakpoint
CREATE INDEX "agent_claims_agent_id_idx" ON "agent_claims" USING btree ("agent_id");--> statement-breakpoint
CREATE INDEX "agent_claims_user_id_idx" ON "agent_claims" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "agent_claims_organization_id_idx" ON "agent_claims" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "agent_claims_decided_by_idx" ON "agent_claims" USING btree ("decided_by");--> statement-breakpoint
CREATE INDEX "agent_claims_state_created_at_id_idx" ON "agent_claims" USING btree ("state","created_at","id");--> statement-breakpoint
CREATE INDEX "agent_favourites_agent_id_idx" ON "agent_favourites" USING btree ("agent_id");--> statement-breakpoint
CREATE INDEX "agent_sign_ins_user_id_idx" ON "agent_sign_ins" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "collection_agents_agent_id_idx" ON "collection_agents" USING btree ("agent_id");--> statement-breakpoint
CREATE INDEX "collections_sort_order_id_idx" ON "collections" USING btree ("sort_order","id");--> statement-breakpoint
CREATE UNIQUE INDEX "reports_reporter_id_kind_agent_id_review_id_open_key" ON "reports" USING btree ("reporter_id","kind","agent_id","review_id") WHERE "reports"."state" = 'open';--> statement-breakpoint
CREATE INDEX "reports_reporter_id_idx" ON "reports" USING btree ("reporter_id");--> statement-breakpoint
CREATE INDEX "reports_agent_id_idx" ON "reports" USING btree ("agent_id");--> statement-breakpoint
CREATE INDEX "reports_review_id_idx" ON "reports" USING btree ("review_id");--> statement-breakpoint
CREATE INDEX "reports_decided_by_idx" ON "reports" USING btree ("decided_by");--> statement-breakpoint
CREATE INDEX "reports_state_created_at_id_idx" ON "reports" USING btree ("state","created_at","id");--> statement-breakpoint
CREATE INDEX "site_settings_mark_media_id_idx" ON "site_settings" USING btree ("mark_media_id");--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_hidden_by_fkey" FOREIGN KEY ("hidden_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_waitlist_created_at_unconfirmed_idx" ON "agent_waitlist" USING btree ("created_at") WHERE "agent_waitlist"."confirmed_at" IS NULL;--> statement-breakpoint
CREATE INDEX "reviews_hidden_by_idx" ON "reviews" USING btree ("hidden_by");--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_coming_soon_check" CHECK (NOT "agents"."coming_soon" OR "agents"."listing" = 'agent');--> statement-breakpoint
INSERT INTO "site_settings" DEFAULT VALUES;
