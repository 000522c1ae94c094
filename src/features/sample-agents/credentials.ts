import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Deps } from '#src/deps.ts'
import { createAgentClient, rotateSecret, setRedirectUris } from '#src/features/agent-clients/index.ts'
import type { AgentCredentials } from '#src/features/agent-clients/index.ts'
import { AppError } from '#src/lib/errors.ts'
import type { ListedSample } from './list-sample.ts'

const stored = z.object({ clientId: z.string(), clientSecret: z.string() })

interface SampleClient {
  readonly slug: string
  readonly listed: ListedSample
  readonly redirectUri: string
}

/**
 * The sample's own credentials, as a publisher would keep them: made once, in a file for the owner's eyes only. A lost or
 * foreign file is replaced by a new secret.
 */
export async function sampleCredentials(
  deps: Pick<Deps, 'db' | 'config'>,
  { slug, listed, redirectUri }: SampleClient,
): Promise<AgentCredentials> {
  const { agentId, oauthClientId } = listed
  const path = join(deps.config.dataDir, 'samples', `${slug}.json`)
  const redirectUris = [redirectUri]
  const acting = { agentId, userId: undefined }
  const created = oauthClientId === null ? await createOnce(deps, { ...acting, redirectUris }) : undefined
  if (created !== undefined) return keep(path, created)
  await setRedirectUris(deps, { ...acting, redirectUris })
  const known = await readCredentials(path)
  if (known?.clientId === oauthClientId) return known
  return keep(path, await rotateSecret(deps, { ...acting, overlapSeconds: 0 }))
}

/** Undefined: another marketplace on the same database, which started at the same moment, has just made it. */
async function createOnce(
  deps: Pick<Deps, 'db'>,
  client: Parameters<typeof createAgentClient>[1],
): Promise<AgentCredentials | undefined> {
  try {
    return await createAgentClient(deps, client)
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return undefined
    throw error
  }
}

async function readCredentials(path: string): Promise<AgentCredentials | undefined> {
  try {
    return stored.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    // Missing or damaged: a new secret costs nothing here.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function keep(path: string, { clientId, clientSecret }: AgentCredentials): Promise<AgentCredentials> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  await writeFile(path, `${JSON.stringify({ clientId, clientSecret })}\n`, { mode: 0o600 })
  return { clientId, clientSecret }
}
