import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { Deps } from '#src/deps.ts'
import type { AccessToken } from '#src/identity/index.ts'
import { AppError } from '#src/lib/errors.ts'

/** What the tools of one message work with. */
export interface ToolContext {
  readonly deps: Pick<Deps, 'db' | 'baseUrl' | 'site'>
  readonly token: AccessToken
  /** Takes what is no answer of a tool: a bug, or a database that is away. */
  readonly reportFailure: (error: unknown) => void
}

/** They only read, and only what is here. */
export const readOnly = { readOnlyHint: true, openWorldHint: false } as const

/**
 * A tool's result: as an object for programs, and as its text for models. An expected failure is a result, too, which the model
 * can learn from; any other is reported, because the SDK would send its message, with the SQL in it, to the caller.
 */
export async function resultOf(
  { reportFailure }: ToolContext,
  work: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<CallToolResult> {
  try {
    const structuredContent = await work()
    return { structuredContent, content: [{ type: 'text', text: JSON.stringify(structuredContent) }] }
  } catch (error) {
    if (!(error instanceof AppError)) reportFailure(error)
    const problem = error instanceof AppError ? { ...error.details, code: error.code } : { code: 'internal' }
    return { isError: true, content: [{ type: 'text', text: JSON.stringify(problem) }] }
  }
}

/** Where people read about an agent. */
export const pageUrlOf = ({ deps }: ToolContext, slug: string): string => `${deps.baseUrl}/agents/${slug}`
