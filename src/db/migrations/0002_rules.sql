-- What tables alone can't say: storage, order of checks, append-only, and rules between rows of several tables.

-- The installation has exactly one row.
INSERT INTO installation DEFAULT VALUES;
--> statement-breakpoint

-- Counters are updated for every event: room on the page keeps the new version beside the old one, without index writes.
ALTER TABLE subscription_usage SET (fillfactor = 60);
--> statement-breakpoint

-- Pictures are compressed already.
ALTER TABLE media ALTER COLUMN bytes SET STORAGE EXTERNAL;
--> statement-breakpoint

-- Checked at the end of the transaction, because deleting an agent reaches its metrics and tiers before it has emptied
-- what refers to them. Deleting a metric or tier in use by itself still fails.
ALTER TABLE user_agent_subscriptions ALTER CONSTRAINT user_agent_subscriptions_tier_id_fkey DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE subscription_usage ALTER CONSTRAINT subscription_usage_metric_id_fkey DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE subscription_addons ALTER CONSTRAINT subscription_addons_metric_id_fkey DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE usage_ledger ALTER CONSTRAINT usage_ledger_metric_id_fkey DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint
ALTER TABLE usage_ledger ALTER CONSTRAINT usage_ledger_refers_to_id_fkey DEFERRABLE INITIALLY DEFERRED;
--> statement-breakpoint

-- Append-only tables ---------------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
          CONSTRAINT = TG_TABLE_NAME || '_append_only';
END
$$;
--> statement-breakpoint

CREATE TRIGGER usage_ledger_refuse_update BEFORE UPDATE ON usage_ledger
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER usage_ledger_refuse_truncate BEFORE TRUNCATE ON usage_ledger
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- A row may leave only because its subscription has left. Looking at the subscription itself, and not at how deep in
-- triggers the statement runs, also refuses a DELETE that hides inside another trigger. Once per statement: a cascade of
-- a million rows costs one look, not a million.
CREATE FUNCTION refuse_ledger_delete() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (SELECT FROM gone JOIN public.user_agent_subscriptions subscription ON subscription.id = gone.subscription_id) THEN
    RAISE EXCEPTION 'usage_ledger is append-only: DELETE is refused while its subscription exists'
      USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
            CONSTRAINT = 'usage_ledger_append_only';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER usage_ledger_refuse_delete AFTER DELETE ON usage_ledger
  REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_delete();
--> statement-breakpoint

CREATE TRIGGER billing_entries_refuse_update BEFORE UPDATE ON billing_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER billing_entries_refuse_delete BEFORE DELETE ON billing_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER billing_entries_refuse_truncate BEFORE TRUNCATE ON billing_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- The one change an audit row may see: it forgets a person who is gone (the foreign key's SET NULL).
CREATE FUNCTION refuse_audit_update() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  forgotten public.audit_logs := OLD;
BEGIN
  forgotten.user_id := NULL;
  IF NEW IS NOT DISTINCT FROM forgotten
    AND NOT EXISTS (SELECT FROM public."user" person WHERE person.id = OLD.user_id)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit_logs is append-only: UPDATE is refused'
    USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
          CONSTRAINT = 'audit_logs_append_only';
END
$$;
--> statement-breakpoint
CREATE TRIGGER audit_logs_refuse_update BEFORE UPDATE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_update();
--> statement-breakpoint
CREATE TRIGGER audit_logs_refuse_delete BEFORE DELETE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_logs_refuse_truncate BEFORE TRUNCATE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint

-- Owners ---------------------------------------------------------------------------------------------------------------

-- The foreign key says SET NULL, so that no restore or repair can lose an agent; this says that it never gets so far.
CREATE FUNCTION refuse_delete_of_publisher() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  IF EXISTS (SELECT FROM public.agents WHERE agents.organization_id = OLD.id) THEN
    RAISE EXCEPTION 'organization % owns agents and can not be deleted', OLD.id
      USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
            CONSTRAINT = 'organization_owns_agents';
  END IF;
  RETURN OLD;
END
$$;
--> statement-breakpoint
CREATE TRIGGER organization_refuse_delete_of_publisher BEFORE DELETE ON organization
  FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_publisher();
--> statement-breakpoint

-- Metrics of one agent -------------------------------------------------------------------------------------------------

CREATE FUNCTION require_own_metric() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  owner_agent_id uuid;
  metric_agent_id uuid;
BEGIN
  IF TG_TABLE_NAME = 'tier_metric_quotas' THEN
    SELECT agent_id INTO owner_agent_id FROM public.agent_pricing_tiers WHERE id = NEW.tier_id;
  ELSE
    SELECT agent_id INTO owner_agent_id FROM public.user_agent_subscriptions WHERE id = NEW.subscription_id;
  END IF;
  SELECT agent_id INTO metric_agent_id FROM public.agent_metric_definitions WHERE id = NEW.metric_id;
  -- Where one of them is missing, its foreign key says so.
  IF owner_agent_id <> metric_agent_id THEN
    RAISE EXCEPTION 'metric % belongs to another agent', NEW.metric_id
      USING ERRCODE = 'foreign_key_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
            CONSTRAINT = TG_TABLE_NAME || '_own_metric';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER tier_metric_quotas_own_metric BEFORE INSERT OR UPDATE OF tier_id, metric_id ON tier_metric_quotas
  FOR EACH ROW EXECUTE FUNCTION require_own_metric();
--> statement-breakpoint
CREATE TRIGGER subscription_addons_own_metric BEFORE INSERT OR UPDATE OF subscription_id, metric_id ON subscription_addons
  FOR EACH ROW EXECUTE FUNCTION require_own_metric();
--> statement-breakpoint

-- The installation -----------------------------------------------------------------------------------------------------

-- A database that has seen live or test payments stays with them; only the sandbox can be left, by going live. The clock
-- never runs backwards: a period that has ended would begin again.
CREATE FUNCTION guard_installation() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  leaves_sandbox boolean := OLD.environment = 'sandbox' AND NEW.environment IN ('test', 'live');
BEGIN
  IF NEW.environment IS DISTINCT FROM OLD.environment AND OLD.environment IS NOT NULL
    AND leaves_sandbox IS NOT TRUE
  THEN
    RAISE EXCEPTION 'this database belongs to the % environment', OLD.environment
      USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'installation_environment_fixed';
  END IF;
  IF NEW.stripe_account_id IS DISTINCT FROM OLD.stripe_account_id AND OLD.stripe_account_id IS NOT NULL
    AND leaves_sandbox IS NOT TRUE
  THEN
    RAISE EXCEPTION 'this database belongs to the Stripe account %', OLD.stripe_account_id
      USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'installation_account_fixed';
  END IF;
  IF NEW.clock_offset_ms < OLD.clock_offset_ms AND leaves_sandbox IS NOT TRUE THEN
    RAISE EXCEPTION 'the clock can only be advanced'
      USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'installation_clock_forward';
  END IF;
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER installation_guard BEFORE UPDATE ON installation
  FOR EACH ROW EXECUTE FUNCTION guard_installation();
--> statement-breakpoint
CREATE FUNCTION refuse_removal_of_installation() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION 'the installation can not be removed: % is refused', TG_OP
    USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'installation_kept';
END
$$;
--> statement-breakpoint
CREATE TRIGGER installation_refuse_removal BEFORE DELETE OR TRUNCATE ON installation
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_removal_of_installation();
