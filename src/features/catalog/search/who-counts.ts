import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'

/**
 * Whether what somebody did with an agent (`act.agent_id`, `act.user_id`) says something about it: not what the publisher's own
 * people did, also where they became that later, nor test people, nor what somebody who is suspended did.
 */
export const isOfStranger = (act: SQL): SQL => sql`(
  NOT EXISTS (
    SELECT FROM organization_member AS member JOIN agents AS published ON published.organization_id = member.organization_id
    WHERE member.user_id = ${act}.user_id AND published.id = ${act}.agent_id
  ) AND NOT EXISTS (
    SELECT FROM user_agent_subscriptions AS test
    WHERE test.user_id = ${act}.user_id AND test.agent_id = ${act}.agent_id AND test.is_test
  ) AND NOT EXISTS (SELECT FROM "user" AS author WHERE author.id = ${act}.user_id AND author.banned)
)`

/** Which reviews are shown, and count: not what an operator hid. */
export const isShownReview = (review: SQL): SQL => sql`(${review}.hidden_at IS NULL AND ${isOfStranger(review)})`
