// @ts-check
/**
 * The panel at the right: the members, or the search. Where there is room beside the messages, the browser remembers
 * whether the members are shown; where there is less it lies over the messages, and takes the focus.
 */
import { drawer, focusComposer, narrow, onceDrawn, panel, wide } from './state.js';
import { set } from './settings.js';

/** @typedef {'members' | 'search'} Panel */

/** Which panel is seen: persons have no members. @param {import('../chat/types.js').Room | null} room @returns {Panel | null} */
export function panelIn(room) {
  const which = panel.value;
  return which === 'members' && room?.kind !== 'room' ? null : which;
}

/** Whether a panel is all that is seen. @param {import('../chat/types.js').Room | null} room */
export const panelCovers = room => narrow.value && panelIn(room) !== null;

/** @param {Panel} which */
export function openPanel(which) {
  drawer.value = false;
  turnTo(which);
  if (which === 'search') onceDrawn(() => focusOn('.side-panel input'));
  else if (!wide.peek()) onceDrawn(() => focusOn('.side-panel button'));
}

/** Closes it, and gives the focus back to the button that opens it. */
export function closePanel() {
  const which = panel.peek();
  turnTo(null);
  // What lies under it on a narrow screen can have the focus only when that is drawn.
  onceDrawn(() => focusOn(`[data-opens="${which}"]`) || focusComposer(true));
}

/** Away with it if it lies over the messages: whoever says so has something else to have the focus. */
export function uncover() {
  if (!wide.peek()) turnTo(null);
}

/** Opens a panel, or closes it. @param {Panel} which */
export function togglePanel(which) {
  if (panel.peek() === which) closePanel();
  else openPanel(which);
}

/** @param {Panel | null} which */
function turnTo(which) {
  const before = panel.peek();
  panel.value = which;
  if (!wide.peek()) return;
  if (which === 'members') set({ members: true });
  else if (before === 'members' && which === null) set({ members: false });
}

/** @param {string} selector */
function focusOn(selector) {
  const element = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  element?.focus();
  return element !== null;
}
