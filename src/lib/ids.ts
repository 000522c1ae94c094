export type NewId = () => string

/** UUID version 4 (RFC 9562), the form of every id in the database. */
export const newId: NewId = () => crypto.randomUUID()
