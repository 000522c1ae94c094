// `pnpm operator:grant <email>`: makes somebody an operator, now or as soon as the address has signed up and is confirmed.
import { grantOperator, pendingDays } from '#src/identity/operators/index.ts'
import { runOperatorCommand } from './command.ts'

await runOperatorCommand({
  name: 'operator:grant',
  run: async (db, email) => {
    switch ((await grantOperator(db, email)).kind) {
      case 'granted':
        return `${email} is an operator from their next click on`
      case 'already':
        return `${email} is an operator already`
      case 'pending':
        return `${email} becomes an operator when they have signed up and confirmed the address, within ${pendingDays} days`
    }
  },
})
