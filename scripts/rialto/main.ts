// `pnpm rialto <command>`: what an operator does at a terminal besides starting and stopping.
import { runCommand } from '../db/command.ts'
import { reconcileUsage } from './reconcile-usage.ts'

const commands = { 'usage:reconcile': reconcileUsage } as const

await runCommand(async (context) => {
  const [name = '', ...rest] = process.argv.slice(2).filter((option) => option !== '--')
  const command = Object.entries(commands).find(([known]) => known === name)?.[1]
  if (command === undefined || rest.length > 0) {
    process.exitCode = 1
    const known = Object.keys(commands).join(', ')
    context.say(
      `✗ ${command === undefined ? `The commands are: ${known}` : `${name} takes no options`}\n    Try: pnpm rialto usage:reconcile`,
    )
    return
  }
  await command(context)
})
