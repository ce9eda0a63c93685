// @ts-check
/** What the page itself has open, apart from what the chat knows: panels, dialogs, notes at the edge. */
import { createContext } from '../vendor/preact.js';
import { useContext } from '../vendor/hooks.js';
import { signal } from '../vendor/signals-core.js';

/**
 * @typedef {import('../chat/types.js').Chat} ChatModel
 * @typedef {import('../chat/types.js').Room} Room
 * @typedef {import('../chat/types.js').Item} Item
 */

/** @typedef {'settings' | 'account' | 'codes' | 'help' | 'switcher' | 'join' | 'card' | 'room' | 'confirm'} DialogName */
/** @typedef {{ id: number, text: string, tone: 'error' | 'plain', action?: { label: string, run: () => void } }} Note */

/** The model, for every component. */
export const ChatContext = createContext(/** @type {ChatModel} */ (/** @type {unknown} */ (null)));
export const useChat = () => useContext(ChatContext);

/** The panel at the right, where there is room for one beside the messages or not. */
export const panel = signal(/** @type {'members' | 'search' | null} */ (null));
/** Whether the list of rooms is out, on a narrow screen. */
export const drawer = signal(false);
/** The open dialog; its parameters are its own affair. */
export const dialog = signal(/** @type {{ name: DialogName, props: Record<string, any> } | null} */ (null));
/** Short notes, oldest first. */
export const notes = signal(/** @type {Note[]} */ ([]));
/** A message to go to: set by whoever wants it seen, taken by the timeline of its room. */
export const target = signal(/** @type {{ room: string, id: string } | null} */ (null));
/** Counts what the reader said: whoever says something wants to see it arrive. */
export const said = signal(0);
/** Whether the page is in sight. */
export const visible = signal(true);
/** A mention came while nobody had been asked about notifications. */
export const askToNotify = signal(false);

export const narrow = media('(max-width: 47.99em)');
export const wide = media('(min-width: 68em)');
/** A finger and no mouse: Enter makes a new line there, as the keyboard has no Shift to hold. */
export const touch = media('(hover: none) and (pointer: coarse)');

/** @param {DialogName} name @param {Record<string, any>} [props] */
export function show(name, props = {}) {
  dialog.value = { name, props };
}

export function closeDialog() {
  dialog.value = null;
}

/** Runs when the dialog that is open now has gone from the screen. @param {() => void} run */
export function whenClosed(run) {
  const mine = dialog.peek();
  const stop = dialog.subscribe(now => {
    if (now === mine) return;
    stop();
    onceDrawn(run);
  });
}

/** Runs when what was changed just now is drawn. @param {() => void} run */
export function onceDrawn(run) {
  requestAnimationFrame(() => requestAnimationFrame(() => run()));
}

let count = 0;

/**
 * @param {string} text
 * @param {{ tone?: Note['tone'], action?: Note['action'], seconds?: number }} [options]
 */
export function note(text, { tone = 'plain', action, seconds = action ? 20 : 6 } = {}) {
  const id = (count += 1);
  notes.value = [...notes.peek().slice(-3), { id, text, tone, ...(action && { action }) }];
  setTimeout(() => dismiss(id), seconds * 1000);
}

/** @param {number} id */
export function dismiss(id) {
  notes.value = notes.peek().filter(each => each.id !== id);
}

/** Tells of what went wrong, in the words it came with. @param {unknown} error */
export function complain(error) {
  note(error instanceof Error ? error.message : String(error), { tone: 'error', seconds: 10 });
}

/** The composer's field, for whoever hands the focus back. @type {{ current: HTMLTextAreaElement | null }} */
export const composer = { current: null };

/** Puts the caret where one writes; not on touch, where the keyboard would jump up. */
export function focusComposer(always = false) {
  const field = composer.current;
  if (!field || (!always && touch.peek())) return;
  // Chromium can leave a field the focus and take the caret away, when a dialog goes and what stands beside the field
  // is made anew in one turn. Keys then lead nowhere. Only another focus brings the caret back.
  if (document.activeElement === field && getSelection()?.anchorNode !== field.parentNode) field.blur();
  field.focus();
}

/** The same, once what was changed just now is drawn. */
export function focusComposerSoon() {
  onceDrawn(focusComposer);
}

/** Writes into the composer, at the caret. @param {string} words */
export function insert(words) {
  const field = composer.current;
  if (!field) return;
  field.focus();
  field.setRangeText(words, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Shows a message, wherever it is. @param {ChatModel} chat @param {Room} room @param {string} id */
export function goTo(chat, room, id) {
  if (chat.current.peek() !== room) chat.open(room);
  target.value = { room: room.key, id };
}

/** A signal that follows a media query. @param {string} query */
function media(query) {
  if (typeof matchMedia === 'undefined') return signal(false);
  const list = matchMedia(query);
  const is = signal(list.matches);
  list.addEventListener('change', () => (is.value = list.matches));
  return is;
}
