// `pnpm keys:rotate [--compromised]`: makes a new key that signs tokens, ahead of its time or because the present one leaked.
import { readConfig } from '#src/config.ts'
import { createDatabase, createPool } from '#src/db/client.ts'
import { migrate } from '#src/db/migrate.ts'
import { openDatabase } from '#src/db/open.ts'
import { rotateNow } from '#src/identity/signing-keys/index.ts'
import { storedSecret } from '#src/identity/stored-secret.ts'
import { runCommand } from '../db/command.ts'

await runCommand(async ({ log, say }) => {
  const options = process.argv.slice(2).filter((option) => option !== '--')
  if (options.some((option) => option !== '--compromised')) {
    process.exitCode = 1
    say('✗ There is one option: --compromised, when somebody else may have a key\n    Try: pnpm keys:rotate')
    return
  }
  const config = readConfig()
  const database = await openDatabase(config, log)
  const pool = createPool({
    url: database.url,
    max: 2,
    onError: (error) => log.warn({ err: error }, 'connection lost'),
  })
  try {
    await migrate({ pool, log })
    const secret = config.authSecret ?? (await storedSecret(config.dataDir))
    const isCompromised = options.length > 0
    const rotation = await rotateNow({ db: createDatabase(pool), secret }, isCompromised ? 'compromised' : 'planned')
    if (rotation.kind === 'under-way') {
      say(`✓ Another rotation is under way: its key is ${rotation.keyId}. Nothing was changed`)
    } else if (isCompromised) {
      say(`✓ Key ${rotation.keyId} signs from now on. All others are gone, and what they signed is refused`)
    } else {
      say(`✓ Key ${rotation.keyId} is published and signs from ${rotation.signsAt.toISOString()} on`)
    }
  } finally {
    await pool.end()
    await database.close()
  }
})
