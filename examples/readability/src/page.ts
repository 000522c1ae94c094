import type { Decision, Forecast } from '@rialto/sdk'
import { html, raw } from 'hono/html'
import { charactersMax } from './analyse.ts'
import type { Analysis } from './analyse.ts'

export interface Page {
  /** Left out: nobody is signed in. */
  readonly name?: string | undefined
  /** Where the person stands at Rialto. */
  readonly standing?: Decision | Forecast | undefined
  /** Where they can get more. */
  readonly lift?: string | undefined
  /** The form's own. */
  readonly requestId?: string | undefined
  readonly text?: string | undefined
  readonly analysis?: Analysis
  readonly problem?: string
  /** Rialto can't be asked. */
  readonly isAway?: boolean
}

const style = `:root{color-scheme:light dark;--ink:light-dark(#17130e,#efe9df);--ground:light-dark(#fff,#14171a);
--muted:light-dark(#5f574b,#b3aa9c);--stop:light-dark(#a8321f,#f08a74)}body{font:16px/24px system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:24px;
background:var(--ground);color:var(--ink)}h1{font:500 28px/34px Georgia,serif;margin:0}h2{font:500 22px/28px Georgia,serif}
header,header form,.left{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:8px 16px}header{padding-bottom:24px}
label{font-weight:500}.left span{color:var(--muted)}.left{font-variant-numeric:tabular-nums;justify-content:space-between;margin:0 0 8px}
textarea{width:100%;box-sizing:border-box;min-height:12rem;font:inherit;padding:12px;color:inherit;background:transparent;border:1px solid #857a6a;border-radius:4px}
button,.button{display:inline-block;font:inherit;padding:8px 16px;border:1px solid var(--ink);border-radius:4px;background:var(--ink);color:var(--ground);
text-decoration:none;cursor:pointer}header button,.later{background:transparent;color:inherit}:focus-visible{outline:2px solid #1b5e8c;outline-offset:2px}
.stop,.next{border-inline-start:4px solid var(--stop);padding:4px 16px;margin-block-end:24px}.next{border-color:var(--ink)}dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px}
dd{margin:0;font-variant-numeric:tabular-nums}dt{color:var(--muted)}`

export const page = ({ name, standing, lift, requestId, text, analysis, problem, isAway }: Page) =>
  html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Readability</title>
      <style>
        ${raw(style)}
      </style>
      <header>
        <h1>Readability</h1>
        ${name && html`<form method="post" action="/sign-out">Signed in as ${name} <button>Sign out</button></form>`}
      </header>
      <main>
        ${problem && html`<p role="alert" class="stop"><b>${problem}</b></p>`} ${isAway && away}
        ${name === undefined ? !isAway && signedOut : [stopped(standing, lift), analysis && result(analysis), form({ standing, requestId, text })]}
      </main>
    </html>`

const away = html`<p role="alert" class="stop">
  Rialto can’t be asked right now. Nothing was counted twice: go back and send it again in a moment.
</p>`

const signedOut = html`<p>How hard is a text to read, and what does it say? Sign in to find out.</p>
  <p><a class="button" href="/sign-in">Sign in with Rialto</a></p>`

const day = (iso: string) => new Date(iso).toLocaleDateString('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })

function stopped(standing: Page['standing'], lift: string | undefined) {
  if (standing === undefined || standing.allowed) return ''
  const { reason, limit, resetsAt } = standing
  const isNew = reason === 'no_subscription'
  const again = resetsAt === null ? '' : ` You start again on ${day(resetsAt)}.`
  const words = isNew
    ? 'One step is left: choose at Rialto what you want to use.'
    : reason === 'quota_exceeded'
      ? `You have used all ${limit} texts.${again} A text that you send now is not counted.`
      : `Rialto does not let you use this now: ${reason.replaceAll('_', ' ')}.`
  return html`<div role="alert" class="${isNew ? 'next' : 'stop'}">
    <p>${words}</p>
    ${lift && html`<p><a class="button" href="${lift}">${isNew ? 'Start at Rialto' : 'See what lifts it'}</a></p>`}
  </div>`
}

const form = ({ standing, requestId, text }: Page) =>
  html`<form method="post" action="/analyse">
    <p class="left"><label for="text">Your text, in English</label> <span>${left(standing)}</span></p>
    <textarea id="text" name="text" required maxlength="${charactersMax}">${text}</textarea>
    <input type="hidden" name="requestId" value="${requestId}" />
    <p><button class="${standing?.allowed === true ? '' : 'later'}">Read it</button></p>
  </form>`

const left = (standing: Page['standing']) =>
  standing?.unlimited === false && standing.limit > 0 ? `${standing.remaining} of ${standing.limit} texts left` : ''

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
