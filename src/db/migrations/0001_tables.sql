CREATE TABLE "account" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "device_code" (
	"id" text PRIMARY KEY NOT NULL,
	"device_code" text NOT NULL,
	"user_code" text NOT NULL,
	"user_id" text,
	"expires_at" timestamp with time zone NOT NULL,
	"status" text NOT NULL,
	"last_polled_at" timestamp with time zone,
	"polling_interval" integer,
	"client_id" text,
	"scope" text,
	"resources" text[],
	"oauth_client_id" text
);
--> statement-breakpoint
CREATE TABLE "jwks" (
	"id" text PRIMARY KEY NOT NULL,
	"public_key" text NOT NULL,
	"private_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"alg" text,
	"crv" text
);
--> statement-breakpoint
CREATE TABLE "oauth_access_token" (
	"id" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"client_id" text NOT NULL,
	"session_id" text,
	"user_id" text,
	"reference_id" text,
	"authorization_code_id" text,
	"resources" text[],
	"requested_user_info_claims" text[],
	"refresh_id" text,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked" timestamp with time zone,
	"confirmation" jsonb,
	"scopes" text[] NOT NULL,
	CONSTRAINT "oauth_access_token_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "oauth_authorization_code" (
	"id" text PRIMARY KEY NOT NULL,
	"code_hash" text NOT NULL,
	"client_id" text NOT NULL,
	"user_id" text NOT NULL,
	"session_id" text,
	"scopes" text[] NOT NULL,
	"resources" text[],
	"redirect_uri" text,
	"expires_at" timestamp with time zone NOT NULL,
	"redeemed_at" timestamp with time zone,
	"replayed_at" timestamp with time zone,
	"replay_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "oauth_authorization_code_code_hash_unique" UNIQUE("code_hash")
);
--> statement-breakpoint
CREATE TABLE "oauth_client" (
	"id" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"client_secret" text,
	"client_discovery_id" text,
	"disabled" boolean DEFAULT false NOT NULL,
	"skip_consent" boolean,
	"enable_end_session" boolean,
	"subject_type" text,
	"scopes" text[],
	"client_credentials_scopes" text[] DEFAULT '{}',
	"user_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"name" text,
	"uri" text,
	"icon" text,
	"contacts" text[],
	"tos" text,
	"policy" text,
	"software_id" text,
	"software_version" text,
	"software_statement" text,
	"redirect_uris" text[] NOT NULL,
	"post_logout_redirect_uris" text[],
	"backchannel_logout_uri" text,
	"backchannel_logout_session_required" boolean,
	"token_endpoint_auth_method" text,
	"application_type" text,
	"jwks" text,
	"jwks_uri" text,
	"grant_types" text[],
	"response_types" text[],
	"require_pkce" boolean,
	"dpop_bound_access_tokens" boolean DEFAULT false NOT NULL,
	"reference_id" text,
	"metadata" jsonb,
	CONSTRAINT "oauth_client_client_id_unique" UNIQUE("client_id")
);
--> statement-breakpoint
CREATE TABLE "oauth_client_assertion" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "oauth_client_resource" (
	"id" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"resource_id" text NOT NULL,
	"metadata" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "oauth_consent" (
	"id" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"user_id" text NOT NULL,
	"reference_id" text,
	"resources" text[],
	"requested_user_info_claims" text[],
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "oauth_refresh_token" (
	"id" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"client_id" text NOT NULL,
	"session_id" text,
	"user_id" text NOT NULL,
	"reference_id" text,
	"authorization_code_id" text,
	"resources" text[],
	"requested_user_info_claims" text[],
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked" timestamp with time zone,
	"rotated_at" timestamp with time zone,
	"rotation_replay_response" text,
	"rotation_replay_expires_at" timestamp with time zone,
	"auth_time" timestamp with time zone,
	"confirmation" jsonb,
	"scopes" text[] NOT NULL,
	CONSTRAINT "oauth_refresh_token_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "oauth_resource" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"name" text NOT NULL,
	"access_token_ttl" integer,
	"refresh_token_ttl" integer,
	"signing_algorithm" text,
	"signing_key_id" text,
	"allowed_scopes" text[],
	"custom_claims" jsonb,
	"dpop_bound_access_tokens_required" boolean DEFAULT false NOT NULL,
	"disabled" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"policy_version" integer DEFAULT 1,
	"metadata" jsonb,
	CONSTRAINT "oauth_resource_identifier_unique" UNIQUE("identifier")
);
--> statement-breakpoint
CREATE TABLE "organization" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"logo" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"metadata" text,
	CONSTRAINT "organization_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "organization_invitation" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"email" text NOT NULL,
	"role" text,
	"status" text DEFAULT 'pending' NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"inviter_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organization_member" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text DEFAULT 'member' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "passkey" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"public_key" text NOT NULL,
	"user_id" text NOT NULL,
	"credential_id" text NOT NULL,
	"counter" integer NOT NULL,
	"device_type" text NOT NULL,
	"backed_up" boolean DEFAULT false NOT NULL,
	"transports" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"aaguid" text,
	CONSTRAINT "passkey_credential_id_unique" UNIQUE("credential_id")
);
--> statement-breakpoint
CREATE TABLE "rate_limit" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"count" integer NOT NULL,
	"last_request" bigint NOT NULL,
	CONSTRAINT "rate_limit_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"token" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"user_id" text NOT NULL,
	"active_organization_id" text,
	"impersonated_by" text,
	CONSTRAINT "session_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "two_factor" (
	"id" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"user_id" text NOT NULL,
	"verified" boolean DEFAULT true NOT NULL,
	"failed_verification_count" integer DEFAULT 0,
	"locked_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"role" text,
	"banned" boolean DEFAULT false NOT NULL,
	"ban_reason" text,
	"ban_expires" timestamp with time zone,
	"two_factor_enabled" boolean DEFAULT false NOT NULL,
	CONSTRAINT "user_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "verification" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "agent_capabilities" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"icon" text,
	"title" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"sort_order" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "agent_changelog" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"version" text NOT NULL,
	"summary" text NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_changelog_agent_id_version_key" UNIQUE("agent_id","version")
);
--> statement-breakpoint
CREATE TABLE "agent_installs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"user_id" varchar(255) NOT NULL,
	"installed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_installs_agent_id_user_id_key" UNIQUE("agent_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "agent_metric_definitions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"slug" text NOT NULL,
	"display_name" text NOT NULL,
	"unit" text NOT NULL,
	"kind" text DEFAULT 'counter' NOT NULL,
	"sort_order" integer DEFAULT 0 NOT NULL,
	"archived_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_metric_definitions_agent_id_slug_key" UNIQUE("agent_id","slug"),
	CONSTRAINT "agent_metric_definitions_slug_check" CHECK ("agent_metric_definitions"."slug" ~ '^[a-z][a-z0-9]*([_.-][a-z0-9]+)*$' AND char_length("agent_metric_definitions"."slug") <= 64),
	CONSTRAINT "agent_metric_definitions_kind_check" CHECK ("agent_metric_definitions"."kind" IN ('counter', 'gauge')),
	CONSTRAINT "agent_metric_definitions_display_name_length_check" CHECK (char_length("agent_metric_definitions"."display_name") BETWEEN 1 AND 80),
	CONSTRAINT "agent_metric_definitions_unit_length_check" CHECK (char_length("agent_metric_definitions"."unit") BETWEEN 1 AND 40)
);
--> statement-breakpoint
CREATE TABLE "agent_metrics_daily" (
	"agent_id" uuid NOT NULL,
	"day" date NOT NULL,
	"active_users" integer DEFAULT 0 NOT NULL,
	"messages" bigint DEFAULT 0 NOT NULL,
	"api_calls" bigint DEFAULT 0 NOT NULL,
	"avg_latency_ms" integer,
	"uptime_bp" integer,
	"csat_bp" integer,
	CONSTRAINT "agent_metrics_daily_pkey" PRIMARY KEY("agent_id","day"),
	CONSTRAINT "agent_metrics_daily_active_users_check" CHECK ("agent_metrics_daily"."active_users" >= 0),
	CONSTRAINT "agent_metrics_daily_messages_check" CHECK ("agent_metrics_daily"."messages" BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "agent_metrics_daily_api_calls_check" CHECK ("agent_metrics_daily"."api_calls" BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "agent_metrics_daily_avg_latency_ms_check" CHECK ("agent_metrics_daily"."avg_latency_ms" >= 0),
	CONSTRAINT "agent_metrics_daily_uptime_bp_check" CHECK ("agent_metrics_daily"."uptime_bp" BETWEEN 0 AND 10000),
	CONSTRAINT "agent_metrics_daily_csat_bp_check" CHECK ("agent_metrics_daily"."csat_bp" BETWEEN 0 AND 10000)
);
--> statement-breakpoint
CREATE TABLE "agent_pricing_tiers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"family_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"tier_name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"is_free" boolean DEFAULT false NOT NULL,
	"price" bigint NOT NULL,
	"currency" text DEFAULT 'USD' NOT NULL,
	"billing_interval" text DEFAULT 'month' NOT NULL,
	"usage_interval" text DEFAULT 'month' NOT NULL,
	"stripe_product_id" text,
	"stripe_price_id" text,
	"tax_behavior" text DEFAULT 'unspecified' NOT NULL,
	"tax_code" text,
	"trial_days" integer DEFAULT 0 NOT NULL,
	"recommended" boolean DEFAULT false NOT NULL,
	"sort_order" integer DEFAULT 0 NOT NULL,
	"effective_at" timestamp with time zone DEFAULT rialto_now() NOT NULL,
	"archived_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_pricing_tiers_family_id_version_key" UNIQUE("family_id","version"),
	CONSTRAINT "agent_pricing_tiers_stripe_price_id_key" UNIQUE("stripe_price_id"),
	CONSTRAINT "agent_pricing_tiers_id_agent_id_key" UNIQUE("id","agent_id"),
	CONSTRAINT "agent_pricing_tiers_tier_name_length_check" CHECK (char_length("agent_pricing_tiers"."tier_name") BETWEEN 1 AND 80),
	CONSTRAINT "agent_pricing_tiers_price_check" CHECK ("agent_pricing_tiers"."price" BETWEEN 0 AND 99999999),
	CONSTRAINT "agent_pricing_tiers_is_free_check" CHECK ("agent_pricing_tiers"."is_free" = ("agent_pricing_tiers"."price" = 0)),
	CONSTRAINT "agent_pricing_tiers_trial_days_check" CHECK ("agent_pricing_tiers"."trial_days" BETWEEN 0 AND 730 AND ("agent_pricing_tiers"."trial_days" = 0 OR NOT "agent_pricing_tiers"."is_free")),
	CONSTRAINT "agent_pricing_tiers_version_check" CHECK ("agent_pricing_tiers"."version" >= 1),
	CONSTRAINT "agent_pricing_tiers_currency_check" CHECK ("agent_pricing_tiers"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "agent_pricing_tiers_billing_interval_check" CHECK ("agent_pricing_tiers"."billing_interval" IN ('month', 'year')),
	CONSTRAINT "agent_pricing_tiers_usage_interval_check" CHECK ("agent_pricing_tiers"."usage_interval" IN ('month', 'year')),
	CONSTRAINT "agent_pricing_tiers_usage_interval_within_billing_check" CHECK ("agent_pricing_tiers"."usage_interval" = 'month' OR "agent_pricing_tiers"."billing_interval" = 'year'),
	CONSTRAINT "agent_pricing_tiers_tax_behavior_check" CHECK ("agent_pricing_tiers"."tax_behavior" IN ('unspecified', 'inclusive', 'exclusive'))
);
--> statement-breakpoint
CREATE TABLE "agent_slug_history" (
	"slug" text PRIMARY KEY NOT NULL,
	"agent_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_slug_history_slug_check" CHECK ("agent_slug_history"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length("agent_slug_history"."slug") <= 80)
);
--> statement-breakpoint
CREATE TABLE "agent_steps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"title" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"sort_order" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "agent_tags" (
	"agent_id" uuid NOT NULL,
	"tag_id" uuid NOT NULL,
	CONSTRAINT "agent_tags_pkey" PRIMARY KEY("agent_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "agent_waitlist" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_waitlist_agent_id_email_key" UNIQUE("agent_id","email"),
	CONSTRAINT "agent_waitlist_email_check" CHECK ("agent_waitlist"."email" = lower("agent_waitlist"."email") AND "agent_waitlist"."email" ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND char_length("agent_waitlist"."email") <= 320)
);
--> statement-breakpoint
CREATE TABLE "agents" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"status" text DEFAULT 'draft' NOT NULL,
	"listing" text DEFAULT 'agent' NOT NULL,
	"name" text NOT NULL,
	"tagline" text DEFAULT '' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"homepage_url" text,
	"repository_url" text,
	"documentation_url" text,
	"license" text,
	"license_note" text,
	"publisher_name" text,
	"initiate_login_uri" text,
	"runs_as" text[] DEFAULT '{}' NOT NULL,
	"languages" text[] DEFAULT '{}' NOT NULL,
	"sources" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"icon_media_id" uuid,
	"organization_id" varchar(255),
	"oauth_client_id" varchar(255),
	"redirect_uris" text[] DEFAULT '{}' NOT NULL,
	"created_by" varchar(255),
	"claimed_at" timestamp with time zone,
	"verified_at" timestamp with time zone,
	"published_at" timestamp with time zone,
	"archived_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agents_slug_key" UNIQUE("slug"),
	CONSTRAINT "agents_oauth_client_id_key" UNIQUE("oauth_client_id"),
	CONSTRAINT "agents_slug_check" CHECK ("agents"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length("agents"."slug") <= 80),
	CONSTRAINT "agents_status_check" CHECK ("agents"."status" IN ('draft', 'in_review', 'published', 'suspended', 'archived')),
	CONSTRAINT "agents_listing_check" CHECK ("agents"."listing" IN ('agent', 'directory_entry')),
	CONSTRAINT "agents_name_length_check" CHECK (char_length("agents"."name") BETWEEN 1 AND 120),
	CONSTRAINT "agents_tagline_length_check" CHECK (char_length("agents"."tagline") BETWEEN 0 AND 200),
	CONSTRAINT "agents_description_length_check" CHECK (char_length("agents"."description") BETWEEN 0 AND 50000),
	CONSTRAINT "agents_homepage_url_check" CHECK ("agents"."homepage_url" ~ '^https?://' AND char_length("agents"."homepage_url") <= 2048),
	CONSTRAINT "agents_repository_url_check" CHECK ("agents"."repository_url" ~ '^https?://' AND char_length("agents"."repository_url") <= 2048),
	CONSTRAINT "agents_documentation_url_check" CHECK ("agents"."documentation_url" ~ '^https?://' AND char_length("agents"."documentation_url") <= 2048),
	CONSTRAINT "agents_initiate_login_uri_check" CHECK ("agents"."initiate_login_uri" ~ '^https?://' AND char_length("agents"."initiate_login_uri") <= 2048),
	CONSTRAINT "agents_sources_check" CHECK (jsonb_typeof("agents"."sources") = 'array'),
	CONSTRAINT "agents_published_at_check" CHECK ("agents"."status" <> 'published' OR "agents"."published_at" IS NOT NULL),
	CONSTRAINT "agents_listing_unowned_check" CHECK ("agents"."listing" <> 'directory_entry' OR ("agents"."organization_id" IS NULL AND "agents"."oauth_client_id" IS NULL))
);
--> statement-breakpoint
CREATE TABLE "attempt_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "audit_logs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" varchar(255),
	"org_id" varchar(255),
	"action" text NOT NULL,
	"resource" text NOT NULL,
	"resource_id" text,
	"result" text DEFAULT 'success' NOT NULL,
	"error_code" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"timestamp" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_logs_result_check" CHECK ("audit_logs"."result" IN ('success', 'failure', 'denied')),
	CONSTRAINT "audit_logs_metadata_check" CHECK (jsonb_typeof("audit_logs"."metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "billing_entries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "billing_entries_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"stripe_object_id" text,
	"subject_hash" text,
	"subscription_ref" uuid,
	"agent_ref" uuid,
	"organization_ref" text,
	"is_test" boolean DEFAULT false NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"occurred_at" timestamp with time zone DEFAULT rialto_now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_entries_seq_key" UNIQUE("seq"),
	CONSTRAINT "billing_entries_stripe_object_id_key" UNIQUE("stripe_object_id"),
	CONSTRAINT "billing_entries_kind_check" CHECK ("billing_entries"."kind" IN ('charge', 'refund', 'dispute', 'dispute_reversal', 'fee', 'payout', 'adjustment')),
	CONSTRAINT "billing_entries_amount_check" CHECK ("billing_entries"."amount" BETWEEN -9007199254740991 AND 9007199254740991),
	CONSTRAINT "billing_entries_currency_check" CHECK ("billing_entries"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "billing_entries_metadata_check" CHECK (jsonb_typeof("billing_entries"."metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"environment" text,
	"stripe_account_id" text,
	"clock_offset_ms" bigint DEFAULT 0 NOT NULL,
	"demo_auth_secret" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "installation_id_check" CHECK ("installation"."id"),
	CONSTRAINT "installation_environment_check" CHECK ("installation"."environment" IN ('sandbox', 'test', 'live')),
	CONSTRAINT "installation_clock_offset_ms_check" CHECK ("installation"."clock_offset_ms" BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "installation_clock_offset_ms_sandbox_check" CHECK ("installation"."clock_offset_ms" = 0 OR "installation"."environment" IS NOT DISTINCT FROM 'sandbox')
);
--> statement-breakpoint
CREATE TABLE "interaction_recipients" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "interaction_recipients_email_key" UNIQUE("email"),
	CONSTRAINT "interaction_recipients_email_check" CHECK ("interaction_recipients"."email" = lower("interaction_recipients"."email") AND "interaction_recipients"."email" ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND char_length("interaction_recipients"."email") <= 320)
);
--> statement-breakpoint
CREATE TABLE "interactions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"type" text NOT NULL,
	"user_id" varchar(255),
	"user_email" text,
	"agent_id" uuid,
	"agent_name" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"notified_at" timestamp with time zone,
	"notify_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "interactions_type_length_check" CHECK (char_length("interactions"."type") BETWEEN 1 AND 64),
	CONSTRAINT "interactions_metadata_check" CHECK (jsonb_typeof("interactions"."metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "media" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"content_hash" text NOT NULL,
	"mime_type" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"created_by" varchar(255),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "media_content_hash_key" UNIQUE("content_hash"),
	CONSTRAINT "media_content_hash_check" CHECK ("media"."content_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "media_mime_type_check" CHECK ("media"."mime_type" IN ('image/png', 'image/jpeg', 'image/webp')),
	CONSTRAINT "media_bytes_check" CHECK (octet_length("media"."bytes") BETWEEN 1 AND 2097152),
	CONSTRAINT "media_width_check" CHECK ("media"."width" BETWEEN 1 AND 8192),
	CONSTRAINT "media_height_check" CHECK ("media"."height" BETWEEN 1 AND 8192)
);
--> statement-breakpoint
CREATE TABLE "outbox_events" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_events_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"type" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"subject" text NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outbox_events_event_id_key" UNIQUE("event_id"),
	CONSTRAINT "outbox_events_version_check" CHECK ("outbox_events"."version" >= 1)
);
--> statement-breakpoint
CREATE TABLE "publisher_accounts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organization_id" varchar(255) NOT NULL,
	"fee_bp" integer DEFAULT 0 NOT NULL,
	"stripe_account_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "publisher_accounts_organization_id_key" UNIQUE("organization_id"),
	CONSTRAINT "publisher_accounts_stripe_account_id_key" UNIQUE("stripe_account_id"),
	CONSTRAINT "publisher_accounts_fee_bp_check" CHECK ("publisher_accounts"."fee_bp" BETWEEN 0 AND 10000)
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"agent_id" uuid NOT NULL,
	"user_id" varchar(255) NOT NULL,
	"rating" integer NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"body" text DEFAULT '' NOT NULL,
	"reply" text,
	"replied_at" timestamp with time zone,
	"hidden_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reviews_agent_id_user_id_key" UNIQUE("agent_id","user_id"),
	CONSTRAINT "reviews_rating_check" CHECK ("reviews"."rating" BETWEEN 1 AND 5),
	CONSTRAINT "reviews_title_length_check" CHECK (char_length("reviews"."title") BETWEEN 0 AND 200),
	CONSTRAINT "reviews_body_length_check" CHECK (char_length("reviews"."body") BETWEEN 0 AND 10000)
);
--> statement-breakpoint
CREATE TABLE "stripe_events" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"stripe_event_id" text NOT NULL,
	"type" text NOT NULL,
	"livemode" boolean DEFAULT false NOT NULL,
	"payload" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"processed_at" timestamp with time zone,
	"error_message" text,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stripe_events_stripe_event_id_key" UNIQUE("stripe_event_id"),
	CONSTRAINT "stripe_events_attempts_check" CHECK ("stripe_events"."attempts" >= 0)
);
--> statement-breakpoint
CREATE TABLE "subscription_addons" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"subscription_id" uuid NOT NULL,
	"metric_id" uuid NOT NULL,
	"amount" bigint NOT NULL,
	"scope" text NOT NULL,
	"source" text NOT NULL,
	"granted_at" timestamp with time zone DEFAULT rialto_now() NOT NULL,
	"reason" text,
	"created_by" varchar(255),
	"stripe_object_id" text,
	"revoked_at" timestamp with time zone,
	"revoked_by" varchar(255),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "subscription_addons_stripe_object_id_key" UNIQUE("stripe_object_id"),
	CONSTRAINT "subscription_addons_amount_check" CHECK ("subscription_addons"."amount" BETWEEN 1 AND 9007199254740991),
	CONSTRAINT "subscription_addons_scope_check" CHECK ("subscription_addons"."scope" IN ('one_cycle', 'permanent')),
	CONSTRAINT "subscription_addons_source_check" CHECK ("subscription_addons"."source" IN ('admin_grant', 'purchased'))
);
--> statement-breakpoint
CREATE TABLE "subscription_usage" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"subscription_id" uuid NOT NULL,
	"metric_id" uuid NOT NULL,
	"period_start" timestamp with time zone NOT NULL,
	"period_end" timestamp with time zone NOT NULL,
	"used" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "subscription_usage_subscription_id_metric_id_period_start_key" UNIQUE("subscription_id","metric_id","period_start"),
	CONSTRAINT "subscription_usage_used_check" CHECK ("subscription_usage"."used" BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "subscription_usage_period_end_check" CHECK ("subscription_usage"."period_end" > "subscription_usage"."period_start")
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tags_slug_key" UNIQUE("slug"),
	CONSTRAINT "tags_slug_check" CHECK ("tags"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length("tags"."slug") <= 80),
	CONSTRAINT "tags_name_length_check" CHECK (char_length("tags"."name") BETWEEN 1 AND 80)
);
--> statement-breakpoint
CREATE TABLE "tier_metric_quotas" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"tier_id" uuid NOT NULL,
	"metric_id" uuid NOT NULL,
	"quota_limit" bigint,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tier_metric_quotas_tier_id_metric_id_key" UNIQUE("tier_id","metric_id"),
	CONSTRAINT "tier_metric_quotas_quota_limit_check" CHECK ("tier_metric_quotas"."quota_limit" BETWEEN 0 AND 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "usage_ledger" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "usage_ledger_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"subscription_id" uuid NOT NULL,
	"metric_id" uuid NOT NULL,
	"event_type" text NOT NULL,
	"delta" bigint NOT NULL,
	"client_req_id" uuid NOT NULL,
	"refers_to_id" uuid,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"used_after" bigint NOT NULL,
	"limit_at" bigint,
	"period_start" timestamp with time zone,
	"occurred_at" timestamp with time zone DEFAULT rialto_now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "usage_ledger_client_req_id_key" UNIQUE("client_req_id"),
	CONSTRAINT "usage_ledger_event_type_check" CHECK ("usage_ledger"."event_type" IN ('consume', 'adjust', 'refund', 'hold', 'settle', 'lapse', 'carry_in', 'carry_out')),
	CONSTRAINT "usage_ledger_delta_check" CHECK ("usage_ledger"."delta" BETWEEN -9007199254740991 AND 9007199254740991),
	CONSTRAINT "usage_ledger_used_after_check" CHECK ("usage_ledger"."used_after" BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "usage_ledger_limit_at_check" CHECK ("usage_ledger"."limit_at" BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "usage_ledger_metadata_check" CHECK (jsonb_typeof("usage_ledger"."metadata") = 'object')
);
--> statement-breakpoint
CREATE TABLE "user_agent_subscriptions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"user_id" varchar(255) NOT NULL,
	"agent_id" uuid NOT NULL,
	"tier_id" uuid NOT NULL,
	"organization_id" varchar(255),
	"status" text NOT NULL,
	"stripe_customer_id" text,
	"stripe_subscription_id" text,
	"amount" bigint DEFAULT 0 NOT NULL,
	"currency" text,
	"price_id" text,
	"current_period_start" timestamp with time zone DEFAULT rialto_now() NOT NULL,
	"current_period_end" timestamp with time zone DEFAULT rialto_now() + interval '1 month' NOT NULL,
	"period_anchor" timestamp with time zone DEFAULT rialto_now() NOT NULL,
	"trial_ends_at" timestamp with time zone,
	"cancel_at_period_end" boolean DEFAULT false NOT NULL,
	"canceled_at" timestamp with time zone,
	"is_test" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_agent_subscriptions_stripe_subscription_id_key" UNIQUE("stripe_subscription_id"),
	CONSTRAINT "user_agent_subscriptions_status_check" CHECK ("user_agent_subscriptions"."status" IN ('active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete', 'incomplete_expired', 'canceled')),
	CONSTRAINT "user_agent_subscriptions_current_period_end_check" CHECK ("user_agent_subscriptions"."current_period_end" > "user_agent_subscriptions"."current_period_start"),
	CONSTRAINT "user_agent_subscriptions_amount_check" CHECK ("user_agent_subscriptions"."amount" BETWEEN 0 AND 9007199254740991),
	CONSTRAINT "user_agent_subscriptions_currency_check" CHECK ("user_agent_subscriptions"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "user_agent_subscriptions_amount_currency_check" CHECK ("user_agent_subscriptions"."amount" = 0 OR "user_agent_subscriptions"."currency" IS NOT NULL)
);
--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_code" ADD CONSTRAINT "device_code_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_access_token" ADD CONSTRAINT "oauth_access_token_client_id_oauth_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."oauth_client"("client_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_access_token" ADD CONSTRAINT "oauth_access_token_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_access_token" ADD CONSTRAINT "oauth_access_token_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_access_token" ADD CONSTRAINT "oauth_access_token_refresh_id_oauth_refresh_token_id_fk" FOREIGN KEY ("refresh_id") REFERENCES "public"."oauth_refresh_token"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_authorization_code" ADD CONSTRAINT "oauth_authorization_code_client_id_oauth_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."oauth_client"("client_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_authorization_code" ADD CONSTRAINT "oauth_authorization_code_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_authorization_code" ADD CONSTRAINT "oauth_authorization_code_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_client" ADD CONSTRAINT "oauth_client_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_client_resource" ADD CONSTRAINT "oauth_client_resource_client_id_oauth_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."oauth_client"("client_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_client_resource" ADD CONSTRAINT "oauth_client_resource_resource_id_oauth_resource_identifier_fk" FOREIGN KEY ("resource_id") REFERENCES "public"."oauth_resource"("identifier") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_consent" ADD CONSTRAINT "oauth_consent_client_id_oauth_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."oauth_client"("client_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_consent" ADD CONSTRAINT "oauth_consent_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_refresh_token" ADD CONSTRAINT "oauth_refresh_token_client_id_oauth_client_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."oauth_client"("client_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_refresh_token" ADD CONSTRAINT "oauth_refresh_token_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_refresh_token" ADD CONSTRAINT "oauth_refresh_token_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_invitation" ADD CONSTRAINT "organization_invitation_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_invitation" ADD CONSTRAINT "organization_invitation_inviter_id_user_id_fk" FOREIGN KEY ("inviter_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_member" ADD CONSTRAINT "organization_member_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_member" ADD CONSTRAINT "organization_member_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "two_factor" ADD CONSTRAINT "two_factor_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_capabilities" ADD CONSTRAINT "agent_capabilities_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_changelog" ADD CONSTRAINT "agent_changelog_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_installs" ADD CONSTRAINT "agent_installs_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_installs" ADD CONSTRAINT "agent_installs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_metric_definitions" ADD CONSTRAINT "agent_metric_definitions_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_metrics_daily" ADD CONSTRAINT "agent_metrics_daily_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_pricing_tiers" ADD CONSTRAINT "agent_pricing_tiers_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_slug_history" ADD CONSTRAINT "agent_slug_history_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_steps" ADD CONSTRAINT "agent_steps_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_tags" ADD CONSTRAINT "agent_tags_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_tags" ADD CONSTRAINT "agent_tags_tag_id_fkey" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_waitlist" ADD CONSTRAINT "agent_waitlist_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_icon_media_id_fkey" FOREIGN KEY ("icon_media_id") REFERENCES "public"."media"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_oauth_client_id_fkey" FOREIGN KEY ("oauth_client_id") REFERENCES "public"."oauth_client"("client_id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_logs" ADD CONSTRAINT "audit_logs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interactions" ADD CONSTRAINT "interactions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interactions" ADD CONSTRAINT "interactions_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publisher_accounts" ADD CONSTRAINT "publisher_accounts_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reviews" ADD CONSTRAINT "reviews_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_addons" ADD CONSTRAINT "subscription_addons_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "public"."user_agent_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_addons" ADD CONSTRAINT "subscription_addons_metric_id_fkey" FOREIGN KEY ("metric_id") REFERENCES "public"."agent_metric_definitions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_addons" ADD CONSTRAINT "subscription_addons_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_addons" ADD CONSTRAINT "subscription_addons_revoked_by_fkey" FOREIGN KEY ("revoked_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_usage" ADD CONSTRAINT "subscription_usage_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "public"."user_agent_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_usage" ADD CONSTRAINT "subscription_usage_metric_id_fkey" FOREIGN KEY ("metric_id") REFERENCES "public"."agent_metric_definitions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tier_metric_quotas" ADD CONSTRAINT "tier_metric_quotas_tier_id_fkey" FOREIGN KEY ("tier_id") REFERENCES "public"."agent_pricing_tiers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tier_metric_quotas" ADD CONSTRAINT "tier_metric_quotas_metric_id_fkey" FOREIGN KEY ("metric_id") REFERENCES "public"."agent_metric_definitions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_ledger" ADD CONSTRAINT "usage_ledger_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "public"."user_agent_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_ledger" ADD CONSTRAINT "usage_ledger_metric_id_fkey" FOREIGN KEY ("metric_id") REFERENCES "public"."agent_metric_definitions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_ledger" ADD CONSTRAINT "usage_ledger_refers_to_id_fkey" FOREIGN KEY ("refers_to_id") REFERENCES "public"."usage_ledger"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD CONSTRAINT "user_agent_subscriptions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD CONSTRAINT "user_agent_subscriptions_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD CONSTRAINT "user_agent_subscriptions_tier_id_fkey" FOREIGN KEY ("tier_id","agent_id") REFERENCES "public"."agent_pricing_tiers"("id","agent_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD CONSTRAINT "user_agent_subscriptions_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "account_provider_id_account_id_uidx" ON "account" USING btree ("provider_id","account_id");--> statement-breakpoint
CREATE INDEX "account_user_id_idx" ON "account" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "device_code_device_code_uidx" ON "device_code" USING btree ("device_code");--> statement-breakpoint
CREATE UNIQUE INDEX "device_code_user_code_uidx" ON "device_code" USING btree ("user_code");--> statement-breakpoint
CREATE INDEX "device_code_user_id_idx" ON "device_code" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "oauth_access_token_client_id_idx" ON "oauth_access_token" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "oauth_access_token_session_id_idx" ON "oauth_access_token" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "oauth_access_token_user_id_idx" ON "oauth_access_token" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "oauth_access_token_authorization_code_id_idx" ON "oauth_access_token" USING btree ("authorization_code_id");--> statement-breakpoint
CREATE INDEX "oauth_access_token_refresh_id_idx" ON "oauth_access_token" USING btree ("refresh_id");--> statement-breakpoint
CREATE INDEX "oauth_authorization_code_client_id_idx" ON "oauth_authorization_code" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "oauth_authorization_code_user_id_idx" ON "oauth_authorization_code" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "oauth_authorization_code_session_id_idx" ON "oauth_authorization_code" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "oauth_authorization_code_expires_at_idx" ON "oauth_authorization_code" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "oauth_client_user_id_idx" ON "oauth_client" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "oauth_client_reference_id_idx" ON "oauth_client" USING btree ("reference_id");--> statement-breakpoint
CREATE INDEX "oauth_client_assertion_expires_at_idx" ON "oauth_client_assertion" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "oauth_client_resource_client_id_resource_id_uidx" ON "oauth_client_resource" USING btree ("client_id","resource_id");--> statement-breakpoint
CREATE INDEX "oauth_client_resource_resource_id_idx" ON "oauth_client_resource" USING btree ("resource_id");--> statement-breakpoint
CREATE UNIQUE INDEX "oauth_consent_user_id_client_id_uidx" ON "oauth_consent" USING btree ("user_id","client_id");--> statement-breakpoint
CREATE INDEX "oauth_consent_client_id_idx" ON "oauth_consent" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "oauth_refresh_token_client_id_idx" ON "oauth_refresh_token" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "oauth_refresh_token_session_id_idx" ON "oauth_refresh_token" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "oauth_refresh_token_user_id_idx" ON "oauth_refresh_token" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "oauth_refresh_token_authorization_code_id_idx" ON "oauth_refresh_token" USING btree ("authorization_code_id");--> statement-breakpoint
CREATE INDEX "organization_invitation_inviter_id_idx" ON "organization_invitation" USING btree ("inviter_id");--> statement-breakpoint
CREATE INDEX "organization_invitation_organization_id_idx" ON "organization_invitation" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "organization_invitation_email_idx" ON "organization_invitation" USING btree ("email");--> statement-breakpoint
CREATE UNIQUE INDEX "organization_member_organization_id_user_id_uidx" ON "organization_member" USING btree ("organization_id","user_id");--> statement-breakpoint
CREATE INDEX "organization_member_user_id_idx" ON "organization_member" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "passkey_user_id_idx" ON "passkey" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "session_user_id_idx" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "two_factor_secret_idx" ON "two_factor" USING btree ("secret");--> statement-breakpoint
CREATE INDEX "two_factor_user_id_idx" ON "two_factor" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "verification_expires_at_idx" ON "verification" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "verification_identifier_idx" ON "verification" USING btree ("identifier");--> statement-breakpoint
CREATE INDEX "agent_capabilities_agent_id_sort_order_idx" ON "agent_capabilities" USING btree ("agent_id","sort_order");--> statement-breakpoint
CREATE INDEX "agent_changelog_agent_id_published_at_idx" ON "agent_changelog" USING btree ("agent_id","published_at");--> statement-breakpoint
CREATE INDEX "agent_installs_user_id_installed_at_idx" ON "agent_installs" USING btree ("user_id","installed_at");--> statement-breakpoint
CREATE INDEX "agent_pricing_tiers_agent_id_sort_order_idx" ON "agent_pricing_tiers" USING btree ("agent_id","sort_order");--> statement-breakpoint
CREATE INDEX "agent_slug_history_agent_id_idx" ON "agent_slug_history" USING btree ("agent_id");--> statement-breakpoint
CREATE INDEX "agent_steps_agent_id_sort_order_idx" ON "agent_steps" USING btree ("agent_id","sort_order");--> statement-breakpoint
CREATE INDEX "agent_tags_tag_id_agent_id_idx" ON "agent_tags" USING btree ("tag_id","agent_id");--> statement-breakpoint
CREATE INDEX "agent_waitlist_email_idx" ON "agent_waitlist" USING btree ("email");--> statement-breakpoint
CREATE INDEX "agents_icon_media_id_idx" ON "agents" USING btree ("icon_media_id");--> statement-breakpoint
CREATE INDEX "agents_organization_id_idx" ON "agents" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "agents_created_by_idx" ON "agents" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "agents_status_published_at_id_idx" ON "agents" USING btree ("status","published_at","id");--> statement-breakpoint
CREATE INDEX "agents_status_name_id_idx" ON "agents" USING btree ("status","name","id");--> statement-breakpoint
CREATE INDEX "attempt_limits_expire_idx" ON "attempt_limits" USING btree ("expire");--> statement-breakpoint
CREATE INDEX "audit_logs_timestamp_id_idx" ON "audit_logs" USING btree ("timestamp","id");--> statement-breakpoint
CREATE INDEX "audit_logs_user_id_timestamp_idx" ON "audit_logs" USING btree ("user_id","timestamp");--> statement-breakpoint
CREATE INDEX "audit_logs_org_id_timestamp_idx" ON "audit_logs" USING btree ("org_id","timestamp");--> statement-breakpoint
CREATE INDEX "audit_logs_resource_resource_id_timestamp_idx" ON "audit_logs" USING btree ("resource","resource_id","timestamp");--> statement-breakpoint
CREATE INDEX "audit_logs_action_timestamp_idx" ON "audit_logs" USING btree ("action","timestamp");--> statement-breakpoint
CREATE INDEX "billing_entries_organization_ref_occurred_at_idx" ON "billing_entries" USING btree ("organization_ref","occurred_at");--> statement-breakpoint
CREATE INDEX "billing_entries_agent_ref_occurred_at_idx" ON "billing_entries" USING btree ("agent_ref","occurred_at");--> statement-breakpoint
CREATE INDEX "billing_entries_subscription_ref_idx" ON "billing_entries" USING btree ("subscription_ref");--> statement-breakpoint
CREATE INDEX "billing_entries_subject_hash_idx" ON "billing_entries" USING btree ("subject_hash");--> statement-breakpoint
CREATE INDEX "interactions_created_at_id_idx" ON "interactions" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "interactions_type_created_at_idx" ON "interactions" USING btree ("type","created_at");--> statement-breakpoint
CREATE INDEX "interactions_user_id_idx" ON "interactions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "interactions_agent_id_idx" ON "interactions" USING btree ("agent_id");--> statement-breakpoint
CREATE INDEX "interactions_created_at_unnotified_idx" ON "interactions" USING btree ("created_at") WHERE "interactions"."notified_at" IS NULL;--> statement-breakpoint
CREATE INDEX "media_created_by_idx" ON "media" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "outbox_events_subject_seq_idx" ON "outbox_events" USING btree ("subject","seq");--> statement-breakpoint
CREATE INDEX "reviews_agent_id_created_at_id_idx" ON "reviews" USING btree ("agent_id","created_at","id");--> statement-breakpoint
CREATE INDEX "reviews_user_id_idx" ON "reviews" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "stripe_events_received_at_id_idx" ON "stripe_events" USING btree ("received_at","id");--> statement-breakpoint
CREATE INDEX "stripe_events_type_received_at_idx" ON "stripe_events" USING btree ("type","received_at");--> statement-breakpoint
CREATE INDEX "stripe_events_received_at_unprocessed_idx" ON "stripe_events" USING btree ("received_at") WHERE "stripe_events"."processed_at" IS NULL;--> statement-breakpoint
CREATE INDEX "subscription_addons_subscription_id_granted_at_idx" ON "subscription_addons" USING btree ("subscription_id","granted_at");--> statement-breakpoint
CREATE INDEX "subscription_addons_subscription_id_metric_id_live_idx" ON "subscription_addons" USING btree ("subscription_id","metric_id") WHERE "subscription_addons"."revoked_at" IS NULL;--> statement-breakpoint
CREATE INDEX "subscription_addons_metric_id_idx" ON "subscription_addons" USING btree ("metric_id");--> statement-breakpoint
CREATE INDEX "subscription_addons_created_by_idx" ON "subscription_addons" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "subscription_addons_revoked_by_idx" ON "subscription_addons" USING btree ("revoked_by");--> statement-breakpoint
CREATE INDEX "subscription_usage_metric_id_idx" ON "subscription_usage" USING btree ("metric_id");--> statement-breakpoint
CREATE INDEX "tier_metric_quotas_metric_id_idx" ON "tier_metric_quotas" USING btree ("metric_id");--> statement-breakpoint
CREATE INDEX "usage_ledger_subscription_id_seq_idx" ON "usage_ledger" USING btree ("subscription_id","seq");--> statement-breakpoint
CREATE INDEX "usage_ledger_refers_to_id_set_idx" ON "usage_ledger" USING btree ("refers_to_id") WHERE "usage_ledger"."refers_to_id" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "usage_ledger_seq_brin" ON "usage_ledger" USING brin ("seq");--> statement-breakpoint
CREATE UNIQUE INDEX "user_agent_subscriptions_user_id_agent_id_live_key" ON "user_agent_subscriptions" USING btree ("user_id","agent_id") WHERE "user_agent_subscriptions"."status" IN ('active', 'trialing');--> statement-breakpoint
CREATE UNIQUE INDEX "user_agent_subscriptions_user_id_agent_id_open_key" ON "user_agent_subscriptions" USING btree ("user_id","agent_id") WHERE "user_agent_subscriptions"."status" IN ('active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete');--> statement-breakpoint
CREATE INDEX "user_agent_subscriptions_user_id_agent_id_status_idx" ON "user_agent_subscriptions" USING btree ("user_id","agent_id","status");--> statement-breakpoint
CREATE INDEX "user_agent_subscriptions_agent_id_status_created_at_idx" ON "user_agent_subscriptions" USING btree ("agent_id","status","created_at");--> statement-breakpoint
CREATE INDEX "user_agent_subscriptions_tier_id_idx" ON "user_agent_subscriptions" USING btree ("tier_id");--> statement-breakpoint
CREATE INDEX "user_agent_subscriptions_organization_id_idx" ON "user_agent_subscriptions" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "user_agent_subscriptions_stripe_customer_id_idx" ON "user_agent_subscriptions" USING btree ("stripe_customer_id");--> statement-breakpoint
CREATE INDEX "user_agent_subscriptions_current_period_end_open_idx" ON "user_agent_subscriptions" USING btree ("current_period_end") WHERE "user_agent_subscriptions"."status" IN ('active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete');