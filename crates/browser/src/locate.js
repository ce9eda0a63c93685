// Arguments: a role and a name. Returns the elements that have them and can be used: seen, not inert, not hidden from
// screen readers. Names are computed as far as this page needs it (accname: aria-labelledby, aria-label, label, text).
const [role, name] = arguments;
const SELECT = {
  alert: '[role=alert]', article: 'article, [role=article]', button: 'button, [role=button]', checkbox: 'input[type=checkbox]',
  dialog: 'dialog[open], [role=dialog]', heading: 'h1, h2, h3, h4, [role=heading]', link: 'a[href]',
  list: 'ul, ol, [role=list]', listitem: 'li', log: '[role=log]', main: 'main', navigation: 'nav', option: '[role=option]',
  combobox: '[role=combobox]', complementary: 'aside', radio: 'input[type=radio]', region: '[role=region]',
  searchbox: 'input[type=search]', separator: '[role=separator]', status: '[role=status]', summary: 'summary',
  textbox: 'textarea, input:not([type]), input[type=text], input[type=password], input[type=email]', toolbar: '[role=toolbar]',
};
const squeeze = text => text.replace(/[\u2066-\u2069\u200e\u200f]/g, '').replace(/\s+/g, ' ').trim();
const textOf = node => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute('aria-hidden') === 'true') return '';
  return node.getAttribute('aria-label') ?? [...node.childNodes].map(textOf).join('');
};
const nameOf = element => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return by.split(/\s+/).map(id => document.getElementById(id)?.textContent ?? '').join(' ');
  return element.getAttribute('aria-label')
    ?? ([...(element.labels ?? [])].map(textOf).join(' ') || null)
    ?? ([...element.childNodes].map(textOf).join('').trim() || null)
    ?? element.getAttribute('title') ?? element.getAttribute('placeholder') ?? '';
};
const open = [...document.querySelectorAll('dialog[open]')].at(-1);
const usable = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: false })
  && !element.closest('[inert], [aria-hidden=true]') && (!open || open.contains(element) || role === 'region');
const matches = element => {
  const own = squeeze(nameOf(element));
  return name.endsWith('…') && own !== name ? own.startsWith(name.slice(0, -1)) : own === name;
};
return [...document.querySelectorAll(SELECT[role] ?? `[role=${role}]`)].filter(element => matches(element) && usable(element));
