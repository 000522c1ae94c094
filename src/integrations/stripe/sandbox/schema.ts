// Where the sandbox keeps what Stripe would: a schema of its own, which exists only where the sandbox has run.
import type { ClientBase, Pool } from 'pg'

/** Serializes everything that writes: "rialto" in ASCII and a number that nothing else uses. */
export const sandboxLock = '0x7269616c746f5a'

/** Append only: a database has run the first `steps_done` of them. */
const steps = [
  `CREATE TABLE stripe_sandbox.objects (
     id text PRIMARY KEY,
     seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
     kind text NOT NULL,
     due bigint,
     doc jsonb NOT NULL,
     hidden jsonb NOT NULL DEFAULT '{}'
   );
   CREATE INDEX objects_kind_idx ON stripe_sandbox.objects (kind, seq);
   CREATE INDEX objects_due_idx ON stripe_sandbox.objects (due) WHERE due IS NOT NULL;
   CREATE INDEX objects_doc_idx ON stripe_sandbox.objects USING gin (doc jsonb_path_ops) WHERE kind <> 'event';
   CREATE TABLE stripe_sandbox.deliveries (
     event_id text PRIMARY KEY REFERENCES stripe_sandbox.objects (id) ON DELETE CASCADE,
     seq bigint GENERATED ALWAYS AS IDENTITY,
     attempts int NOT NULL DEFAULT 0,
     -- Real time, unlike everything else here: a delivery is a real request. Null: delivered, or given up.
     next_attempt_at timestamptz DEFAULT now()
   );
   CREATE INDEX deliveries_due_idx ON stripe_sandbox.deliveries (next_attempt_at, seq) WHERE next_attempt_at IS NOT NULL;
   CREATE TABLE stripe_sandbox.idempotency_keys (
     key text PRIMARY KEY,
     fingerprint text NOT NULL,
     status int NOT NULL,
     body jsonb NOT NULL,
     created bigint NOT NULL
   );`,
]

/** Any number of processes may call it at once. Takes the sandbox's lock until the transaction ends. */
export async function prepareSchema(client: ClientBase): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(${BigInt(sandboxLock)})`)
  await client.query('CREATE SCHEMA IF NOT EXISTS stripe_sandbox')
  await client.query(`
    CREATE TABLE IF NOT EXISTS stripe_sandbox.account (
      id text PRIMARY KEY DEFAULT 'acct_' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 24),
      steps_done int NOT NULL
    )`)
  const { rows } = await client.query<{ steps_done: number }>('SELECT steps_done FROM stripe_sandbox.account')
  const done = rows[0]?.steps_done ?? 0
  for (const step of steps.slice(done)) await client.query(step)
  await client.query(
    rows.length === 0
      ? 'INSERT INTO stripe_sandbox.account (steps_done) VALUES ($1)'
      : 'UPDATE stripe_sandbox.account SET steps_done = $1 WHERE steps_done <> $1',
    [steps.length],
  )
}

/** Whether the schema is there; doesn't make it. */
export async function isInUse(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ is: boolean }>(
    `SELECT to_regclass('stripe_sandbox.deliveries') IS NOT NULL AS is`,
  )
  return rows[0]?.is === true
}
