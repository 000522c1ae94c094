import { html, raw } from 'hono/html'

export type Html = ReturnType<typeof html>

export interface Frame {
  /** The agent's name. */
  readonly title: string
  /** Left out: nobody is signed in. */
  readonly name?: string | undefined
  readonly problem?: string | undefined
  /** Rialto can't be asked. */
  readonly isAway?: boolean | undefined
}

const style = `:root{color-scheme:light dark;--ink:light-dark(#17130e,#efe9df);--ground:light-dark(#fff,#14171a);
--muted:light-dark(#5f574b,#b3aa9c);--stop:light-dark(#a8321f,#f08a74);--line:light-dark(#ddd5c7,#2d333c)}
body{font:16px/24px system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:24px;background:var(--ground);color:var(--ink)}
h1{font:500 28px/34px Georgia,serif;margin:0}h2{font:500 22px/28px Georgia,serif}
header,header form,.left,.row{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:8px 16px}header{padding-bottom:24px}
label{font-weight:500}.muted,.left span{color:var(--muted)}.left{font-variant-numeric:tabular-nums;margin:16px 0 8px}
textarea,input[type=text]{width:100%;box-sizing:border-box;font:inherit;padding:12px;color:inherit;background:transparent;border:1px solid #857a6a;border-radius:4px}
textarea{min-height:12rem}textarea.short{min-height:8rem}
button,.button{display:inline-block;font:inherit;padding:8px 16px;border:1px solid var(--ink);border-radius:4px;background:var(--ink);color:var(--ground);
text-decoration:none;cursor:pointer}header button,.later{background:transparent;color:inherit}:focus-visible{outline:2px solid #1b5e8c;outline-offset:2px}
.stop,.next{border-inline-start:4px solid var(--stop);padding:4px 16px;margin-block-end:24px}.next{border-color:var(--ink)}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px}dd{margin:0;font-variant-numeric:tabular-nums}dt{color:var(--muted)}
a{color:inherit}.rows{list-style:none;padding:0}.rows>li{border-top:1px solid var(--line);padding:12px 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:start;padding:6px 12px 6px 0;border-top:1px solid var(--line)}`

/** The frame of every page of a sample agent: its name, who is signed in, what went wrong, and then `children`. */
export const layout = ({ title, name, problem, isAway }: Frame, children: unknown): Html =>
  html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title}</title>
      <style>
        ${raw(style)}
      </style>
      <header>
        <h1>${title}</h1>
        ${name && html`<form method="post" action="/sign-out">Signed in as ${name} <button>Sign out</button></form>`}
      </header>
      <main>
        ${problem && html`<p role="alert" class="stop"><b>${problem}</b></p>`} ${isAway && away}
        ${isAway ? '' : children}
      </main>
    </html>`

const away = html`<p role="alert" class="stop">
  Rialto can’t be asked right now. Nothing was counted twice: go back and send it again in a moment.
</p>`
