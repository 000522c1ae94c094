// The SQL of a request, recorded once, so that it can be sent again without the server around it.
import type { Pool, QueryConfig } from 'pg'
import type { Database } from '#src/db/client.ts'
import { createDatabase } from '#src/db/client.ts'
import { catalogRoutes } from '#src/features/catalog/index.ts'

export interface RecordedRequest {
  readonly path: string
  /** Sends the statements, those at once that the server sends at once. */
  readonly replay: () => Promise<void>
}

interface Statement {
  readonly config: QueryConfig
  readonly values: unknown[]
}

export async function recordStatements(pool: Pool, paths: readonly string[]): Promise<RecordedRequest[]> {
  const recorder = new StatementRecorder(pool)
  const routes = catalogRoutes({ db: recorder.database() })
  const requests: RecordedRequest[] = []
  for (const path of paths) {
    const response = await routes.request(path)
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    const groups = recorder.take()
    requests.push({
      path,
      replay: async () => {
        for (const group of groups) await Promise.all(group.map(({ config, values }) => pool.query(config, values)))
      },
    })
  }
  return requests
}

class StatementRecorder {
  readonly #pool: Pool
  #groups: Statement[][] = []
  #running = 0

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** A database that remembers what is asked of it. */
  database(): Database {
    const query = (config: QueryConfig, values: unknown[]): Promise<unknown> => this.#query(config, values)
    // Only `query` is used for single statements; the rest of the pool stays as it is.
    return createDatabase(
      new Proxy(this.#pool, { get: (pool, key) => (key === 'query' ? query : Reflect.get(pool, key)) }),
    )
  }

  take(): Statement[][] {
    const groups = this.#groups
    this.#groups = []
    return groups
  }

  async #query(config: QueryConfig, values: unknown[]): Promise<unknown> {
    if (this.#running === 0) this.#groups.push([])
    this.#groups.at(-1)?.push({ config, values })
    this.#running += 1
    try {
      return await this.#pool.query(config, values)
    } finally {
      this.#running -= 1
    }
  }
}
