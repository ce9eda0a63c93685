// @ts-check
/**
 * Which row of a timeline is the one that keys and pointer are at: it shows its buttons. The arrow keys lead from row
 * to row and along the buttons of one; the whole list is one stop of the Tab key.
 */
import { focusComposer } from './state.js';

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const rowAt = target => /** @type {HTMLElement} */ (target).closest('[data-key]');

/** Lines between messages do not. @param {import('./rows.js').Row} row */
const takesFocus = row => row.kind === 'run' || (row.kind === 'item' && row.item.kind !== 'gap');

/** What Enter leads to in a row, the first of them. */
const INSIDE = ['.fold', '.why button', '.tools button', '.fact a', '.fact button', '.local a', '.local button'].join();

export class RowFocus {
  /** The rows below the pointer, with the focus, and with an open menu: their keys, or ''. */
  hovered = '';
  focused = '';
  pinned = '';

  /** @param {() => void} changed @param {() => void} latest  leads to the newest message */
  constructor(changed, latest) {
    this.changed = changed;
    this.latest = latest;
  }

  /** The row that shows its buttons. */
  get active() {
    return this.pinned || this.hovered || this.focused;
  }

  /**
   * The row that Tab leads to: the one with the focus; else the first that is seen, or the newest.
   * @param {import('./rows.js').Row[]} rows
   * @param {string} seen  the first row on the screen, while that is not at the newest; else ''
   */
  tabStop(rows, seen) {
    const key = this.focused || seen;
    const at = rows.findIndex(row => row.key === key);
    const stop = at < 0 ? undefined : rows.slice(at).find(takesFocus);
    return (stop ?? rows.findLast(takesFocus))?.key ?? '';
  }

  /** @param {KeyboardEvent} event */
  pressed = event => {
    const at = /** @type {HTMLElement} */ (event.target);
    const row = rowAt(at);
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    switch (event.key) {
      case 'ArrowUp': return this.step(event, row, -1);
      case 'ArrowDown': return this.step(event, row, 1);
      case 'ArrowLeft': return this.along(event, row, -1);
      case 'ArrowRight': return this.along(event, row, 1);
      case 'End':
        event.preventDefault();
        return this.latest();
      case 'Enter':
        if (at !== row) return;
        event.preventDefault();
        return /** @type {HTMLElement | null} */ (row.querySelector(INSIDE))?.focus();
      case 'Escape':
        event.stopPropagation();
        return at !== row && row ? row.focus() : focusComposer(true);
      default:
        if (event.key.length === 1 && event.key !== ' ') focusComposer(true);
    }
  };

  /** To the next row. @param {KeyboardEvent} event @param {HTMLElement | null} row @param {1 | -1} way */
  step(event, row, way) {
    const list = /** @type {HTMLElement} */ (event.currentTarget);
    const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[data-key][tabindex]')]);
    event.preventDefault();
    (row ? rows[rows.indexOf(row) + way] : rows.at(-1))?.focus();
  }

  /** To the next button of a row. @param {KeyboardEvent} event @param {HTMLElement | null} row @param {1 | -1} way */
  along(event, row, way) {
    if (!row) return;
    const tools = /** @type {HTMLElement[]} */ ([...row.querySelectorAll('.tools button')]);
    event.preventDefault();
    // They are drawn with the next picture after the row has got the focus.
    if (!tools.length) return void requestAnimationFrame(() => /** @type {HTMLElement | null} */ (row.querySelector('.tools button'))?.focus());
    const at = tools.indexOf(/** @type {HTMLElement} */ (event.target));
    const now = at < 0 && way < 0 ? 0 : at;
    tools[(now + way + tools.length) % tools.length]?.focus();
  }

  /** @param {FocusEvent} event */
  entered = event => {
    const key = rowAt(event.target)?.dataset.key ?? '';
    if (key === this.focused) return;
    this.focused = key;
    // A pointer that only rests somewhere does not keep the buttons from whoever moves by keyboard.
    this.hovered = '';
    this.changed();
  };

  /** @param {FocusEvent} event */
  left = event => {
    const to = /** @type {Node | null} */ (event.relatedTarget);
    if (to && /** @type {Node} */ (event.currentTarget).contains(to)) return;
    this.focused = '';
    this.changed();
  };

  // Only a pointer that moves chooses a row: not one that rests while rows go by beneath it.
  /** @param {PointerEvent} event */
  pointed = event => {
    if (event.pointerType === 'mouse') this.hover(rowAt(event.target)?.dataset.key ?? '');
  };

  unpointed = () => this.hover('');

  /** @param {string} key */
  hover(key) {
    if (key === this.hovered) return;
    this.hovered = key;
    this.changed();
  }
}
