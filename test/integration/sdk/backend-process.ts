// A backend that reports through a batch and is then left to itself: `natural` has nothing more to do, `waiting` serves on.
import { writeSync } from 'node:fs'
import { Rialto } from '@rialto/sdk'

const [baseUrl = '', clientId = '', clientSecret = '', userId = '', mode = ''] = process.argv.slice(2)
// A pipe would keep what is written for later, and a signal ends the process at once.
const say = (line: string) => writeSync(1, line)
const rialto = new Rialto({ baseUrl, clientId, clientSecret })
const batch = rialto.batch({ delayMs: mode === 'natural' ? 200 : 60_000 })
await rialto.check({ userId, metric: 'messages' })

const server = mode === 'own handler' ? setInterval(() => {}, 1_000) : undefined
if (server !== undefined) {
  process.on('SIGTERM', () => {
    clearInterval(server)
    say('closing\n')
    void batch.close()
  })
}
for (let count = 0; count < 25; count++) {
  void batch.consume({ userId, metric: 'messages' }).then(({ allowed }) => say(`${allowed}\n`))
}
say('queued\n')
