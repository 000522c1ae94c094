-- 64 events per transaction by the function that the server calls: the most that sharing statements can bring.
\set n random(0, :subscribers - 64)
SELECT count(*) FROM (
  SELECT array_agg('bench-' || (:n + number)) AS people, array_agg(:agent::uuid) AS agents, array_agg(:slug::text) AS metrics,
    array_agg(number) AS keys, array_agg(1::bigint) AS deltas, array_agg(gen_random_uuid()) AS ids
  FROM generate_series(1, 64) AS number
) AS batch, consume_usage('7 days', people, agents, metrics, keys, deltas, ids, NULL, NULL, NULL);
