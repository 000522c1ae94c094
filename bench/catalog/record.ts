// The SQL of a request, recorded once, so that it can be sent again without the server around it.
import type { Pool, PoolClient, QueryConfig } from 'pg'
import type { Database } from '#src/db/client.ts'
import { createDatabase } from '#src/db/client.ts'
import { catalogRoutes } from '#src/features/catalog/index.ts'

export interface RecordedRequest {
  readonly path: string
  /** Sends the statements in their order, over one connection. */
  readonly replay: () => Promise<void>
}

interface Statement {
  readonly config: QueryConfig | string
  readonly values: unknown[] | undefined
}

export async function recordStatements(pool: Pool, paths: readonly string[]): Promise<RecordedRequest[]> {
  const recorder = new StatementRecorder(pool)
  const routes = catalogRoutes({ db: recorder.database() })
  const requests: RecordedRequest[] = []
  for (const path of paths) {
    const response = await routes.request(path)
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    const statements = recorder.take()
    requests.push({
      path,
      replay: async () => {
        const client = await pool.connect()
        try {
          for (const { config, values } of statements) await client.query(config, values)
        } finally {
          client.release()
        }
      },
    })
  }
  return requests
}

type Query = (config: QueryConfig | string, values?: unknown[]) => Promise<unknown>

class StatementRecorder {
  readonly #pool: Pool
  #statements: Statement[] = []

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** A database that remembers what is asked of it, in a transaction or outside. */
  database(): Database {
    const connect = async (): Promise<PoolClient> => {
      const client = await this.#pool.connect()
      return withMethods(client, { query: this.#remembering(client.query.bind(client) as Query) })
    }
    const query = this.#remembering(this.#pool.query.bind(this.#pool) as Query)
    return createDatabase(withMethods(this.#pool, { query, connect }))
  }

  take(): Statement[] {
    const statements = this.#statements
    this.#statements = []
    return statements
  }

  #remembering(query: Query): Query {
    return (config, values) => {
      this.#statements.push({ config, values })
      return query(config, values)
    }
  }
}

/** The same object with other methods; the rest is called on the object itself, whose private fields no proxy may read. */
const withMethods = <T extends object>(object: T, methods: Readonly<Record<string, unknown>>): T =>
  new Proxy(object, {
    get: (target, key) => {
      if (typeof key === 'string' && key in methods) return methods[key]
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
