// What is sold, installed and reviewed of the generated agents, so that every part of the ranking and every filter has work to do.
import type { Client } from 'pg'

const people = 2_000

/**
 * Two agents in five have a publisher's listing, with a free tier, a paid one or both; the others are unclaimed entries. Installs
 * and reviews follow a power law: most agents have none, a few have a thousand. The same in every run.
 */
export async function insertCommerce(client: Client): Promise<void> {
  const draw = (salt: number): string => `(abs(hashtext(agents.slug || '${salt}')) % 1000)`
  await client.query(`
    UPDATE agents SET listing = 'agent', coming_soon = ${draw(1)} < 30,
      verified_at = CASE WHEN ${draw(2)} < 250 THEN created_at END
    WHERE ${draw(0)} < 400`)
  await client.query(`
    INSERT INTO agent_pricing_tiers (agent_id, tier_name, is_free, price, trial_days)
    SELECT id, 'Free', true, 0, 0 FROM agents WHERE listing = 'agent' AND ${draw(3)} < 600
    UNION ALL
    SELECT id, 'Pro', false, 900, CASE WHEN ${draw(4)} < 400 THEN 14 ELSE 0 END
    FROM agents WHERE listing = 'agent' AND ${draw(5)} < 700`)
  await client.query(`
    WITH metered AS (
      INSERT INTO agent_metric_definitions (agent_id, slug, display_name, unit)
      SELECT id, 'messages', 'Messages', 'messages' FROM agents WHERE listing = 'agent' AND ${draw(6)} < 200
      RETURNING id, agent_id
    )
    INSERT INTO agent_addon_offers (agent_id, metric_id, display_name, amount, scope, price, currency)
    SELECT agent_id, id, '100 messages', 100, 'one_cycle', 100, 'USD' FROM metered`)
  await client.query(
    `INSERT INTO "user" (id, name, email) SELECT 'person-' || n, 'Nobody', 'nobody-' || n || '@example.com'
     FROM generate_series(1, $1) AS n`,
    [people],
  )
  const ofPeople = (count: string): string => `
    agents CROSS JOIN LATERAL generate_series(0, least(${people}, ${count}) - 1) AS person(n)`
  const person = `'person-' || (1 + (abs(hashtext(agents.slug)) + person.n) % ${people})`
  // A thousandth of the agents come to over a thousand installs, a tenth to ten, half of them to one or none.
  const installs = `floor(power(1001.0 / (1 + ${draw(7)}), 1.05) - 1)::integer`
  await client.query(
    `INSERT INTO agent_installs (agent_id, user_id) SELECT agents.id, ${person} FROM ${ofPeople(installs)}`,
  )
  await client.query(`
    INSERT INTO reviews (agent_id, user_id, rating, title, body)
    SELECT agents.id, ${person}, 1 + abs(hashtext(agents.slug || person.n)) % 5, '', '' FROM ${ofPeople(`${installs} / 8`)}`)
}
