// docs/CONFORMANCE.md names tests; what it names has to be there.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const rootDir = join(import.meta.dirname, '..', '..')
const page = await readFile(join(rootDir, 'docs', 'CONFORMANCE.md'), 'utf8')

const rows = [...page.matchAll(/^\| `(oidcc-[^`]+)` +\| (.*) \|$/gm)].map(([, module = '', cells = '']) => ({
  module,
  tests: cells.split(' | ')[1] ?? '',
  result: (cells.split(' | ')[2] ?? '').trim(),
}))
const references = [...page.matchAll(/`(test\/[^`›]+\.test\.ts) › ([^`]+)`/g)].map(([, file = '', title = '']) => ({
  file,
  title,
}))

/** The title as a whole string of the file, quoted in any way. */
const isTitleIn = (source: string, title: string): boolean =>
  ["'", '"', '`'].some(
    (quote) => source.includes(`(${quote}${title}${quote}`) || source.includes(` ${quote}${title}${quote},`),
  )

describe('the conformance page', () => {
  it('lists every module once', () => {
    const modules = rows.map(({ module }) => module)
    expect(new Set(modules).size).toBe(modules.length)
    expect(modules).toHaveLength(52)
  })

  it.each(rows)('$module has a test and a result', ({ tests, result }) => {
    expect(tests).toMatch(/`test\/[^`]+ › [^`]+`/)
    expect(result).toMatch(/^(passed(: .+)?|(not passed|not applicable): .+)$/)
  })

  it.each(references)('$file › $title exists', async ({ file, title }) => {
    expect(isTitleIn(await readFile(join(rootDir, file), 'utf8'), title)).toBe(true)
  })

  it.each(rows.filter(({ tests }) => tests.includes('%s: ') || tests.includes('/conformance/')))(
    '$module is named by its test file',
    async ({ module, tests }) => {
      const files = [...tests.matchAll(/`(test\/[^`›]+\/conformance\/[^`›]+\.test\.ts) ›/g)].map(
        ([, file = '']) => file,
      )
      const sources = await Promise.all([...new Set(files)].map((file) => readFile(join(rootDir, file), 'utf8')))
      // The two scopes that are not offered share a title that is put together.
      const name = module.replace(/^oidcc-scope-(address|phone)$/, 'oidcc-scope-%s')
      expect(sources.join('\n')).toContain(name)
    },
  )

  it.each(['passed', 'not passed', 'not applicable'] as const)('counts right what is %s', (kind) => {
    const column = { passed: 2, 'not passed': 3, 'not applicable': 4 }[kind]
    const counts = [...page.matchAll(/^\| [^`|]+ OP +(\| +\d+ +){4}\|$/gm)].map(([line]) =>
      Number(line.split('|')[column + 1]),
    )
    expect(counts).toHaveLength(4)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
      rows.filter(({ result }) => result === kind || result.startsWith(`${kind}:`)).length,
    )
  })
})
