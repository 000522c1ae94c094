import { totalmem } from 'node:os'

/** `throwaway` trades safety for speed: only for data that nobody misses, such as a test run's. */
export type Durability = 'durable' | 'throwaway'

/** PostgreSQL's name for the setting that tells which data folder a server was started for. */
export const folderSetting = 'rialto.folder'

/** No spaces and no non-ASCII letters, so that it passes every platform's command line unharmed. */
export const encodeFolder = (path: string): string => Buffer.from(path).toString('base64url')

/**
 * Settings are given on the command line at each start and not written into the cluster, so a newer Rialto's settings act
 * at once and nobody's edit can make the database less durable or reachable from elsewhere.
 */
export function serverSettings({
  port,
  dataDir,
  durability,
}: {
  port: number
  dataDir: string
  durability: Durability
}) {
  const safe = durability === 'durable' ? 'on' : 'off'
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // No socket file: it would lie in a folder shared with other users, and its path is limited to 107 bytes.
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: `${sharedBuffersMb()}MB`,
    fsync: safe,
    synchronous_commit: safe,
    full_page_writes: safe,
    // Compiling a plan costs more than it saves on the short statements of a shop.
    jit: 'off',
    // A password of 256 random bits needs no slow hashing; a run of all tests opens thousands of connections.
    ...(durability === 'throwaway' ? { scram_iterations: '1' } : {}),
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statement errors reach the application, which logs them; repeating them here would grow a file with people's data.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    [folderSetting]: encodeFolder(dataDir),
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** An eighth of the machine, between 128 MB and 1 GB. */
function sharedBuffersMb(): number {
  const limit = process.constrainedMemory()
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return Math.min(1024, Math.max(128, Math.floor(bytes / 8 / 1024 ** 2)))
}
