// @ts-check
/** The quick way to a room or a person: type some letters, Enter. */
import { useState } from '../../vendor/hooks.js';
import { html } from '../html.js';
import { Dialog } from '../dialog.js';
import { Tile } from '../person.js';
import { closeDialog, complain, focusComposerSoon, useChat } from '../state.js';
import { waits } from '../waits.js';
import { t } from '../../i18n/index.js';

/** @typedef {{ key: string, name: string, person: boolean, unread: number, run: () => void }} Goal */

export function SwitcherDialog() {
  const chat = useChat();
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const goals = found(chat, words.trim());
  const now = goals[Math.min(at, goals.length - 1)];
  const go = (/** @type {Goal | undefined} */ goal) => {
    if (!goal) return;
    closeDialog();
    goal.run();
    focusComposerSoon();
  };
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && goals.length) {
      event.preventDefault();
      setAt((Math.min(at, goals.length - 1) + step + goals.length) % goals.length);
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      go(now);
    }
  };
  return html`<${Dialog} title=${t('switcher.title')} plain=${true}>
    <input class="switcher-input" autofocus role="combobox" aria-expanded="true" aria-controls="goals" aria-autocomplete="list" aria-label=${t('switcher.title')}
      aria-activedescendant=${now ? `goal-${now.key}` : undefined} autocomplete="off" spellcheck=${false} placeholder=${t('switcher.placeholder')}
      value=${words} onKeyDown=${pressed} onInput=${(/** @type {InputEvent} */ event) => {
        setWords(/** @type {HTMLInputElement} */ (event.currentTarget).value);
        setAt(0);
      }} />
    <ul class="goals" id="goals" role="listbox" aria-label=${t('switcher.title')}>${goals.map(goal => html`<li key=${goal.key} id=${`goal-${goal.key}`} role="option" aria-selected=${goal === now}
      ref=${(/** @type {HTMLElement | null} */ element) => goal === now && element?.scrollIntoView({ block: 'nearest' })} onClick=${() => go(goal)}>
      ${goal.person ? html`<${Tile} nick=${goal.name} />` : html`<span class="hash" aria-hidden="true">#</span>`}<bdi class="cut">${goal.person ? goal.name : goal.name.replace(/^#/, '')}</bdi>
      ${goal.unread > 0 && html`<span class="badge">${goal.unread}</span>`}</li>`)}</ul>
    ${!goals.length && html`<p class="sub">${t('switcher.none')}</p>`}
  <//>`;
}

/** Rooms, then members of the open room, then what could be joined. @param {import('../../chat/types.js').Chat} chat @param {string} words @returns {Goal[]} */
function found(chat, words) {
  const wanted = words.toLowerCase();
  const rank = (/** @type {string} */ name) => {
    const at = name.toLowerCase().replace(/^#/, '').indexOf(wanted.replace(/^#/, ''));
    return at < 0 ? 9 : at === 0 ? 0 : 1;
  };
  const rooms = chat.rooms.value.filter(room => rank(room.name) < 9).sort((a, b) => rank(a.name) - rank(b.name));
  /** @type {Goal[]} */
  const goals = rooms.slice(0, 12).map(room => ({
    key: room.key, name: room.name, person: room.kind === 'person', unread: waits(room).unread, run: () => chat.open(room),
  }));
  const known = new Set(rooms.map(room => room.key));
  if (!wanted) return goals;
  for (const [key, member] of chat.current.value?.members.value ?? []) {
    if (goals.length >= 16) break;
    if (!known.has(key) && key.includes(wanted) && member.nick !== chat.me.value?.nick) goals.push(open(chat, key, member.nick));
  }
  if (/^#[^\s,]+$/.test(words) && !known.has(wanted)) goals.push(open(chat, wanted, words));
  return goals;
}

/** @param {import('../../chat/types.js').Chat} chat @param {string} key @param {string} name @returns {Goal} */
const open = (chat, key, name) => ({
  key, name, person: !name.startsWith('#'), unread: 0, run: () => void chat.join(name).then(chat.open, complain),
});
