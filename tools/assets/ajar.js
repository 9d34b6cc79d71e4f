// Everything in Ajar works without this file; it only makes things smoother.
import { createAll } from 'govuk-frontend/dist/govuk/init.mjs'
import { Button } from 'govuk-frontend/dist/govuk/components/button/button.mjs'
import { CharacterCount } from 'govuk-frontend/dist/govuk/components/character-count/character-count.mjs'
import { ErrorSummary } from 'govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs'
import { SkipLink } from 'govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs'

const sentKey = 'ajar-sent'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

function start (scope) {
  createAll(Button, { preventDoubleClick: true }, scope)
  for (const part of [CharacterCount, ErrorSummary, SkipLink]) createAll(part, {}, scope)
  scope.querySelectorAll('form[data-autosave]').forEach(autosave)
  scope.querySelectorAll('[data-conditional]').forEach(conditional)
  scope.querySelectorAll('[data-date]').forEach(calendar)
  scope.querySelectorAll('[data-print]').forEach(printButton)
  scope.querySelectorAll('form[data-passkey]').forEach(passkey)
}

// A folded menu closes when one clicks elsewhere or presses Escape.
function closeMenus () {
  const open = () => document.querySelectorAll('details[data-close-outside][open]')
  document.addEventListener('click', (e) => open().forEach((d) => { if (!d.contains(e.target)) d.open = false }))
  document.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape') return
    open().forEach((d) => { d.open = false; d.querySelector('summary').focus() })
  })
}

// What belongs to an answer is in view only while that answer is chosen. (Not GOV.UK's own script for it: that puts
// aria-expanded on radio buttons, which ARIA does not allow and our accessibility check refuses.)
function conditional (group) {
  const show = () => group.querySelectorAll('[data-shows]').forEach((input) => {
    const part = document.getElementById(input.dataset.shows)
    if (part) part.classList.toggle(`govuk-${group.dataset.conditional}__conditional--hidden`, !input.checked)
  })
  group.addEventListener('change', show)
  window.addEventListener('pageshow', show) // the browser may have put back an older choice
  show()
}

// The browser's own calendar beside a date that is typed.
function calendar (box) {
  if (box.dataset.ready || !('showPicker' in HTMLInputElement.prototype)) return
  box.dataset.ready = 'true'
  const typed = box.querySelector('input')
  const picker = document.createElement('input')
  picker.type = 'date'
  picker.tabIndex = -1
  picker.className = 'ajar-date__picker'
  picker.setAttribute('aria-hidden', 'true')
  if (typed.dataset.min) picker.min = typed.dataset.min
  if (typed.dataset.max) picker.max = typed.dataset.max
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'ajar-date__button'
  button.setAttribute('aria-label', box.dataset.choose)
  button.title = box.dataset.choose
  button.addEventListener('click', () => {
    const parts = typed.value.trim().split(/[\s/.-]+/)
    if (parts.length === 3 && parts[2].length === 4) picker.value = [parts[2], parts[1].padStart(2, '0'), parts[0].padStart(2, '0')].join('-')
    try { picker.showPicker() } catch { typed.focus() }
  })
  picker.addEventListener('change', () => {
    if (!picker.value) return
    typed.value = picker.value.split('-').reverse().map(Number).join('/')
    typed.dispatchEvent(new Event('input', { bubbles: true }))
    typed.focus()
  })
  box.append(button, picker)
}

function printButton (button) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
  document.querySelectorAll('[data-print-hint]').forEach((hint) => hint.remove())
}

// passkey asks the browser for a passkey when its form is sent, puts the answer into the form, and sends it again as any form is sent.
function passkey (form) {
  if (form.dataset.ready || !window.PublicKeyCredential || !window.isSecureContext) return
  form.dataset.ready = 'true'
  const part = form.closest('[data-passkey-part]')
  if (part) part.hidden = false
  const answer = form.elements.answer
  const error = form.querySelector('[data-passkey-error]')
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  const tell = (words) => { error.textContent = words; error.hidden = !words }
  const keys = (list) => (list || []).map((k) => ({ ...k, id: bytes(k.id) }))

  async function ask () {
    const reply = await fetch(form.dataset.ask, { method: 'POST', body: new URLSearchParams({ for: form.dataset.passkey }), headers: { Accept: 'application/json' } })
    const said = await reply.json()
    if (said.to) return window.location.assign(said.to)
    if (!reply.ok) return tell(said.error || form.dataset.failed)
    const want = said.publicKey
    want.challenge = bytes(want.challenge)
    want.allowCredentials = keys(want.allowCredentials)
    want.excludeCredentials = keys(want.excludeCredentials)
    if (want.user) want.user.id = bytes(want.user.id)
    const key = await navigator.credentials[said.kind]({ publicKey: want })
    const from = key.response
    const response = { clientDataJSON: text(from.clientDataJSON) }
    for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) if (from[name]) response[name] = text(from[name])
    if (from.getTransports) response.transports = from.getTransports()
    answer.value = JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: {} })
    form.requestSubmit()
  }
  form.addEventListener('submit', (e) => {
    if (answer.value) return
    e.preventDefault()
    e.stopImmediatePropagation()
    tell('')
    ask().catch((problem) => tell(problem.name === 'InvalidStateError' ? form.dataset.known : form.dataset.failed))
  }, true)
  window.addEventListener('pageshow', () => { answer.value = '' })
}

// autosave sends a form's draft a few seconds after the last key, and when the page goes out of sight. When the school
// cannot be reached, a copy stays on this device and is offered again; the page says which of the two it is.
function autosave (form) {
  const state = form.querySelector('[data-save-state]')
  if (!state || form.dataset.ready) return
  form.dataset.ready = 'true'
  const text = state.querySelector('[data-save-text]')
  const address = form.dataset.autosave
  const key = 'ajar-draft:' + address
  const wait = Number(form.dataset.autosaveWait) || 3000
  let saved = fields()
  let timer = 0
  let running = false
  let leaving = false
  let failures = 0

  function fields () {
    const data = new URLSearchParams()
    for (const [name, value] of new FormData(form)) {
      const input = form.elements[name]
      if (typeof value === 'string' && input?.type !== 'password') data.append(name, value)
    }
    return data.toString()
  }
  function tell (kind, time) {
    state.dataset.state = kind
    const said = (state.dataset[kind] || '').replace('{time}', time || '')
    if (text.textContent !== said) text.textContent = said
  }
  function clock (date) {
    return date.toLocaleTimeString(document.documentElement.lang || 'en-GB', { hour: '2-digit', minute: '2-digit' })
  }
  // A full or forbidden store must not break typing.
  function keep (body) {
    try { localStorage.setItem(key, JSON.stringify({ body, at: Date.now() })) } catch { /* nothing to be done */ }
  }
  function drop () {
    try { localStorage.removeItem(key) } catch { /* nothing to be done */ }
  }
  function plan (ms) {
    clearTimeout(timer)
    timer = setTimeout(send, ms)
  }
  async function send () {
    clearTimeout(timer)
    const body = fields()
    if (running || leaving || body === saved) return
    running = true
    tell('saving')
    try {
      const answer = await fetch(address, {
        method: 'POST',
        body,
        keepalive: body.length < 60000, // browsers refuse larger ones
        redirect: 'manual', // a redirect is the sign-in page
        headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8', Accept: 'application/json', 'Ajar-Autosave': '1' }
      })
      if (answer.type === 'opaqueredirect' || answer.status === 401 || answer.status === 403) throw new Error('signedout')
      if (!answer.ok) throw new Error('failed')
      let time = answer.headers.get('Ajar-Saved-At')
      if (!time && (answer.headers.get('Content-Type') || '').includes('json')) time = (await answer.json()).saved_at
      saved = body
      failures = 0
      drop()
      tell('saved', time || clock(new Date()))
    } catch (e) {
      failures++
      keep(body)
      tell(e.message === 'signedout' ? 'signedout' : 'failed')
      plan(Math.min(wait * 2 ** failures, 60000))
    }
    running = false
    if (!failures && fields() !== saved) plan(wait)
  }

  function offer () {
    let copy = null
    try { copy = JSON.parse(localStorage.getItem(key)) } catch { /* unreadable is as good as none */ }
    if (!copy || typeof copy.body !== 'string') return
    if (copy.body === saved) return drop()
    const line = document.createElement('p')
    line.className = 'ajar-save__found'
    const when = new Date(copy.at)
    line.append(state.dataset.found.replace('{time}', when.toLocaleDateString(document.documentElement.lang || 'en-GB', { day: 'numeric', month: 'long' }) + ', ' + clock(when)), ' ')
    const answers = [[state.dataset.restore, () => { restore(copy.body); plan(0) }], [state.dataset.discard, drop]]
    for (const [label, act] of answers) {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'ajar-linkbutton'
      button.textContent = label
      button.addEventListener('click', () => { act(); line.remove() })
      line.append(button, ' ')
    }
    state.prepend(line)
  }
  function restore (body) {
    const data = new URLSearchParams(body)
    const used = {}
    for (const input of form.elements) {
      if (!input.name || ['file', 'password', 'submit', 'button', 'hidden'].includes(input.type)) continue
      const values = data.getAll(input.name)
      if (input.type === 'checkbox' || input.type === 'radio') input.checked = values.includes(input.value)
      else if (input.multiple) for (const o of input.options) o.selected = values.includes(o.value)
      else if (values.length) input.value = values[(used[input.name] = (used[input.name] ?? -1) + 1)] ?? ''
      input.dispatchEvent(new Event('change', { bubbles: true }))
    }
  }

  form.addEventListener('input', () => { if (!failures) tell('changed'); plan(wait) })
  form.addEventListener('change', () => plan(wait))
  // The copy kept while a form is on its way is thrown away by the page that follows, unless that is the form again.
  form.addEventListener('submit', () => {
    leaving = true
    clearTimeout(timer)
    if (fields() !== saved) keep(fields())
    try { sessionStorage.setItem(sentKey, key) } catch { /* nothing to be done */ }
  })
  window.addEventListener('pageshow', () => { leaving = false })
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') send() })
  window.addEventListener('pagehide', send)
  window.addEventListener('online', send)
  window.addEventListener('beforeunload', (e) => {
    if (leaving || fields() === saved) return
    keep(fields())
    e.preventDefault()
  })
  offer()
}

function dropSent () {
  try {
    const key = sessionStorage.getItem(sentKey)
    if (!key) return
    sessionStorage.removeItem(sentKey)
    const again = [...document.querySelectorAll('form[data-autosave]')].some((f) => 'ajar-draft:' + f.dataset.autosave === key)
    if (!again) localStorage.removeItem(key)
  } catch { /* a forbidden store holds nothing to drop */ }
}

dropSent()
start(document)
closeMenus()
document.querySelector('[data-flash]')?.focus({ preventScroll: true })
// What htmx puts on the page gets the same help.
document.addEventListener('htmx:after:swap', (e) => start(e.target instanceof Element ? e.target : document))
