import { describe, expect, it } from 'vitest'
import { renderMarkdown } from './markdown.server.ts'

describe('renderMarkdown', () => {
  it('renders what a description needs', () => {
    const html = renderMarkdown('A **word** and `code`.\n\n- one\n\n| a |\n|---|\n| b |')
    for (const tag of ['<strong>', '<code>', '<li>', '<table>']) expect(html).toContain(tag)
  })

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '![picture](https://elsewhere.example/pixel.png)',
    '[link](javascript:alert(1))',
    '<a href="https://example.com" onclick="alert(1)">x</a>',
    '<iframe src="https://example.com"></iframe>',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
  ])('makes %s harmless', (hostile) => {
    expect(renderMarkdown(hostile)).not.toMatch(/<script|<img|<iframe|onerror|onclick|javascript:|data:text/)
  })

  it('tells search engines not to follow a stranger’s links', () => {
    expect(renderMarkdown('[x](https://example.com)')).toContain('rel="nofollow ugc noopener"')
  })

  it('keeps headings below the page’s own', () => {
    expect(renderMarkdown('# One\n\n###### Six')).toBe('<h3>One</h3>\n<h6>Six</h6>')
    expect(renderMarkdown('## Two\n\n### Three\n\n# One')).toBe('<h4>Two</h4>\n<h5>Three</h5>\n<h3>One</h3>')
    expect(renderMarkdown('## Two\n\n### Three')).toBe('<h3>Two</h3>\n<h4>Three</h4>')
  })

  it('cuts text past its limit instead of spending the server on it', () => {
    expect(renderMarkdown('word '.repeat(100_000)).length).toBeLessThan(60_000)
  })
})
