// @ts-check
/** The keys that work everywhere on the page. The help dialog lists them from here. */
import { closePanel, openPanel } from './panels.js';
import { dialog, drawer, focusComposer, focusComposerSoon, onceDrawn, panel, show, wide } from './state.js';
import { waits } from './waits.js';

/** What the help dialog shows: the keys, and the dictionary's key for what they do. @type {[string[], string][]} */
export const KEYS = [
  [['Alt', '↑'], 'keys.previous'], [['Alt', '↓'], 'keys.next'], [['Alt', 'Shift', '↓'], 'keys.unread'],
  [['Ctrl', 'K'], 'keys.switcher'], [['Ctrl', 'Shift', 'F'], 'keys.search'], [['Ctrl', '/'], 'keys.help'],
  [['Enter'], 'keys.send'], [['Shift', 'Enter'], 'keys.newline'], [['Tab'], 'keys.complete'], [['↑'], 'keys.recall'],
  [['Shift', 'Tab'], 'keys.messages'], [['↑', '↓'], 'keys.move'], [['→'], 'keys.tools'], [['End'], 'keys.latest'], [['Esc'], 'keys.escape'],
];

/** Listens for them, until the returned function is called. @param {import('../chat/types.js').Chat} chat */
export function shortcuts(chat) {
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (dialog.peek()) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.altKey && !command && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      step(chat, event.key === 'ArrowUp' ? -1 : 1, event.shiftKey);
    } else if (command && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      show('switcher');
    } else if (command && event.shiftKey && event.key.toLowerCase() === 'f' && chat.network.peek().features.search) {
      event.preventDefault();
      openPanel('search');
    } else if (command && event.key === '/') {
      event.preventDefault();
      show('help');
    } else if (event.key === 'Escape' && drawer.peek()) {
      drawer.value = false;
      onceDrawn(() => /** @type {HTMLElement | null} */ (document.querySelector('.room-header .icon-button'))?.focus());
    } else if (event.key === 'Escape' && panel.peek() && !wide.peek()) {
      closePanel();
    } else if (event.key.length === 1 && !command && !event.altKey && event.target === document.body) {
      focusComposer(true);
    }
  };
  addEventListener('keydown', pressed);
  return () => removeEventListener('keydown', pressed);
}

/** To the room above or below; with `unread`, the next in which something waits. @param {import('../chat/types.js').Chat} chat @param {1 | -1} way @param {boolean} unread */
function step(chat, way, unread) {
  const all = chat.rooms.peek();
  const rooms = [...all.filter(room => room.kind === 'room'), ...all.filter(room => room.kind === 'person')];
  const now = rooms.findIndex(room => room === chat.current.peek());
  for (let far = 1; far <= rooms.length; far += 1) {
    const room = rooms[(now + way * far + rooms.length * far) % rooms.length];
    if (!room || (unread && waits(room).unread === 0)) continue;
    chat.open(room);
    return focusComposerSoon();
  }
}
