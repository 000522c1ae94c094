const hourSeconds = 3_600
const daySeconds = 24 * hourSeconds

/** How long clients may keep the published keys, as their document says. */
export const jwksMaxAgeSeconds = 300

/**
 * How long a key is published before it signs. Far more than the document's own limit, because many libraries keep keys for as
 * long as they please.
 */
export const publishAheadSeconds = hourSeconds

/** From its creation until its successor signs. */
export const rotationSeconds = 90 * daySeconds

/**
 * How long a key stays published after its successor began to sign. Access tokens live minutes and ID tokens ten hours, but an
 * agent names a sign-in by its old ID token when it signs somebody out, and a session lives a week.
 */
export const keepSeconds = 7 * daySeconds
