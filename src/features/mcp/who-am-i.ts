import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { describeToken, tokenFactsSchema } from '#src/features/agent-clients/index.ts'
import { readOnly, resultOf } from './tool.ts'
import type { ToolContext } from './tool.ts'

const inputSchema = z.strictObject({})

export function addWhoAmI(server: McpServer, context: ToolContext): void {
  const description = 'Says who signed in here, and what the access token of this connection may do.'
  const config = { title: 'Who am I', description, inputSchema, outputSchema: tokenFactsSchema, annotations: readOnly }
  server.registerTool('who_am_i', config, () => resultOf(context, async () => describeToken(context.token)))
}
