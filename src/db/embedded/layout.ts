// Where the embedded database keeps its things inside the data folder. Other files of this folder never build these paths.
import { join, resolve } from 'node:path'

export interface Layout {
  readonly dataDir: string
  /** PostgreSQL's own data folder (PGDATA). */
  readonly cluster: string
  /** The random password, mode 0600. */
  readonly passwordFile: string
  /** The port used last, so that URLs stay the same over restarts while the port is free. */
  readonly portFile: string
  /** Who serves this data folder; true only while the serve lock is held. */
  readonly servingFile: string
  readonly logFile: string
  readonly pidFile: string
}

export function layoutOf(dataDir: string): Layout {
  const folder = resolve(dataDir)
  const cluster = join(folder, 'postgres')
  return {
    dataDir: folder,
    cluster,
    passwordFile: join(folder, 'postgres.password'),
    portFile: join(folder, 'postgres.port'),
    servingFile: join(folder, 'serving.json'),
    logFile: join(folder, 'logs', 'postgres.log'),
    pidFile: join(cluster, 'postmaster.pid'),
  }
}
