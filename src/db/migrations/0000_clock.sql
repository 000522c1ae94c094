-- The business clock, before the tables because their defaults call it. Its body is looked up when it runs, so the table
-- it reads may come later.
--
-- Every period, trial, expiry and grace is measured by it, never by a process's own clock. Whole milliseconds, so that a
-- moment survives the way through a JavaScript Date unchanged. The offset is a count of milliseconds and not an interval:
-- adding days and months would depend on the time zone of the session.
CREATE FUNCTION rialto_now() RETURNS timestamptz
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
  offset_ms bigint;
BEGIN
  -- STRICT: without its one row the installation is broken, and no time at all is better than a wrong one.
  SELECT installation.clock_offset_ms INTO STRICT offset_ms FROM public.installation;
  RETURN date_trunc('milliseconds', now() + offset_ms * interval '1 millisecond');
END
$$;
