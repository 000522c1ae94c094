CREATE TABLE "mail_opt_outs" (
	"user_id" varchar(255) NOT NULL,
	"kind" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mail_opt_outs_pkey" PRIMARY KEY("user_id","kind"),
	CONSTRAINT "mail_opt_outs_kind_check" CHECK ("mail_opt_outs"."kind" IN ('usage_limits', 'payment_receipts'))
);
--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD COLUMN "notice_thresholds" smallint[];--> statement-breakpoint
ALTER TABLE "mail_opt_outs" ADD CONSTRAINT "mail_opt_outs_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_agent_subscriptions" ADD CONSTRAINT "user_agent_subscriptions_notice_thresholds_check" CHECK (cardinality("user_agent_subscriptions"."notice_thresholds") <= 5 AND 1 <= ALL ("user_agent_subscriptions"."notice_thresholds") AND 100 >= ALL ("user_agent_subscriptions"."notice_thresholds"));--> statement-breakpoint

-- As in 0011, but for the thresholds: a notice is written at the publisher's and at the person's own.
CREATE OR REPLACE FUNCTION usage_entitlements(
  moment timestamptz, grace interval, key_users text[], key_agents uuid[], key_metrics text[]
)
RETURNS TABLE (
  key integer, subscription_id uuid, usage_epoch integer, metric_id uuid, is_gauge boolean, thresholds smallint[],
  period_start timestamptz, period_end timestamptz, limit_at bigint, limit_parts bigint[], refusal text
)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 64
AS $$
  SELECT asked.key::integer, subscription.id, subscription.usage_epoch, metric.id, metric.kind = 'gauge',
    -- The publisher's are told to the agent, the person's own to the person.
    CASE WHEN subscription.notice_thresholds IS NULL THEN metric.thresholds
      ELSE metric.thresholds || subscription.notice_thresholds END,
    CASE WHEN metric.kind = 'gauge' THEN '1970-01-01T00:00:00Z' ELSE period.starts_at END,
    CASE WHEN metric.kind = 'gauge' THEN '9999-12-31T00:00:00Z' ELSE period.ends_at END,
    allowance.limit_at, addon.parts,
    CASE
      WHEN subscription.id IS NULL OR subscription.status IN ('canceled', 'incomplete_expired') THEN 'no_subscription'
      WHEN agent.status IN ('suspended', 'archived') THEN 'suspended'
      WHEN subscription.status NOT IN ('active', 'trialing', 'past_due') THEN 'payment_required'
      WHEN subscription.status = 'past_due'
        AND moment >= coalesce(subscription.past_due_at, subscription.current_period_start) + grace THEN 'payment_required'
      WHEN period.starts_at IS NULL AND subscription.cancel_at_period_end THEN 'no_subscription'
      WHEN period.starts_at IS NULL THEN 'payment_required'
      WHEN allowance.limit_at = 0 THEN 'not_included'
    END
  FROM unnest(key_users, key_agents, key_metrics) WITH ORDINALITY AS asked (user_id, agent_id, metric, key)
    -- OFFSET 0 keeps each of these a lookup by its own index, whatever the planner thinks of a table that is still small.
    LEFT JOIN LATERAL (
      SELECT agent.status FROM agents AS agent WHERE agent.id = asked.agent_id OFFSET 0
    ) AS agent ON true
    LEFT JOIN LATERAL (
      SELECT metric.id, metric.kind, metric.thresholds FROM agent_metric_definitions AS metric
      WHERE metric.agent_id = asked.agent_id AND metric.slug = asked.metric OFFSET 0
    ) AS metric ON true
    LEFT JOIN LATERAL (
      SELECT present.* FROM user_agent_subscriptions AS present
      WHERE present.user_id = asked.user_id AND present.agent_id = asked.agent_id
        AND present.status IN ('active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete')
      UNION ALL
      -- A level outlives its subscription and may still be lowered: nothing else is allowed to one that has ended.
      (SELECT ended.* FROM user_agent_subscriptions AS ended
      WHERE metric.kind = 'gauge' AND ended.user_id = asked.user_id AND ended.agent_id = asked.agent_id
        AND ended.status IN ('canceled', 'incomplete_expired')
      ORDER BY ended.created_at DESC LIMIT 1)
      LIMIT 1
    ) AS subscription ON true
    LEFT JOIN LATERAL (
      SELECT tier.id, tier.is_free, tier.billing_interval, tier.usage_interval FROM agent_pricing_tiers AS tier
      WHERE tier.id = CASE WHEN subscription.next_tier_at <= moment THEN subscription.next_tier_id ELSE subscription.tier_id END
      OFFSET 0
    ) AS tier ON true
    LEFT JOIN LATERAL (
      -- Nearly always: the stored period holds the moment, and is the usage period too.
      SELECT subscription.current_period_start AS starts_at, subscription.current_period_end AS ends_at, NULL::numeric AS share
      WHERE moment >= subscription.current_period_start AND moment < subscription.current_period_end
        AND tier.usage_interval = tier.billing_interval
      UNION ALL
      SELECT other.* FROM usage_period(
        moment, grace, subscription.current_period_start, subscription.current_period_end, subscription.period_anchor,
        tier.is_free, tier.billing_interval, tier.usage_interval, subscription.cancel_at_period_end) AS other
      WHERE (moment >= subscription.current_period_start AND moment < subscription.current_period_end
        AND tier.usage_interval = tier.billing_interval) IS FALSE
    ) AS period ON true
    LEFT JOIN LATERAL (
      SELECT quota.id, quota.quota_limit FROM tier_metric_quotas AS quota
      WHERE quota.tier_id = tier.id AND quota.metric_id = metric.id OFFSET 0
    ) AS quota ON true
    LEFT JOIN LATERAL (
      SELECT CASE WHEN count(*) > 0 THEN ARRAY[
        0,
        coalesce(sum(addon.amount) FILTER (WHERE addon.scope = 'one_cycle' AND addon.source = 'admin_grant'), 0)::bigint,
        coalesce(sum(addon.amount) FILTER (WHERE addon.scope = 'one_cycle' AND addon.source = 'purchased'), 0)::bigint,
        coalesce(sum(addon.amount) FILTER (WHERE addon.scope = 'permanent' AND addon.source = 'admin_grant'), 0)::bigint,
        coalesce(sum(addon.amount) FILTER (WHERE addon.scope = 'permanent' AND addon.source = 'purchased'), 0)::bigint
      ] END AS extra
      FROM subscription_addons AS addon
      WHERE addon.subscription_id = subscription.id AND addon.metric_id = metric.id AND addon.revoked_at IS NULL
        AND (addon.scope = 'permanent' OR (addon.granted_at >= period.starts_at AND addon.granted_at < period.ends_at))
    ) AS given ON true
    LEFT JOIN LATERAL (
      -- A level is no amount of use: it has no share.
      SELECT CASE WHEN quota.id IS NULL THEN 0 WHEN period.share IS NULL OR metric.kind = 'gauge' THEN quota.quota_limit
        ELSE floor(quota.quota_limit * period.share)::bigint END AS included
    ) AS own ON true
    LEFT JOIN LATERAL (
      SELECT CASE WHEN own.included IS NULL THEN NULL WHEN given.extra IS NULL THEN NULL
        ELSE ARRAY[own.included, given.extra[2], given.extra[3], given.extra[4], given.extra[5]] END AS parts
    ) AS addon ON true
    LEFT JOIN LATERAL (
      -- Whatever is given, a limit stays a number that JavaScript can count to.
      SELECT CASE WHEN addon.parts IS NULL THEN own.included
        ELSE least(9007199254740991, own.included::numeric + given.extra[2] + given.extra[3] + given.extra[4] + given.extra[5])::bigint
        END AS limit_at
    ) AS allowance ON true
$$;
--> statement-breakpoint

CREATE OR REPLACE FUNCTION consume_usage(
  grace interval, key_users text[], key_agents uuid[], key_metrics text[],
  event_keys integer[], event_deltas bigint[], event_ids uuid[], event_metadata text[], event_moments timestamptz[],
  event_ttls integer[]
)
RETURNS TABLE (
  event integer, outcome text, refusal text, entry_id uuid, used bigint, limit_at bigint, limit_parts bigint[],
  subscription_id uuid, is_gauge boolean, period_start timestamptz, period_end timestamptz, refunded bigint, is_noticed boolean
)
LANGUAGE plpgsql ROWS 64
-- One plan for ever, by indexes: a plan made while a table was nearly empty must not scan it when it is not.
SET plan_cache_mode = force_generic_plan SET jit = off
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off
AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz := public.rialto_now();
  -- By key.
  subscriptions uuid[]; metrics uuid[]; gauges boolean[]; starts timestamptz[]; ends timestamptz[]; limits bigint[]; parts text[];
  refusals text[]; epochs integer[]; thresholds text[]; least_thresholds smallint[]; counters uuid[]; amounts bigint[]; stale boolean[];
  has_holds boolean;
  -- Of the counters that were found and locked.
  found_keys integer[]; found_counters uuid[]; found_amounts bigint[]; found_stale boolean[];
BEGIN
  PERFORM set_config('lock_timeout', '4000', true);
  -- An answer is a promise, whatever a role or a database is set to.
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  SELECT array_agg(entitled.subscription_id), array_agg(entitled.metric_id), array_agg(entitled.is_gauge),
    array_agg(entitled.period_start), array_agg(entitled.period_end), array_agg(entitled.limit_at),
    array_agg(entitled.limit_parts::text), array_agg(entitled.refusal), array_agg(entitled.usage_epoch),
    array_agg(entitled.thresholds::text), array_agg((SELECT min(threshold) FROM unnest(entitled.thresholds) AS threshold))
  INTO subscriptions, metrics, gauges, starts, ends, limits, parts, refusals, epochs, thresholds, least_thresholds
  FROM (
    SELECT * FROM public.usage_entitlements(moment, grace, key_users, key_agents, key_metrics) ORDER BY key
  ) AS entitled;

  SELECT array_agg(locked.key), array_agg(locked.id), array_agg(locked.used), array_agg(locked.epoch > locked.usage_epoch),
    bool_or(locked.held > 0)
  INTO found_keys, found_counters, found_amounts, found_stale, has_holds
  FROM (
    SELECT asked.key::integer AS key, asked.usage_epoch, counter.id, counter.used, counter.held, counter.epoch
    FROM unnest(subscriptions, metrics, starts, epochs) WITH ORDINALITY
        AS asked (subscription_id, metric_id, period_start, usage_epoch, key)
      JOIN public.subscription_usage AS counter
        ON counter.subscription_id = asked.subscription_id AND counter.metric_id = asked.metric_id
          AND counter.period_start = asked.period_start
    ORDER BY counter.id FOR NO KEY UPDATE OF counter
  ) AS locked;

  IF has_holds THEN
    -- A thousand at a time; who left more than ten thousand to lapse comes again for the rest.
    FOR round IN 1..10 LOOP
      EXIT WHEN public.lapse_holds(found_counters, moment) < 1000;
    END LOOP;
    SELECT array_agg(counter.used ORDER BY place.ordinality) INTO found_amounts
    FROM unnest(found_counters) WITH ORDINALITY AS place (id)
      JOIN public.subscription_usage AS counter ON counter.id = place.id;
  END IF;

  SELECT array_agg(found.id), array_agg(found.used), array_agg(found.is_stale) INTO counters, amounts, stale
  FROM (
    SELECT found_counters[place.at] AS id, found_amounts[place.at] AS used, found_stale[place.at] AS is_stale
    FROM generate_series(1, cardinality(key_users)) AS key
      CROSS JOIN LATERAL (SELECT array_position(found_keys, key) AS at) AS place
    ORDER BY key
  ) AS found;

  RETURN QUERY
  WITH asked AS MATERIALIZED (
    SELECT event.number::integer AS number, event.key, event.delta, event.request_id, event.metadata, event.occurred_at,
      event.ttl, known.id AS known_id,
      CASE
        WHEN known.id IS NOT NULL THEN 'known'
        WHEN event.occurred_at > moment + interval '5 minutes' OR event.occurred_at < moment - interval '400 days'
          THEN 'occurred_at_out_of_range'
        WHEN metrics[event.key] IS NULL THEN 'metric_not_found'
        WHEN NOT gauges[event.key] AND event.delta < 0 THEN 'counter_only'
        WHEN gauges[event.key] AND event.ttl IS NOT NULL THEN 'counter_only'
        WHEN subscriptions[event.key] IS NULL THEN 'denied'
        -- Being told no makes no counter.
        WHEN counters[event.key] IS NULL AND event.delta < 0 THEN 'below_zero'
        WHEN counters[event.key] IS NULL AND refusals[event.key] IS NOT NULL THEN 'denied'
        WHEN counters[event.key] IS NULL THEN 'unopened'
        WHEN stale[event.key] THEN 'changed'
        ELSE 'fresh'
      END AS state
    FROM unnest(event_keys, event_deltas, event_ids, event_metadata, event_moments, event_ttls) WITH ORDINALITY
        AS event (key, delta, request_id, metadata, occurred_at, ttl, number)
      LEFT JOIN public.usage_ledger AS known ON known.client_req_id = event.request_id
  ), fitted AS MATERIALIZED (
    SELECT summed.*, amounts[summed.key] + summed.total AS used_after, gen_random_uuid() AS entry_id,
      summed.total <> lag(summed.total, 1, 0::bigint) OVER (PARTITION BY summed.key ORDER BY summed.number) AS fits
    FROM (
      SELECT asked.*, sum_of_what_fits(
          asked.delta,
          -- Refused: nothing fits, not even into what a gauge has just given back.
          CASE WHEN refusals[asked.key] IS NULL THEN coalesce(limits[asked.key], 9007199254740991) - amounts[asked.key]
            ELSE -4611686018427387904 END,
          -amounts[asked.key]) OVER (PARTITION BY asked.key ORDER BY asked.number) AS total
      FROM asked WHERE asked.state = 'fresh'
    ) AS summed
  ), written AS (
    INSERT INTO public.usage_ledger (id, subscription_id, metric_id, event_type, delta, client_req_id, metadata, used_after,
      limit_at, limit_parts, period_start, occurred_at)
    SELECT fitted.entry_id, subscriptions[fitted.key], metrics[fitted.key],
      CASE WHEN fitted.ttl IS NOT NULL THEN 'hold' WHEN gauges[fitted.key] THEN 'adjust' ELSE 'consume' END,
      fitted.delta, fitted.request_id, coalesce(fitted.metadata::jsonb, '{}'), fitted.used_after, limits[fitted.key],
      parts[fitted.key]::bigint[], CASE WHEN NOT gauges[fitted.key] THEN starts[fitted.key] END,
      coalesce(fitted.occurred_at, moment)
    FROM fitted WHERE fitted.fits
    -- In the order of the unique index, so that two processes with the same ids wait and don't lock each other out.
    ORDER BY fitted.request_id
  ), change AS MATERIALIZED (
    SELECT fitted.key, amounts[fitted.key] + sum(fitted.delta)::bigint AS used_after, sum(fitted.delta)::bigint AS delta,
      coalesce(sum(fitted.delta) FILTER (WHERE fitted.ttl IS NOT NULL), 0)::bigint AS held
    FROM fitted WHERE fitted.fits GROUP BY fitted.key
  ), counted AS (
    UPDATE public.subscription_usage AS counter
    SET used = counter.used + change.delta, held = counter.held + change.held, updated_at = now()
    FROM change WHERE counter.id = counters[change.key]
  ), noticed AS (
    INSERT INTO public.usage_notices (subscription_id, metric_id, period_start, threshold, limit_at, used_at)
    SELECT subscriptions[change.key], metrics[change.key], starts[change.key], reached.threshold, limits[change.key],
      change.used_after
    FROM change
      CROSS JOIN LATERAL unnest(thresholds[change.key]::smallint[]) AS reached (threshold)
    WHERE change.delta > 0 AND limits[change.key] > 0
      AND change.used_after * 100::numeric >= limits[change.key]::numeric * least_thresholds[change.key]
      AND change.used_after * 100::numeric >= limits[change.key]::numeric * reached.threshold
    ON CONFLICT DO NOTHING
    RETURNING subscription_id, metric_id, period_start, threshold, limit_at, used_at
  ), told AS (
    INSERT INTO public.outbox_events (type, subject, payload)
    SELECT 'usage.threshold_reached', noticed.subscription_id::text, jsonb_build_object(
      'subscriptionId', noticed.subscription_id, 'metricId', noticed.metric_id, 'threshold', noticed.threshold,
      'used', noticed.used_at, 'limit', noticed.limit_at, 'periodStart', noticed.period_start)
    FROM noticed JOIN public.agent_metric_definitions AS metric ON metric.id = noticed.metric_id
    WHERE noticed.threshold = ANY (metric.thresholds)
  ), reserved AS (
    INSERT INTO public.usage_reservations (id, subscription_id, metric_id, usage_id, amount, expires_at)
    SELECT fitted.entry_id, subscriptions[fitted.key], metrics[fitted.key], counters[fitted.key], fitted.delta,
      moment + fitted.ttl * interval '1 second'
    FROM fitted WHERE fitted.ttl IS NOT NULL AND fitted.fits
  )
  SELECT fitted.number, CASE WHEN fitted.fits THEN 'allowed' WHEN fitted.delta < 0 THEN 'below_zero' ELSE 'denied' END,
    CASE WHEN NOT fitted.fits THEN coalesce(refusals[fitted.key], 'quota_exceeded') END,
    CASE WHEN fitted.fits THEN fitted.entry_id END, fitted.used_after, limits[fitted.key], parts[fitted.key]::bigint[],
    subscriptions[fitted.key], gauges[fitted.key], starts[fitted.key], ends[fitted.key], NULL::bigint,
    EXISTS (SELECT FROM noticed)
  FROM fitted
  UNION ALL
  SELECT asked.number, asked.state, refusals[asked.key], NULL,
    CASE WHEN subscriptions[asked.key] IS NOT NULL THEN coalesce(amounts[asked.key], 0) END, limits[asked.key],
    parts[asked.key]::bigint[], subscriptions[asked.key], gauges[asked.key], starts[asked.key], ends[asked.key], NULL, false
  FROM asked WHERE asked.state NOT IN ('fresh', 'known')
  UNION ALL
  SELECT asked.number, CASE WHEN same.is_same THEN 'replayed' ELSE 'conflict' END, NULL,
    CASE WHEN same.is_same THEN known.id END, CASE WHEN same.is_same THEN known.used_after END,
    CASE WHEN same.is_same THEN known.limit_at END, CASE WHEN same.is_same THEN known.limit_parts END,
    CASE WHEN same.is_same THEN known.subscription_id END, CASE WHEN same.is_same THEN metric.kind = 'gauge' END,
    CASE WHEN same.is_same THEN coalesce(known.period_start, '1970-01-01T00:00:00Z') END,
    CASE WHEN same.is_same THEN (
      SELECT counter.period_end FROM public.subscription_usage AS counter
      WHERE counter.subscription_id = known.subscription_id AND counter.metric_id = known.metric_id
        AND counter.period_start = coalesce(known.period_start, '1970-01-01T00:00:00Z')) END,
    CASE WHEN same.is_same THEN (
      SELECT -sum(refund.delta)::bigint FROM public.usage_ledger AS refund
      WHERE refund.refers_to_id = known.id AND refund.event_type = 'refund') END,
    false
  FROM asked
    JOIN public.usage_ledger AS known ON known.id = asked.known_id
    JOIN public.user_agent_subscriptions AS subscription ON subscription.id = known.subscription_id
    JOIN public.agent_metric_definitions AS metric ON metric.id = known.metric_id
    CROSS JOIN LATERAL (
      SELECT subscription.user_id = key_users[asked.key] AND subscription.agent_id = key_agents[asked.key]
        AND metric.slug = key_metrics[asked.key] AND known.delta = asked.delta
        AND known.event_type = CASE WHEN asked.ttl IS NOT NULL THEN 'hold' WHEN metric.kind = 'gauge' THEN 'adjust'
          ELSE 'consume' END AS is_same
    ) AS same
  WHERE asked.state = 'known';
END
$$;
