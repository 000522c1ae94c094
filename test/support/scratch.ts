import { existsSync, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'

const memoryDir = '/dev/shm'
/** What a whole run takes at its height is a third of it. */
const roomMin = 4 * 1024 ** 3

/**
 * Where files go that nobody misses: memory, where a machine has plenty of it, or else the usual folder. A database is hundreds
 * of small files; on a disk, making them took up to twenty times the processor time, more so after others were removed.
 */
export function scratchDir(): string {
  if (!existsSync(memoryDir)) return tmpdir()
  const { bavail, bsize } = statfsSync(memoryDir)
  return Math.min(bavail * bsize, freemem()) >= roomMin ? memoryDir : tmpdir()
}

/** Every folder that {@link scratchDir} may have named, at one time or another. */
export const scratchDirs = (): readonly string[] => (existsSync(memoryDir) ? [memoryDir, tmpdir()] : [tmpdir()])
