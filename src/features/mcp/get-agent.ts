import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { agentDetailSchema, getAgent, slugSchema } from '#src/features/catalog/index.ts'
import { AppError } from '#src/lib/errors.ts'
import { pageUrlOf, readOnly, resultOf } from './tool.ts'
import type { ToolContext } from './tool.ts'

const inputSchema = z.strictObject({ slug: slugSchema.describe('As search_agents gives it.') })

const outputSchema = agentDetailSchema.extend({ pageUrl: z.string() })

export function addGetAgent(server: McpServer, context: ToolContext): void {
  const description =
    'Reads everything the marketplace says about one agent. A slug that the agent had before works, too.'
  const config = { title: 'Read an agent', description, inputSchema, outputSchema, annotations: readOnly }
  server.registerTool('get_agent', config, ({ slug }) => resultOf(context, () => read(context, slug)))
}

async function read(context: ToolContext, slug: string) {
  const first = await getAgent(context.deps, slug)
  const found = first.kind === 'moved' ? await getAgent(context.deps, first.slug) : first
  if (found.kind !== 'found') throw new AppError('not_found', { slug })
  return { ...found.agent, pageUrl: pageUrlOf(context, found.agent.slug) }
}
