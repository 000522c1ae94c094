import { sql } from 'drizzle-orm'
import type { Database } from '#src/db/client.ts'
import { rotateWhenDue } from './signing-keys/index.ts'

interface KeyKeeper {
  readonly db: Database
  readonly auth: { readonly secret: string }
}

/** Work of identity that is due by the clock. */
export const identityJobs = [
  {
    name: 'identity-sweep-grants',
    cron: '43 3 * * *',
    run: async ({ db }: { readonly db: Database }): Promise<void> => sweepGrants(db),
  },
  {
    name: 'identity-rotate-signing-keys',
    cron: '23 * * * *',
    run: async ({ db, auth }: KeyKeeper): Promise<void> => rotateWhenDue({ db, secret: auth.secret }),
  },
] as const

/**
 * Removes what can't matter any more: revoked tokens, proofs and device codes past their end, codes that were never redeemed,
 * grants without a token that could still be used, and programs that registered themselves and were never let in.
 */
export async function sweepGrants(db: Database): Promise<void> {
  await db.execute(sql`DELETE FROM revoked_tokens WHERE expires_at < now()`)
  await db.execute(sql`DELETE FROM oauth_client_assertion WHERE expires_at < now()`)
  await db.execute(sql`DELETE FROM dpop_proofs WHERE expires_at < now()`)
  await db.execute(sql`DELETE FROM pushed_authorization_requests WHERE expires_at < now()`)
  await db.execute(sql`DELETE FROM device_code WHERE expires_at < now() - interval '1 hour'`)
  await db.execute(sql`DELETE FROM oauth_refresh_token WHERE expires_at < now()`)
  await db.execute(sql`DELETE FROM oauth_access_token WHERE expires_at < now()`)
  // Kept for thirty days past the last refresh token, so that a late replay is still recognised.
  await db.execute(sql`
    DELETE FROM oauth_authorization_code AS code WHERE expires_at < now() - interval '30 days'
      AND NOT EXISTS (SELECT FROM oauth_refresh_token WHERE authorization_code_id = code.code_hash)`)
  await db.execute(sql`
    DELETE FROM oauth_client AS client WHERE created_at < now() - interval '1 day' AND reference_id IS NULL AND user_id IS NULL
      AND NOT EXISTS (SELECT FROM agents WHERE oauth_client_id = client.client_id)
      AND NOT EXISTS (SELECT FROM oauth_consent WHERE client_id = client.client_id)
      AND NOT EXISTS (SELECT FROM oauth_refresh_token WHERE client_id = client.client_id)`)
}
