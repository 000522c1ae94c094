import { layout, leftWords, stopNotice } from '@rialto/example-kit'
import type { Frame, Standing } from '@rialto/example-kit'
import { html } from 'hono/html'
import { charactersMax } from './analyse.ts'
import type { Analysis } from './analyse.ts'

export interface Page extends Omit<Frame, 'title'> {
  /** Where the person stands at Rialto. */
  readonly standing?: Standing | undefined
  /** Where they can get more. */
  readonly lift?: string | undefined
  /** The form's own. */
  readonly requestId?: string | undefined
  readonly text?: string | undefined
  readonly analysis?: Analysis
}

export const page = ({ standing, lift, requestId, text, analysis, ...frame }: Page) =>
  layout(
    { title: 'Readability', ...frame },
    frame.name === undefined
      ? signedOut
      : [
          standing && stopNotice(standing, { lift, usedUp }),
          analysis && result(analysis),
          form({ standing, requestId, text }),
        ],
  )

const signedOut = html`<p>How hard is a text to read, and what does it say? Sign in to find out.</p>
  <p><a class="button" href="/sign-in">Sign in with Rialto</a></p>`

const usedUp = (limit: number | null) => `You have used all ${limit} texts. A text that you send now is not counted.`

const form = ({ standing, requestId, text }: Page) =>
  html`<form method="post" action="/analyse">
    <p class="left">
      <label for="text">Your text, in English</label> <span>${standing && leftWords(standing, 'texts')}</span>
    </p>
    <textarea id="text" name="text" required maxlength="${charactersMax}">${text}</textarea>
    <input type="hidden" name="requestId" value="${requestId}" />
    <p><button class="${standing?.allowed === true ? '' : 'later'}">Read it</button></p>
  </form>`

const result = ({ words, sentences, readingMinutes, ease, schoolYears, keySentences }: Analysis) =>
  html`<h2>What it takes to read</h2>
    <dl>
      <dt>Reading ease</dt>
      <dd>${ease} of 100</dd>
      <dt>School years</dt>
      <dd>${schoolYears}</dd>
      <dt>Length</dt>
      <dd>${words} words, ${sentences} sentences, about ${readingMinutes} min</dd>
    </dl>
    <h2>Key sentences</h2>
    <ul>
      ${keySentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>`
