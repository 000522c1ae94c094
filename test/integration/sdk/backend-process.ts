// A backend that reports through a batch and is then left to itself: `natural` has nothing more to do, `waiting` serves on,
// `two batches` has another one whose answers take longer.
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Rialto } from '@rialto/sdk'

const [baseUrl = '', clientId = '', clientSecret = '', userId = '', mode = ''] = process.argv.slice(2)
// A pipe would keep what is written for later, and a signal ends the process at once.
const say = (line: string) => writeSync(1, line)
const rialto = new Rialto({ baseUrl, clientId, clientSecret })
const batch = rialto.batch({ delayMs: mode === 'natural' ? 200 : 60_000 })
const slow = new Rialto({
  baseUrl,
  clientId,
  clientSecret,
  fetch: async (...request) => {
    await sleep(300)
    return fetch(...request)
  },
})
const slowBatch = mode === 'two batches' ? slow.batch({ delayMs: 60_000 }) : batch
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
  void (count < 20 ? batch : slowBatch)
    .consume({ userId, metric: 'messages' })
    .then(({ allowed }) => say(`${allowed}\n`))
}
say('queued\n')
