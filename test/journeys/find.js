// What stands on the page in a person's words. Run with one argument {what, text, in, value}; gives {ok, problem, x, y, …}.
// The element it finds is left in window.__ajarFound for the next call.
(function (ask) {
  const norm = s => (s || '').replace(/\s+/g, ' ').trim();
  const shown = el => {
    if (!el.isConnected || !el.checkVisibility({ visibilityProperty: true })) return false;
    const r = el.getBoundingClientRect();
    return r.width > 0 && r.height > 0;
  };
  const words = el => norm(el.innerText !== undefined ? el.innerText : el.textContent);
  const byIds = ids => norm(ids.split(/\s+/).map(id => { const e = document.getElementById(id); return e ? e.textContent : ''; }).join(' '));
  const labelsOf = el => Array.from(el.labels || []).map(l => {
    // A label around its field holds the field's own words too (the options of a select): leave them out.
    const copy = l.cloneNode(true);
    copy.querySelectorAll('select, textarea, input').forEach(x => x.remove());
    return norm(copy.textContent);
  });
  const names = el => {
    const out = [];
    const by = el.getAttribute('aria-labelledby');
    if (by) out.push(byIds(by));
    if (el.getAttribute('aria-label')) out.push(norm(el.getAttribute('aria-label')));
    out.push(...labelsOf(el));
    if (el.matches('input[type=submit], input[type=button], input[type=reset]')) out.push(norm(el.value));
    else if (!el.matches('input, select, textarea')) {
      out.push(words(el), norm(el.textContent));
      el.querySelectorAll('img[alt], svg[aria-label]').forEach(i => out.push(norm(i.getAttribute('alt') || i.getAttribute('aria-label'))));
    }
    return out.filter(n => n);
  };
  const describe = el => '<' + el.tagName.toLowerCase() + (el.id ? ' id=' + el.id : '') + '> ' + words(el).slice(0, 60);

  // The part of the page that the question is about: the smallest row, item, group or section with these words.
  let root = document.body;
  for (const part of ask.in || []) {
    const boxes = Array.from(root.querySelectorAll('tr, li, fieldset, section, article, form, details, dialog, nav, header, footer, main, aside, table, caption, dl > div, [role=row], [role=group], [role=region], [role=dialog], [data-part]'))
      .filter(b => shown(b) && norm(words(b) + ' ' + (b.getAttribute('aria-label') || '') + ' ' + byIds(b.getAttribute('aria-labelledby') || '')).includes(part));
    const smallest = boxes.filter(b => !boxes.some(c => c !== b && b.contains(c)));
    if (smallest.length === 0) return { ok: false, problem: 'no row, item, group or section says “' + part + '”' };
    if (smallest.length > 1) return { ok: false, problem: smallest.length + ' rows, items, groups or sections say “' + part + '”' };
    root = smallest[0];
  }
  if (ask.what === 'text') return { ok: true, text: words(root) };

  const kinds = {
    click: 'a[href], button, summary, input[type=submit], input[type=button], input[type=reset], [role=button], [role=link], [role=tab], [role=menuitem]',
    field: 'input:not([type=radio]):not([type=checkbox]):not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]), textarea, select, [contenteditable=true]',
    choice: 'input[type=radio], input[type=checkbox], [role=radio], [role=checkbox], [role=switch]',
  };
  const label = el => Array.from(el.labels || []).find(shown);
  // A radio that is drawn by its label may itself have no size.
  const usable = el => shown(el) || (ask.what !== 'click' && !!label(el));
  let all = Array.from(root.querySelectorAll(kinds[ask.what]));
  if (root.matches(kinds[ask.what])) all.push(root);
  all = all.filter(usable);
  let hits = all.filter(el => names(el).some(n => n === ask.text));
  if (hits.length === 0) hits = all.filter(el => names(el).some(n => n.includes(ask.text)));
  if (hits.length > 1) {
    const inMain = hits.filter(el => el.closest('main'));
    if (inMain.length > 0) hits = inMain;
  }
  if (hits.length > 1 && hits.every(el => el.href && el.href === hits[0].href)) hits = [hits[0]];
  if (hits.length === 0) {
    const there = [...new Set(all.map(el => names(el)[0]).filter(n => n))].slice(0, 40);
    return { ok: false, problem: 'nothing to ' + ask.verb + ' is called “' + ask.text + '”; there is: ' + there.map(n => '“' + n.slice(0, 60) + '”').join(', ') };
  }
  if (hits.length > 1) return { ok: false, problem: hits.length + ' things to ' + ask.verb + ' are called “' + ask.text + '”: ' + hits.slice(0, 5).map(describe).join(' | ') + '; say which with In(…)' };
  const el = hits[0];
  window.__ajarFound = el;
  if (el.disabled || el.getAttribute('aria-disabled') === 'true') return { ok: false, problem: '“' + ask.text + '” is disabled' };
  const type = el.tagName === 'INPUT' ? el.type : el.tagName.toLowerCase();
  const found = { ok: true, type, value: el.value === undefined ? words(el) : String(el.value), checked: el.checked === true || el.getAttribute('aria-checked') === 'true' };
  if (el.tagName === 'SELECT') {
    found.options = Array.from(el.options).map(o => norm(o.textContent));
    found.value = el.selectedOptions.length ? norm(el.selectedOptions[0].textContent) : '';
  }
  if (ask.peek || type === 'file') return found;
  if (ask.what === 'click') {
    // Whether a click asks the server for a page, so that the story waits for the asking and not for a moment of calm before it.
    const link = el.closest('a[href]'), button = el.closest('button, input');
    const form = button && button.type === 'submit' ? button.form : null;
    if (link) {
      const to = new URL(link.href, location.href);
      found.leads = to.protocol.startsWith('http') && !link.target && (to.href.split('#')[0] !== location.href.split('#')[0] || to.hash === '');
    } else if (form) {
      found.leads = form.method !== 'dialog' && !form.target && (form.noValidate || button.formNoValidate || form.checkValidity());
    }
    window.__ajarPrevented = false;
    for (const kind of ['click', 'submit']) {
      window.addEventListener(kind, e => { if (e.defaultPrevented) window.__ajarPrevented = true; }, { once: true });
    }
  }

  // Where a finger would go; and whether something lies over it.
  const target = shown(el) && !(ask.what === 'choice' && label(el)) ? el : (label(el) || el);
  target.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const box = target.getClientRects()[0];
  found.x = box.left + Math.min(box.width / 2, 200);
  found.y = box.top + box.height / 2;
  const top = document.elementFromPoint(found.x, found.y);
  if (top && top !== target && !target.contains(top) && top !== el && !(top.closest('label') && top.closest('label').control === el)) {
    return { ok: false, problem: '“' + ask.text + '” is covered by ' + describe(top) };
  }
  return found;
})
