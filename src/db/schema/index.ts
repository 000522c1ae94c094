export * from './auth.ts'
export * from './business.ts'
