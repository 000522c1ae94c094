CREATE TABLE "dpop_proofs" (
	"digest" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "dpop_proofs_digest_length_check" CHECK (char_length("dpop_proofs"."digest") BETWEEN 1 AND 64)
);
--> statement-breakpoint
CREATE TABLE "pushed_authorization_requests" (
	"digest" text PRIMARY KEY NOT NULL,
	"client_id" varchar(255) NOT NULL,
	"query" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pushed_authorization_requests_digest_length_check" CHECK (char_length("pushed_authorization_requests"."digest") BETWEEN 1 AND 64),
	CONSTRAINT "pushed_authorization_requests_query_length_check" CHECK (char_length("pushed_authorization_requests"."query") BETWEEN 1 AND 8000)
);
--> statement-breakpoint
ALTER TABLE "oauth_authorization_code" ADD COLUMN "acr" text;--> statement-breakpoint
ALTER TABLE "oauth_authorization_code" ADD COLUMN "amr" text[];--> statement-breakpoint
ALTER TABLE "oauth_authorization_code" ADD COLUMN "authenticated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "oauth_client" ADD COLUMN "require_pushed_authorization_requests" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "amr" text[];--> statement-breakpoint
ALTER TABLE "pushed_authorization_requests" ADD CONSTRAINT "pushed_authorization_requests_client_id_fkey" FOREIGN KEY ("client_id") REFERENCES "public"."oauth_client"("client_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dpop_proofs_expires_at_idx" ON "dpop_proofs" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "pushed_authorization_requests_client_id_idx" ON "pushed_authorization_requests" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "pushed_authorization_requests_expires_at_idx" ON "pushed_authorization_requests" USING btree ("expires_at");