-- Shares of a quota come out even where the calendar does: 28 of 30 days of 300 units are 280. A quotient that is rounded down
-- would lose one of them, so it is cut after thirty digits and one is added there: too little to reach the next unit, since
-- what a share lacks to a whole unit is at least one part in the milliseconds of a year.
CREATE OR REPLACE FUNCTION usage_period(
  moment timestamptz, grace interval, period_start timestamptz, period_end timestamptz, anchor timestamptz,
  is_free boolean, billing_interval text, usage_interval text, cancels boolean
)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, share numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  step_months integer := CASE usage_interval WHEN 'year' THEN 12 ELSE 1 END;
BEGIN
  IF moment >= period_end AND cancels THEN
    RETURN;
  END IF;
  IF is_free THEN
    RETURN QUERY SELECT step.starts_at, step.ends_at, NULL::numeric FROM public.usage_step(anchor, moment, step_months) AS step;
  ELSIF moment < period_end AND billing_interval = usage_interval THEN
    RETURN QUERY SELECT period_start, period_end, NULL::numeric;
  ELSIF moment < period_end THEN
    RETURN QUERY SELECT greatest(step.starts_at, period_start), least(step.ends_at, period_end), NULL::numeric
      FROM public.usage_step(anchor, greatest(moment, period_start), step_months) AS step;
  ELSIF moment < period_end + grace THEN
    RETURN QUERY SELECT period_end, period_end + grace,
      least(1, (div(extract(epoch FROM grace) * 1e30, extract(epoch FROM
        ((period_end AT TIME ZONE 'UTC') + step_months * interval '1 month') - (period_end AT TIME ZONE 'UTC'))) + 1) * 1e-30);
  END IF;
END
$$;
