// @ts-check
/** Looking for words in what was said, here or everywhere. */
import { useLayoutEffect, useRef, useState } from '../vendor/hooks.js';
import { html } from './html.js';
import { Nick } from './person.js';
import { rove } from './rove.js';
import { excerpt } from './text.js';
import { uncover } from './panels.js';
import { complain, goTo, useChat } from './state.js';
import { brief } from './time.js';
import { t } from '../i18n/index.js';

/** @typedef {import('../chat/types.js').Item} Item */
/** @typedef {{ words: string, place: import('../chat/types.js').Room | null }} Question  `place`: null for everywhere */
/** @typedef {Question & { items: { room: string, item: Item }[], more: boolean }} Result */

/** @param {{ room: import('../chat/types.js').Room | null }} props */
export function Search({ room }) {
  const chat = useChat();
  const [everywhere, setEverywhere] = useState(room === null);
  const [result, setResult] = useState(/** @type {Result | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const turn = useRef(0);
  useLayoutEffect(() => field.current?.focus(), []);
  /** @param {Question} question @param {Result | null} before  what was found of it already, if it is the older results that are wanted */
  const look = async ({ words, place }, before) => {
    const mine = (turn.current += 1);
    setBusy(true);
    setWrong('');
    try {
      const last = before?.items.at(-1)?.item;
      const found = await chat.search(place, words, last?.time);
      if (mine !== turn.current) return;
      const known = new Set(before?.items.map(each => each.item.id));
      const items = [...(before?.items ?? []), ...found.items.filter(each => !known.has(each.item.id))];
      setResult({ words, place, items, more: found.more && found.items.length > 0 });
    } catch (error) {
      if (mine === turn.current) setWrong(error instanceof Error ? error.message : String(error));
    }
    if (mine === turn.current) setBusy(false);
  };
  const submitted = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const words = field.current?.value.trim();
    if (words) look({ words, place: everywhere ? null : room }, null);
  };
  const go = async (/** @type {string} */ name, /** @type {Item} */ item) => {
    try {
      const place = chat.rooms.peek().find(each => each.name === name || each.key === name) ?? (await chat.join(name));
      uncover();
      if (item.id) goTo(chat, place, item.id);
    } catch (error) {
      complain(error);
    }
  };
  return html`<div class="search">
    <form role="search" onSubmit=${submitted}>
      <input ref=${field} type="search" name="words" aria-label=${t('search.words')} placeholder=${t('search.words')} autocomplete="off" enterkeyhint="search" />
      <div class="search-line">
        ${room && html`<label class="check"><input type="checkbox" checked=${everywhere} onChange=${() => setEverywhere(!everywhere)} /><span>${t('search.everywhere')}</span></label>`}
        <button type="submit" class="small primary" disabled=${busy}>${t('search.go')}</button></div>
    </form>
    <div role="status" class="sub search-status">${busy ? t('search.busy') : wrong ? html`<span class="wrong">${wrong}</span>`
      : result ? t('search.found', { count: result.items.length }) : ''}</div>
    ${result && html`<ul class="results" aria-label=${t('search.results')} onKeyDown=${(/** @type {KeyboardEvent} */ event) => rove(event, '.result')}>
      ${result.items.map(({ room: name, item }, at) => html`<li key=${item.id ?? item.key}><button type="button" class="result" tabindex=${at ? -1 : 0} onClick=${() => go(name, item)}>
        <span class="result-head"><${Nick} nick=${item.nick} /><span class="sub">${result.place === null && html`<bdi>${name}</bdi> · `}<time datetime=${item.time}>${brief(item.time)}</time></span></span>
        <bdi class="result-text"><${Marked} text=${around(item.text, result.words)} words=${result.words} /></bdi></button></li>`)}
    </ul>`}
    ${result?.more && html`<button type="button" class="small more-results" disabled=${busy} onClick=${() => look(result, result)}>${t('search.more')}</button>`}
  </div>`;
}

/** The part of a text in which the words stand. @param {string} text @param {string} words */
function around(text, words) {
  const line = excerpt(text, 5000);
  const at = line.toLowerCase().indexOf(words.toLowerCase());
  return at > 80 ? `…${excerpt(line.slice(at - 40), 240)}` : excerpt(line, 240);
}

/** The words, marked. @param {{ text: string, words: string }} props */
function Marked({ text, words }) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8);
  const pattern = wanted.map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  if (!pattern) return text;
  return text.split(new RegExp(`(${pattern})`, 'iu')).map((part, at) => (at % 2 ? html`<mark key=${at}>${part}</mark>` : part));
}
