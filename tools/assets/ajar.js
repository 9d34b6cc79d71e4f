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
  scope.querySelectorAll('input[data-reveal]').forEach(reveal)
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

// A button beside a password that shows what was typed.
function reveal (input) {
  if (input.dataset.ready) return
  input.dataset.ready = 'true'
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'govuk-button govuk-button--secondary ajar-reveal'
  const name = document.querySelector(`label[for="${input.id}"]`)?.textContent.trim() || 'password'
  const tell = () => {
    const shown = input.type === 'text'
    button.textContent = shown ? 'Hide' : 'Show'
    button.setAttribute('aria-label', (shown ? 'Hide: ' : 'Show: ') + name)
  }
  button.addEventListener('click', () => { input.type = input.type === 'password' ? 'text' : 'password'; tell() })
  input.form?.addEventListener('submit', () => { input.type = 'password'; tell() })
  tell()
  input.after(button)
}

// A page that nobody touched for a while covers itself and hides what it shows. What was typed stays where it is; once whoever comes back has shown that
// it is them, the cover is taken away. The server locks by itself as well, so that taking the cover away by a trick opens nothing.
function lockable () {
  const after = Number(document.body.dataset.lock) * 1000
  if (!after) return
  const key = 'ajar-used'
  let used = Date.now()
  let told = Date.now()
  let cover = null
  const title = document.title
  const store = (v) => { try { localStorage.setItem(key, v) } catch { /* each page then counts for itself */ } }
  const lately = () => { try { return Math.max(used, Number(localStorage.getItem(key)) || 0) } catch { return used } }
  const ask = (path, body) => fetch(path, { method: 'POST', body, redirect: 'manual', headers: { 'Ajar-In-Place': '1' } })

  function touch () {
    if (cover) return
    const now = Date.now()
    if (now - lately() >= after) return check()
    if (now - used > 5000) store(now)
    used = now
    if (now - told > 60000) { // whoever types for long without sending anything is not away
      told = now
      ask('/stay').then((r) => { if (r.status === 403) lock(false) }).catch(() => {})
    }
  }
  function check () {
    if (!cover && Date.now() - lately() >= after) lock(true)
  }
  async function lock (tell) {
    if (cover) return
    cover = document.createElement('dialog')
    cover.className = 'ajar-cover'
    cover.setAttribute('aria-labelledby', 'ajar-cover-title')
    const paper = document.createElement('div')
    paper.className = 'ajar-cover__paper'
    paper.innerHTML = '<h2 class="govuk-heading-l" id="ajar-cover-title">Ajar is locked</h2><p>Nobody used this page for a while. What you typed is still here: show that it is you, and carry on.</p><div data-ways></div><p data-said role="alert" class="govuk-error-message"></p>'
    cover.append(paper)
    document.body.append(cover)
    document.documentElement.classList.add('ajar-covered')
    document.title = 'Ajar is locked'
    cover.addEventListener('cancel', (e) => e.preventDefault())
    cover.showModal()
    try {
      if (tell) await ask('/lock')
      const page = new DOMParser().parseFromString(await (await fetch('/unlock')).text(), 'text/html')
      const ways = cover.querySelector('[data-ways]')
      page.querySelectorAll('#main > *').forEach((part, i) => { if (i > 1) ways.append(document.importNode(part, true)) })
      ways.querySelectorAll('a[href]').forEach((a) => { a.target = '_blank' })
      ways.querySelectorAll('[id]').forEach((e) => { e.id = 'cover-' + e.id })
      ways.querySelectorAll('[for]').forEach((e) => { e.htmlFor = 'cover-' + e.htmlFor })
      ways.querySelectorAll('[aria-describedby]').forEach((e) => { e.setAttribute('aria-describedby', e.getAttribute('aria-describedby').split(' ').map((x) => 'cover-' + x).join(' ')) })
      ways.querySelectorAll('form[data-unlock]').forEach((form) => form.addEventListener('submit', (e) => { e.preventDefault(); unlock(form) }))
      start(ways)
      const first = ways.querySelector('input:not([type=hidden])')
      if (first) first.focus()
    } catch {
      said('The school could not be reached. Try again in a moment.')
    }
  }
  function said (words) { if (cover) cover.querySelector('[data-said]').textContent = words }
  async function unlock (form) {
    said('')
    try {
      const answer = await ask(form.getAttribute('action'), new URLSearchParams(new FormData(form)))
      if (answer.status === 204) return lift()
      said(answer.status === 422 ? await answer.text() : 'That did not work. Sign in again in another tab; what you typed here stays.')
    } catch {
      said('The school could not be reached. Try again in a moment.')
    }
  }
  function lift () {
    if (!cover) return
    cover.close()
    cover.remove()
    cover = null
    document.documentElement.classList.remove('ajar-covered')
    document.title = title
    used = told = Date.now()
    store(used)
  }
  // Unlocked in another tab, the cover goes here too.
  async function look () {
    if (!cover) return check()
    try { if ((await ask('/stay')).status === 204) lift() } catch { /* it stays covered */ }
  }

  store(used)
  for (const name of ['keydown', 'pointerdown', 'input', 'scroll']) document.addEventListener(name, touch, { passive: true, capture: true })
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') look() })
  window.addEventListener('focus', look)
  window.addEventListener('storage', (e) => { if (e.key === key) look() })
  setInterval(check, Math.min(after / 4, 10000))
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
lockable()
document.querySelector('[data-flash]')?.focus({ preventScroll: true })
// What htmx puts on the page gets the same help.
document.addEventListener('htmx:after:swap', (e) => start(e.target instanceof Element ? e.target : document))
