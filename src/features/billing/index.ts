export { ensureCustomer } from './customers/ensure-customer.ts'
