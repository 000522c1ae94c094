const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character)

/** Markup that is safe to insert as it is. Only the tag below makes one, so text can't pass for markup. */
export class SafeHtml {
  readonly #markup: string

  private constructor(markup: string) {
    this.#markup = markup
  }

  static join(strings: TemplateStringsArray, values: readonly HtmlValue[]): SafeHtml {
    return new SafeHtml(strings.reduce((markup, part, index) => `${markup}${toMarkup(values[index - 1] ?? '')}${part}`))
  }

  toString(): string {
    return this.#markup
  }
}

type HtmlValue = string | SafeHtml | readonly SafeHtml[]

const toMarkup = (value: HtmlValue): string => {
  if (value instanceof SafeHtml) return value.toString()
  return typeof value === 'string' ? escape(value) : value.map(String).join('')
}

/** Text is escaped for element content and quoted attributes alike; other pieces of `html` pass as they are. */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml =>
  SafeHtml.join(strings, values)
