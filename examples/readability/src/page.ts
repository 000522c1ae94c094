import { html } from 'hono/html'
import type { Analysis } from './analyse.ts'
import { charactersMax } from './analyse.ts'

interface Page {
  readonly name: string | undefined
  readonly text?: string
  readonly analysis?: Analysis
  readonly problem?: string
}

const style = `:root{color-scheme:light dark}body{font:16px/24px system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:24px;
background:light-dark(#fff,#14171a);color:light-dark(#17130e,#efe9df)}h1{font:500 28px/34px Georgia,serif}
textarea{width:100%;box-sizing:border-box;min-height:12rem;font:inherit;padding:12px}
button,.button{display:inline-block;font:inherit;padding:8px 16px;border:1px solid;border-radius:4px;background:light-dark(#17130e,#efe9df);
color:light-dark(#fff,#17130e);text-decoration:none;cursor:pointer}dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px}
dd{margin:0;font-variant-numeric:tabular-nums}header{display:flex;justify-content:space-between;align-items:center;gap:16px}`

export const page = ({ name, text, analysis, problem }: Page) =>
  html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Readability</title>
      <style>
        ${style}
      </style>
      <header>
        <h1>Readability</h1>
        ${
          name === undefined
            ? ''
            : html`<form method="post" action="/sign-out">Signed in as <b>${name}</b> <button>Sign out</button></form>`
        }
      </header>
      ${problem === undefined ? '' : html`<p role="alert"><b>${problem}</b></p>`}
      ${
        name === undefined
          ? html`<p>How hard is a text to read, and what does it say? Sign in to find out.</p>
              <p><a class="button" href="/sign-in">Sign in with Rialto</a></p>`
          : html`<form method="post" action="/analyse">
              <label for="text">Your text, in English, up to ${charactersMax.toLocaleString('en')} characters</label>
              <textarea id="text" name="text" required maxlength="${charactersMax}">${text ?? ''}</textarea>
              <p><button>Read it</button></p>
            </form>`
      }
      ${analysis === undefined ? '' : result(analysis)}
    </html>`

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
