// `pnpm stripe:shapes`: writes what the Stripe sandbox must look like, after a new version of the client or a new route.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { extractShapes } from './stripe/extract-shapes.ts'

const rootDir = dirname(import.meta.dirname)
const file = join(rootDir, 'src', 'integrations', 'stripe', 'sandbox', 'shapes.json')
const lines = (record: Record<string, unknown>): string =>
  Object.entries(record)
    .map(([name, shape]) => `    ${JSON.stringify(name)}: ${JSON.stringify(shape)}`)
    .join(',\n')

const { resources, parameters } = extractShapes(rootDir)
writeFileSync(file, `{\n  "resources": {\n${lines(resources)}\n  },\n  "parameters": {\n${lines(parameters)}\n  }\n}\n`)
