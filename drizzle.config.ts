import { defineConfig } from 'drizzle-kit'

// The database is needed by Drizzle Studio only; generating migrations compares files.
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/db/schema/index.ts',
  out: './src/db/migrations',
  dbCredentials: { url: process.env['DATABASE_URL'] ?? '' },
})
