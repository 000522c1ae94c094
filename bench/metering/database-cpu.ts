// CPU time of PostgreSQL: its processes are children of one, and each says its own (Linux only).
import { readdir, readFile } from 'node:fs/promises'

const ticksPerSecond = 100

/** Microseconds so far of all processes under this one, those that have ended included; undefined where there is no /proc. */
export async function databaseCpuUs(postmasterPid: number): Promise<number | undefined> {
  try {
    let ticks = 0
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
      // The name in parentheses may hold anything; what follows is fixed.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const [parent, own, ended] = [fields[1], [fields[11], fields[12]], [fields[13], fields[14]]]
      if (Number(parent) === postmasterPid) ticks += sum(own)
      if (Number(name) === postmasterPid) ticks += sum(own) + sum(ended)
    }
    return (ticks * 1_000_000) / ticksPerSecond
  } catch {
    // Another system: the figure is left out, and the table says so.
    return undefined
  }
}

const sum = (values: readonly (string | undefined)[]): number =>
  values.reduce((total, value) => total + Number(value), 0)
