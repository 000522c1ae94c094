import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'

/**
 * Which reviews are shown, and count: not what an operator hid, nor what the publisher's own people wrote, also where they became
 * that later, nor what somebody who is suspended did.
 */
export const isShownReview = (review: SQL): SQL => sql`(
  ${review}.hidden_at IS NULL
  AND NOT EXISTS (
    SELECT FROM organization_member AS member JOIN agents AS published ON published.organization_id = member.organization_id
    WHERE member.user_id = ${review}.user_id AND published.id = ${review}.agent_id
  ) AND NOT EXISTS (
    SELECT FROM user_agent_subscriptions AS test
    WHERE test.user_id = ${review}.user_id AND test.agent_id = ${review}.agent_id AND test.is_test
  ) AND NOT EXISTS (SELECT FROM "user" AS author WHERE author.id = ${review}.user_id AND author.banned)
)`
