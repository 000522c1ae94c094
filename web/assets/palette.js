// The command palette: ⌘K, Ctrl+K or / opens it on every page. The page brings the dialog and a template for each kind of entry;
// without this script the header's search is a plain form. Pattern: the combobox with a listbox of the ARIA Authoring Practices.
const debounceMs = 90
const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector('dialog')
    this.input = this.dialog.querySelector('input')
    this.list = this.dialog.querySelector('[role=listbox]')
    this.pages = [...this.list.querySelectorAll('[data-href]')]
    this.found = { agents: [], tags: [] }
    for (const hint of this.querySelectorAll('kbd[data-mac]')) if (isMac) hint.textContent = hint.dataset.mac

    this.addEventListener('click', (event) => {
      if (event.target.closest('[data-open]')) this.open()
      else if (event.target === this.dialog || event.target.closest('[data-close]')) this.dialog.close()
      else this.go(event.target.closest('[role=option]'), event)
    })
    this.input.addEventListener('input', () => this.ask())
    this.input.addEventListener('keydown', (event) => this.steer(event))
    this.dialog.addEventListener('close', () => this.pending?.abort())
    document.addEventListener('keydown', (event) => this.hear(event))
  }

  /** ⌘K belongs to this everywhere; / only where nobody is typing. */
  hear(event) {
    const isCommand = (isMac ? event.metaKey : event.ctrlKey) && !event.shiftKey && !event.altKey
    const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey
    const isTyping = event.target.isContentEditable || event.target.closest?.('input, textarea, select') != null
    if ((isCommand && event.key.toLowerCase() === 'k') || (isSlash && !isTyping)) {
      event.preventDefault()
      if (!this.dialog.open) this.open()
      else if (isCommand) this.dialog.close()
    }
  }

  open() {
    this.dialog.showModal()
    this.input.select()
    this.show()
  }

  /** Asks for what begins like this. What was found before stays until then; an answer that comes too late is dropped. */
  ask() {
    const q = this.input.value.trim()
    clearTimeout(this.timer)
    this.pending?.abort()
    if (q === '') this.found = { agents: [], tags: [] }
    this.show()
    if (q === '') return
    this.timer = setTimeout(async () => {
      this.pending = new AbortController()
      const { signal } = this.pending
      try {
        const answer = await fetch(`/api/v1/suggestions?q=${encodeURIComponent(q)}`, { signal })
        // Searching still works when suggesting does not.
        this.found = answer.ok ? await answer.json() : { agents: [], tags: [] }
      } catch {
        if (signal.aborted) return
        this.found = { agents: [], tags: [] }
      }
      if (signal.aborted) return
      this.show()
      const count = this.found.agents.length + this.found.tags.length
      this.dialog.querySelector('[role=status]').textContent =
        count === 1 ? '1 suggestion' : `${count || 'No'} suggestions`
    }, debounceMs)
  }

  show() {
    const q = this.input.value.trim()
    const agents = this.found.agents.map(({ slug, name, tagline }) => {
      const entry = this.entry('agent', `/agents/${slug}`, [name, tagline])
      entry.querySelector('img').src = `/agents/${slug}/icon.svg`
      return entry
    })
    const tags = this.found.tags.map(({ slug, name }) => this.entry('tag', `/agents?tag=${slug}`, [name]))
    const search = q === '' ? [] : [this.entry('search', `/agents?q=${encodeURIComponent(q)}`, [`Search for “${q}”`])]
    const pages = this.pages.filter((page) => page.textContent.toLowerCase().includes(q.toLowerCase()))
    const groups = { agents, tags, search, pages }
    for (const group of this.list.children) {
      group.querySelectorAll('[role=option]').forEach((option) => option.remove())
      group.append(...groups[group.dataset.group])
      group.hidden = groups[group.dataset.group].length === 0
    }
    this.options = Object.values(groups).flat()
    this.options.forEach((option, place) => (option.id = `palette-${place}`))
    this.choose(-1)
  }

  entry(kind, href, lines) {
    const entry = this.querySelector(`template[data-kind=${kind}]`).content.firstElementChild.cloneNode(true)
    entry.dataset.href = href
    entry.querySelectorAll('[data-line]').forEach((line, place) => (line.textContent = lines[place]))
    return entry
  }

  steer(event) {
    if (event.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      // One place more than there are options: the field itself, where nothing is chosen.
      const places = this.options.length + 1
      this.choose(((this.active + 1 + step + places) % places) - 1)
    } else if (event.key === 'Enter' && this.active >= 0) {
      event.preventDefault()
      this.go(this.options[this.active], event)
    }
  }

  choose(place) {
    this.active = place
    this.options.forEach((option, other) => option.setAttribute('aria-selected', String(other === place)))
    const option = this.options[place]
    if (option) this.input.setAttribute('aria-activedescendant', option.id)
    else this.input.removeAttribute('aria-activedescendant')
    option?.scrollIntoView({ block: 'nearest' })
  }

  go(option, { metaKey, ctrlKey }) {
    if (!option) return
    if (metaKey || ctrlKey) return void window.open(option.dataset.href)
    this.dialog.close()
    location.assign(option.dataset.href)
  }
}

customElements.define('command-palette', CommandPalette)
