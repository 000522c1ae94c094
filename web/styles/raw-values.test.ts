import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const webDir = join(import.meta.dirname, '..')
// Tokens are where raw values live; the arch palettes are a picture's colours, the same in every theme; the favicon and
// tests are not part of a page.
const exempt = ['styles/tokens.css', 'ui/arch/palettes.ts']

const rules = [
  {
    name: 'raw colour',
    pattern: /#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b(?![/\w-])|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(/i,
  },
  { name: 'raw pixels', pattern: /\b\d*\.?\d+px\b/ },
  { name: 'arbitrary Tailwind value', pattern: /[\w:]-\[[^\]\s]+\]|(?<![\w)\]])\[[a-z-]+:[^\]\s]+\]/ },
  { name: 'style attribute', pattern: /\sstyle=\{/ },
]

describe('pages and parts', () => {
  const files = readdirSync(webDir, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(tsx?|css)$/.test(file) && !/\.test\.tsx?$/.test(file) && !exempt.includes(file))
    .map((file) => join(webDir, file))

  it('are many files, so that this test can see something', () => {
    expect(files.filter((file) => file.endsWith('.tsx')).length).toBeGreaterThan(40)
    expect(files.filter((file) => file.endsWith('.css')).length).toBeGreaterThan(3)
  })

  it('name no raw colour, pixel or arbitrary value: tokens have them all', () => {
    const found = files.flatMap((file) =>
      violations(readFileSync(file, 'utf8')).map((violation) => `${relative(webDir, file)}: ${violation}`),
    )
    expect(found).toEqual([])
  })
})

describe('the check itself', () => {
  it.each([
    ['<p className="text-[13px]">', 'arbitrary Tailwind value'],
    ['<p className="[color:red]">', 'arbitrary Tailwind value'],
    ['.card { color: #a8321f; }', 'raw colour'],
    ['.card { color: rgb(1 2 3); }', 'raw colour'],
    ['.card { margin: 13px; }', 'raw pixels'],
    ['<p style={{ width }}>', 'style attribute'],
  ])('finds %s', (planted, name) => {
    expect(violations(planted).join()).toContain(name)
  })

  it.each([
    "import { x } from '#web/add.ts'",
    '<a href="#content">',
    '/* 640px was too wide */',
    'const [first] = list[0]',
  ])('lets %s pass', (fine) => expect(violations(fine)).toEqual([]))
})

function violations(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')
  return rules.flatMap(({ name, pattern }) => {
    const match = pattern.exec(code)
    return match === null ? [] : [`${name}: ${match[0].trim()}`]
  })
}
