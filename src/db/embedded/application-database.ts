import type { Client } from 'pg'

export const applicationRole = 'rialto'
export const applicationDatabase = 'rialto'

/**
 * The application works as an ordinary role that owns its database, as it does on a managed PostgreSQL: what it can't do
 * there it can't do here, and no injected SQL could run programs. CREATEDB is for scratch databases of tests and benchmarks.
 */
export async function ensureApplicationDatabase(superuser: Client, password: string): Promise<void> {
  const { rowCount } = await superuser.query('SELECT FROM pg_database WHERE datname = $1', [applicationDatabase])
  if (rowCount === 1) return
  await superuser.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', ['rialto: creates its database'])
  try {
    const { rows } = await superuser.query<{ role: boolean; database: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
              EXISTS (SELECT FROM pg_database WHERE datname = $2) AS database`,
      [applicationRole, applicationDatabase],
    )
    // The password is base64url, so it needs no quoting; these statements take no parameters.
    if (rows[0]?.role === false) {
      await superuser.query(`CREATE ROLE ${applicationRole} LOGIN CREATEDB PASSWORD '${password}'`)
    }
    if (rows[0]?.database === false) {
      await superuser.query(`CREATE DATABASE ${applicationDatabase} OWNER ${applicationRole}`)
    }
  } finally {
    await superuser.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', ['rialto: creates its database'])
  }
}
