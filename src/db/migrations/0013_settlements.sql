ALTER TABLE "usage_reservations" ADD COLUMN "used_after" bigint;--> statement-breakpoint
ALTER TABLE "usage_reservations" ADD COLUMN "limit_at" bigint;--> statement-breakpoint
ALTER TABLE "usage_reservations" ADD COLUMN "limit_parts" bigint[];--> statement-breakpoint
CREATE INDEX "usage_ledger_subscription_id_seq_moved_idx" ON "usage_ledger" USING btree ("subscription_id","seq") WHERE "usage_ledger"."event_type" = 'carry_out';--> statement-breakpoint
-- The id of the entry that ends a hold, derived, so that whoever ends it, however often, ends it once. Of a version (0) that no caller
-- can send: an agent that used it for something else would keep its hold from ever ending.
CREATE OR REPLACE FUNCTION settlement_request_id(reservation uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT overlay(md5('rialto:settlement:' || reservation) PLACING '0' FROM 13 FOR 1)::uuid $$;
