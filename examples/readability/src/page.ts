import { layout, leftWords, stopNotice } from '@rialto/example-kit'
import type { Frame, Standing } from '@rialto/example-kit'
import { html } from 'hono/html'
import { charactersMax } from './analyse.ts'
import type { Analysis } from './analyse.ts'
import { proverbCount } from './texts.ts'

export interface Page extends Omit<Frame, 'title'> {
  /** Where the person stands at Rialto. */
  readonly standing?: Standing | undefined
  /** Where they can get more. */
  readonly lift?: string | undefined
  /** The form's own. */
  readonly requestId?: string | undefined
  readonly text?: string | undefined
  readonly readsLines?: boolean | undefined
  /** What was sent, and what was read of it: fewer where it stopped. */
  readonly texts?: readonly string[] | undefined
  readonly analyses?: readonly Analysis[] | undefined
}

export const page = (all: Page) => {
  const { standing, lift, requestId, text, readsLines, texts = [], analyses = [], ...frame } = all
  return layout(
    { title: 'Readability', ...frame },
    frame.name === undefined
      ? signedOut
      : [
          standing && stopNotice(standing, { lift, usedUp }),
          results({ texts, analyses, readsLines }),
          form({ standing, requestId, text, readsLines }),
        ],
  )
}

const signedOut = html`<p>How hard is a text to read, and what does it say? Sign in to find out.</p>
  <p><a class="button" href="/sign-in">Sign in with Rialto</a></p>`

const usedUp = (limit: number | null) => `You have used all ${limit} texts. A text that you send now is not counted.`

const form = ({ standing, requestId, text, readsLines }: Page) =>
  html`<form method="post" action="/analyse">
    <p class="left">
      <label for="text">Your text, in English</label> <span>${standing && leftWords(standing, 'texts')}</span>
    </p>
    <textarea id="text" name="text" required maxlength="${charactersMax}">${text}</textarea>
    <input type="hidden" name="requestId" value="${requestId}" />
    <p class="row">
      <label
        ><input type="checkbox" name="lines" value="each" ${readsLines ? 'checked' : ''} /> Each line is a text</label
      >
      <a href="/?proverbs">Try it with ${proverbCount} proverbs</a>
    </p>
    <p><button class="${standing?.allowed === true ? '' : 'later'}">Read it</button></p>
  </form>`

function results({
  texts,
  analyses,
  readsLines,
}: Required<Pick<Page, 'texts' | 'analyses'>> & Pick<Page, 'readsLines'>) {
  const [first] = analyses ?? []
  if (first === undefined) return ''
  return readsLines ? ofLines({ texts: texts ?? [], analyses: analyses ?? [] }) : ofText(first)
}

const ofText = ({ words, sentences, readingMinutes, ease, schoolYears, keySentences }: Analysis) =>
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

interface ReadLines {
  readonly texts: readonly string[]
  readonly analyses: readonly Analysis[]
}

const ofLines = ({ texts, analyses }: ReadLines) =>
  html`<h2>${analyses.length} of ${texts.length} texts read</h2>
    <details ${analyses.length <= linesShown ? 'open' : ''}>
      <summary>What each takes to read</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Text</th>
              <th>Ease</th>
              <th>School years</th>
            </tr>
          </thead>
          <tbody>
            ${analyses.map(
              ({ ease, schoolYears }, place) =>
                html`<tr>
                  <td>${texts[place]}</td>
                  <td>${ease}</td>
                  <td>${schoolYears}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`

/** More of them stand behind a click, so that the form stays in reach. */
const linesShown = 20
