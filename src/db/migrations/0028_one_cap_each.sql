DROP INDEX "spending_caps_user_id_agent_id_agent_key";--> statement-breakpoint
DROP INDEX "spending_caps_user_id_all_key";--> statement-breakpoint
ALTER TABLE "spending_caps" ADD CONSTRAINT "spending_caps_user_id_agent_id_key" UNIQUE NULLS NOT DISTINCT("user_id","agent_id");