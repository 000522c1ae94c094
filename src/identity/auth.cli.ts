// What `pnpm db:auth-schema` reads: the server's own options on an adapter that never meets a database.
import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { newId } from '#src/lib/ids.ts'
import { authOptions } from './auth-options.ts'

export const auth = betterAuth({
  ...authOptions({
    baseUrl: 'http://localhost:3000',
    secret: 'used while the schema is generated, never to sign anything',
    newId,
  }),
  // The generator only asks the adapter which dialect it speaks, so it needs no connection.
  database: drizzleAdapter({}, { provider: 'pg' }),
})
