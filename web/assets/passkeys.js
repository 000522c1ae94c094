// Makes and uses passkeys. Forms marked with data-passkey come hidden and are shown only where the browser can do it; their
// submission first asks the server for a challenge (data-options), then the authenticator, then goes the usual way.
const isAble =
  'PublicKeyCredential' in window &&
  'parseCreationOptionsFromJSON' in PublicKeyCredential &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential

for (const form of isAble ? document.querySelectorAll('form[data-passkey]') : []) {
  form.hidden = false
  form.addEventListener('submit', (event) => {
    const field = form.elements.credential
    if (field.value !== '') return
    event.preventDefault()
    const button = form.querySelector('button')
    button.disabled = true
    ask(form)
      .then((credential) => {
        field.value = JSON.stringify(credential)
        form.requestSubmit()
      })
      .catch((error) => say(form, error))
      .finally(() => {
        button.disabled = false
      })
  })
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: 'POST', body: new FormData(form) })
  const { options, refusal } = await answer.json()
  if (options === undefined) throw new Error(refusal)
  const credential =
    form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
  return credential.toJSON()
}

function say(form, error) {
  // A DOMException is the browser's own: cancelled, timed out, or made before.
  const isBrowsers = error instanceof DOMException
  const text = isBrowsers ? form.dataset.cancelled : error.message || form.dataset.cancelled
  form.querySelector('[role=alert]').textContent = text
}
