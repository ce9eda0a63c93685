// @ts-check
/**
 * One stop of the Tab key for a whole list; the arrow keys lead through it.
 * @param {KeyboardEvent} event
 * @param {string} selector  what can have the focus
 */
export function rove(event, selector) {
  const list = /** @type {HTMLElement} */ (event.currentTarget);
  const all = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(selector)]);
  const now = all.indexOf(/** @type {HTMLElement} */ (event.target));
  if (now < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  const goal = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: all.length - 1 }[event.key];
  if (goal === undefined) return;
  event.preventDefault();
  all[Math.max(0, Math.min(goal, all.length - 1))]?.focus();
}
