import { layout, leftWords, stopNotice } from '@rialto/example-kit'
import type { Frame, Standing } from '@rialto/example-kit'
import { html } from 'hono/html'
import type { ListedProject, Project } from './store.ts'
import { charactersMax } from './terms.ts'
import type { FoundTerm } from './terms.ts'

export const nameCharactersMax = 80

type Shown = Omit<Frame, 'title'>

interface Counted {
  /** Where the person stands at Rialto. */
  readonly standing: Standing
  /** Where they can get more. */
  readonly lift: string | undefined
  /** The form's own. */
  readonly requestId: string
}

const frame = (shown: Shown, children: unknown) => layout({ title: 'Termbase', ...shown }, children)

export const signedOutPage = (shown: Shown = {}) =>
  frame(
    shown,
    html`<p>A glossary for each of your projects, drawn from the texts that you add. Sign in to begin.</p>
      <p><a class="button" href="/sign-in">Sign in with Rialto</a></p>`,
  )

interface ProjectsPage extends Shown, Counted {
  readonly projects: readonly ListedProject[]
  readonly typedName?: string | undefined
}

export const projectsPage = ({ projects, standing, lift, requestId, typedName, ...shown }: ProjectsPage) =>
  frame(shown, [
    stopNotice(standing, {
      lift,
      usedUp: (limit) => `You keep ${limit} projects, and no more fit. Delete one, or lift the limit.`,
    }),
    html`<form method="post" action="/projects">
      <p class="left"><label for="name">A new project</label> <span>${leftWords(standing, 'projects')}</span></p>
      <input type="text" id="name" name="name" required maxlength="${nameCharactersMax}" value="${typedName}" />
      <input type="hidden" name="requestId" value="${requestId}" />
      <p><button class="${standing.allowed ? '' : 'later'}">Keep it</button></p>
    </form>`,
    projects.length === 0
      ? html`<p class="muted">You keep no project yet.</p>`
      : html`<h2>Your projects</h2>
          <ul class="rows">
            ${projects.map(
              ({ id, name, terms }) =>
                html`<li class="row">
                  <a href="/projects/${id}">${name}</a> <span class="muted">${terms} terms</span>
                </li>`,
            )}
          </ul>`,
  ])

interface ProjectPage extends Shown, Counted {
  readonly project: Project
  readonly terms: readonly FoundTerm[]
  readonly typedText?: string | undefined
}

export const projectPage = ({ project, terms, standing, lift, requestId, typedText, ...shown }: ProjectPage) =>
  frame(shown, [
    html`<p><a href="/">All projects</a></p>
      <h2>${project.name}</h2>`,
    stopNotice(standing, {
      lift,
      usedUp: (limit) => `You have added all ${limit} texts. A text that you send now is not counted.`,
    }),
    html`<form method="post" action="/projects/${project.id}/texts">
      <p class="left"><label for="text">Add a text, in English</label> <span>${leftWords(standing, 'texts')}</span></p>
      <textarea id="text" name="text" class="short" required maxlength="${charactersMax}">${typedText}</textarea>
      <input type="hidden" name="requestId" value="${requestId}" />
      <p><button class="${standing.allowed ? '' : 'later'}">Find its terms</button></p>
    </form>`,
    terms.length === 0
      ? html`<p class="muted">No terms yet: add a text.</p>`
      : html`<h2>Terms</h2>
          <dl>
            ${terms.map(
              ({ term, count, example }) =>
                html`<dt>${term} (${count})</dt>
                  <dd>${example}</dd>`,
            )}
          </dl>`,
    html`<form method="post" action="/projects/${project.id}/delete">
      <p><button class="later">Delete ${project.name}</button></p>
    </form>`,
  ])
