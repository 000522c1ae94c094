CREATE TABLE "account_deletions" (
	"user_id" varchar(255) PRIMARY KEY NOT NULL,
	"logouts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "account_deletions_logouts_check" CHECK (jsonb_typeof("account_deletions"."logouts") = 'array')
);
--> statement-breakpoint
ALTER TABLE "account_deletions" ADD CONSTRAINT "account_deletions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_deletions_requested_at_idx" ON "account_deletions" USING btree ("requested_at");--> statement-breakpoint

-- Who is being deleted is locked out (user.banned). Lifting that would let a person back into what is half gone.
CREATE FUNCTION refuse_return_of_deleted() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (SELECT FROM public.account_deletions deletion WHERE deletion.user_id = NEW.id) THEN
    RAISE EXCEPTION 'person % is being deleted and stays locked out', NEW.id
      USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
            CONSTRAINT = 'account_deletions_locked_out';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER user_refuse_return_of_deleted BEFORE UPDATE OF banned ON "user"
  FOR EACH ROW WHEN (OLD.banned AND NOT NEW.banned) EXECUTE FUNCTION refuse_return_of_deleted();
