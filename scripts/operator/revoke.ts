// `pnpm operator:revoke <email>`: ends somebody's rights as an operator, and a grant that waits.
import { revokeOperator } from '#src/identity/operators/index.ts'
import { runOperatorCommand } from './command.ts'

await runOperatorCommand({
  name: 'operator:revoke',
  run: async (db, email) => {
    const { kind, operatorsLeft } = await revokeOperator(db, email)
    const left = operatorsLeft === 0 ? '. No operator is left: pnpm operator:grant makes one' : ''
    switch (kind) {
      case 'revoked':
        return `${email} is no operator any more, from their next click on${left}`
      case 'pending':
        return `The grant that waited for ${email} is gone${left}`
      case 'none':
        return `${email} is no operator; nothing was changed`
    }
  },
})
