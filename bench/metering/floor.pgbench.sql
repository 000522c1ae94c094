-- One event, one transaction, on the real tables with all their keys, indexes and triggers: what a service that asks the
-- database for each event by itself can do at best. It checks the limit, counts, and writes the ledger; no idempotency lookup
-- but the unique key, no add-ons, no notices.
\set n random(1, :subscribers)
WITH subscription AS (
  SELECT id, current_period_start FROM user_agent_subscriptions
  WHERE user_id = 'bench-' || :n AND agent_id = :agent AND status IN ('active', 'trialing')
), counted AS (
  UPDATE subscription_usage AS counter SET used = used + 1, updated_at = now()
  FROM subscription, tier_metric_quotas AS quota
  WHERE counter.subscription_id = subscription.id AND counter.metric_id = :metric
    AND counter.period_start = subscription.current_period_start
    AND quota.metric_id = :metric AND counter.used + 1 <= quota.quota_limit
  RETURNING counter.subscription_id, counter.metric_id, counter.period_start, counter.used, quota.quota_limit
)
INSERT INTO usage_ledger (subscription_id, metric_id, event_type, delta, client_req_id, used_after, limit_at, period_start)
SELECT subscription_id, metric_id, 'consume', 1, gen_random_uuid(), used, quota_limit, period_start FROM counted;
