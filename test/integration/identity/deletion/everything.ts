import { randomUUID } from 'node:crypto'
import type { TestDatabase } from '#test/support/database.ts'
import { insertAgent, insertSurroundings, insertUsedSubscription } from '../../schema/fixtures.ts'
import type { Member } from '../people.ts'

/** A row for this person in every table that can hold one, and what only names them. Returns two of their subscriptions. */
export async function insertEverything(
  { db, pool }: TestDatabase,
  { id, email }: Pick<Member, 'id' | 'email'>,
): Promise<{ readonly subscriptions: readonly string[]; readonly theirs: string }> {
  const trees = [await insertAgent(db, { createdBy: id }), await insertAgent(db)] as const
  for (const { agentId } of trees) await insertSurroundings(db, { agentId, userId: id })
  const subscriptions = [
    await insertUsedSubscription(db, { userId: id, tree: trees[0] }),
    await insertUsedSubscription(db, { userId: id, tree: trees[1] }),
  ]
  const run = (text: string, values: readonly unknown[]) => pool.query(text, [...values])
  const other = randomUUID()
  await run(`INSERT INTO "user" (id, name, email) VALUES ($1, 'Bea', $1 || '@example.com')`, [other])
  const theirs = await insertUsedSubscription(db, { userId: other, tree: trees[0] })
  await run('UPDATE subscription_addons SET created_by = $1, revoked_by = $1 WHERE subscription_id = $2', [id, theirs])
  const { agentId } = trees[0]
  await run('INSERT INTO billing_customers (user_id) VALUES ($1)', [id])
  await run('INSERT INTO agent_waitlist (agent_id, email) VALUES ($1, $2)', [agentId, email])
  await run(`INSERT INTO agent_active_users (agent_id, day, user_id) VALUES ($1, '2026-03-31', $2)`, [agentId, id])
  await run(`INSERT INTO interactions (type, user_id, user_email, metadata) VALUES ('contact', $1, $2, $3)`, [
    id,
    email,
    { message: `Write to ${email}` },
  ])
  await run(
    `INSERT INTO media (content_hash, mime_type, bytes, width, height, created_by)
    VALUES (encode(sha256($1::bytea), 'hex'), 'image/png', '\\x00', 1, 1, $2)`,
    [Buffer.from(id), id],
  )
  for (const [user, decided] of [
    [id, null],
    [other, id],
  ]) {
    await run(
      `INSERT INTO usage_disputes (subscription_id, entry_id, user_id, message, state, decided_at, decided_by)
       VALUES ($1, gen_random_uuid(), $2, 'Not mine', 'declined', now(), $3)`,
      [user === id ? subscriptions[0] : theirs, user, decided],
    )
  }
  await insertSignIns(run, { id, email, other })
  await insertShop(run, { id, email, other, agentId })
  return { subscriptions, theirs }
}

async function insertShop(run: Run, { id, email, other, agentId }: SignIns & { agentId: string }): Promise<void> {
  await run('INSERT INTO agent_favourites (user_id, agent_id) VALUES ($1, $2)', [id, agentId])
  await run(`INSERT INTO agent_sign_ins (agent_id, user_id, day) VALUES ($1, $2, '2026-03-31')`, [agentId, id])
  await run('INSERT INTO reviews (agent_id, user_id, rating, hidden_by) VALUES ($1, $2, 3, $3)', [agentId, other, id])
  await run(
    `INSERT INTO reports (kind, agent_id, reporter_id, reporter_email, reason, details, decided_by)
     VALUES ('agent', $1, $2, $3, 'other', 'Write to ' || $3, $2)`,
    [agentId, id, email],
  )
  const organization = randomUUID()
  await run('INSERT INTO organization (id, name, slug, created_at) VALUES ($1, $1, $1, now())', [organization])
  for (const [user, decided] of [
    [id, null],
    [other, id],
  ]) {
    await run(
      `INSERT INTO agent_claims (agent_id, user_id, organization_id, token, host, state, decided_by)
       VALUES ($1, $2, $3, 'a token that is long enough', 'example.com', 'refused', $4)`,
      [agentId, user, organization, decided],
    )
  }
}

interface SignIns {
  readonly id: string
  readonly email: string
  readonly other: string
}

type Run = (text: string, values: readonly unknown[]) => Promise<unknown>

async function insertSignIns(run: Run, { id, email, other }: SignIns): Promise<void> {
  const client = `client-${id}`.slice(0, 20)
  await run(`INSERT INTO oauth_client (id, client_id, redirect_uris, user_id) VALUES ($1, $1, '{}', $2)`, [client, id])
  await run(`INSERT INTO oauth_consent (id, client_id, user_id, scopes) VALUES ($1, $2, $3, '{openid}')`, [
    randomUUID(),
    client,
    id,
  ])
  await run(
    `INSERT INTO oauth_authorization_code (id, code_hash, client_id, user_id, scopes, expires_at)
     VALUES ($1, $1, $2, $3, '{openid}', now())`,
    [randomUUID(), client, id],
  )
  for (const table of ['oauth_refresh_token', 'oauth_access_token']) {
    await run(
      `INSERT INTO ${table} (id, token, client_id, user_id, scopes, expires_at) VALUES ($1, $1, $2, $3, '{openid}', now())`,
      [randomUUID(), client, id],
    )
  }
  await run(
    `INSERT INTO device_code (id, device_code, user_code, user_id, expires_at, status) VALUES ($1, $1, $1, $2, now(), 'approved')`,
    [randomUUID(), id],
  )
  await run(`INSERT INTO two_factor (id, secret, backup_codes, user_id) VALUES ($1, 's', 'c', $2)`, [randomUUID(), id])
  await run(
    `INSERT INTO passkey (id, public_key, user_id, credential_id, counter, device_type) VALUES ($1, 'key', $2, $1, 0, 'singleDevice')`,
    [randomUUID(), id],
  )
  for (const [identifier, value] of [
    [`change-email:${id}`, JSON.stringify({ email: 'new@example.com' })],
    ['reset-password:hash', id],
    ['challenge', JSON.stringify({ userData: { id, name: email } })],
    [`operator-grant:${email}`, 'pending'],
  ]) {
    await run(
      `INSERT INTO verification (id, identifier, value, expires_at) VALUES ($1, $2, $3, now() + interval '1 hour')`,
      [randomUUID(), identifier, value],
    )
  }
  const organization = randomUUID()
  await run(`INSERT INTO organization (id, name, slug) VALUES ($1, 'Engines', $1)`, [organization])
  await run(
    `INSERT INTO organization_member (id, organization_id, user_id, role) VALUES ($1, $3, $4, 'owner'), ($2, $3, $5, 'member')`,
    [randomUUID(), randomUUID(), organization, other, id],
  )
  await run(
    `INSERT INTO organization_invitation (id, organization_id, email, inviter_id, expires_at)
     VALUES ($1, $3, $4, $5, now()), ($2, $3, 'guest@example.com', $6, now())`,
    [randomUUID(), randomUUID(), organization, email, other, id],
  )
}
