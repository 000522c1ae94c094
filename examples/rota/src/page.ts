import { layout, leftWords, stopNotice } from '@rialto/example-kit'
import type { Frame, Standing } from '@rialto/example-kit'
import { html } from 'hono/html'
import type { Plan, Task } from './plan.ts'
import { charactersMax } from './task.ts'

export interface Result {
  readonly task: Task
  readonly plan: Plan
  /** Steps that were held for it. */
  readonly held: number
}

export interface Page extends Omit<Frame, 'title'> {
  /** Where the person stands at Rialto. */
  readonly standing?: Standing | undefined
  /** Where they can get more. */
  readonly lift?: string | undefined
  /** The form's own. */
  readonly requestId?: string | undefined
  readonly shifts?: string
  readonly people?: string
  readonly result?: Result
}

export const page = ({ standing, lift, requestId, shifts, people, result, ...frame }: Page) =>
  layout(
    { title: 'Rota', ...frame },
    frame.name === undefined
      ? signedOut
      : [
          standing && stopNotice(standing, { lift, usedUp }),
          result && outcome(result),
          form({ standing, requestId, shifts: shifts ?? example.shifts, people: people ?? example.people }),
        ],
  )

const example = {
  shifts: 'Mon early\nMon late\nTue early\nTue late\nWed early\nWed late\nThu early\nThu late\nFri early\nFri late',
  people: 'Ada: Mon early, Fri late\nBen: Tue early, Tue late\nCleo: Wed early\nDario',
}

const signedOut = html`<p>Who works when, shared fairly, with nobody on a shift they can’t take. Sign in to plan.</p>
  <p><a class="button" href="/sign-in">Sign in with Rialto</a></p>`

const usedUp = (limit: number | null) =>
  `You have used all ${limit?.toLocaleString('en')} steps. A rota that you send now is not planned, and not counted.`

const form = ({ standing, requestId, shifts, people }: Page) =>
  html`<form method="post" action="/plan">
    <p class="left">
      <label for="shifts">Shifts, in order, one to a line</label>
      <span>${standing && leftWords(standing, 'steps')}</span>
    </p>
    <textarea id="shifts" name="shifts" class="short" required maxlength="${charactersMax}">${shifts}</textarea>
    <p class="left"><label for="people">People, and after a colon the shifts that they can’t take</label></p>
    <textarea id="people" name="people" class="short" required maxlength="${charactersMax}">${people}</textarea>
    <input type="hidden" name="requestId" value="${requestId}" />
    <p><button class="${standing?.allowed === true ? '' : 'later'}">Plan it</button></p>
  </form>`

function outcome({ task, plan, held }: Result) {
  const steps = plan.steps.toLocaleString('en')
  const cost = html`<p class="muted">
    It took ${steps} steps; ${held.toLocaleString('en')} were held, and the other
    ${(held - plan.steps).toLocaleString('en')} given back.
  </p>`
  if (plan.state === 'impossible')
    return html`<h2>There is no such rota</h2>
      <p>Whoever works how much: somebody would have a shift they can’t take, or two in a row.</p>
      ${cost}`
  if (plan.state === 'unfinished')
    return html`<h2>Not found yet</h2>
      <p>The ${steps} steps that were left for it are used. An easier rota may still be found.</p>
      ${cost}`
  return html`<h2>The rota</h2>
    <div class="scroll">
      <table>
        ${task.shifts.map((shift, place) => {
          const person = task.people[plan.assigned[place] ?? -1]
          return html`<tr>
            <th scope="row">${shift}</th>
            <td>${person?.name}</td>
          </tr>`
        })}
      </table>
    </div>
    ${cost}`
}
