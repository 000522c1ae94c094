import type { BetterAuthOptions } from 'better-auth'
import type { Log } from '#src/log.ts'

const email = /[^\s@:,;<>"']+@[^\s@:,;<>"']+/g

/**
 * better-auth's messages in our log. It puts addresses into its messages and whole objects beside them: addresses are
 * masked, and of the objects only errors stay.
 */
export function authLogger(log: Log): NonNullable<BetterAuthOptions['logger']> {
  return {
    disableColors: true,
    level: 'warn',
    log: (level, message, ...details) => {
      const err = details.find((detail) => detail instanceof Error)
      const text = `auth: ${message.replace(email, '[address]')}`
      // A wrong password is a warning to better-auth, and everyday life to an operator.
      if (level === 'error') log.error(err === undefined ? {} : { err }, text)
      else log.debug(err === undefined ? {} : { err }, text)
    },
  }
}
