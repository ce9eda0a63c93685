// @ts-check
/**
 * The window over the items of a room: the part of them that is in the document. Pure, so that it can be tested.
 *
 *      0 ........ start [ window ] end ........ items.length
 *
 * Items come and go at both ends and between. The window knows its own ends by their keys, and so finds itself again.
 */
import { back, forward, locate } from './rows.js';

/**
 * @typedef {import('../chat/types.js').Item} Item
 * @typedef {Object} Size
 * @property {number} keep  rows that fill two screens
 * @property {import('./rows.js').Presence} presence
 */

/** Rows that a move adds. */
const STEP = 40;

/** Rows there may be before the window is cut: one screen, one on either side, and what a move adds. @param {Size} size */
const most = ({ keep }) => keep * 2 + STEP;

export class RowWindow {
  start = 0;
  /** The index behind the last one. */
  end = 0;
  #startKey = '';
  #endKey = '';
  #lastKey = '';
  #length = 0;

  /** Whether it ends with the last item, as it was drawn: what came since does not count. */
  get atEnd() {
    return this.end === this.#length;
  }

  /**
   * How many items came behind the last one since the window was settled; all, if that one is not there any more.
   * @param {Item[]} items
   */
  came(items) {
    return this.#length ? items.length - 1 - locate(items, this.#lastKey, this.#length - 1, items.length - this.#length) : 0;
  }

  /** Around an item. @param {Item[]} items @param {number} at @param {Size} size */
  around(items, at, { keep, presence }) {
    this.#move(items, back(items, at, keep, presence), forward(items, at, keep, presence));
  }

  /** The newest. @param {Item[]} items @param {Size} size */
  toEnd(items, { keep, presence }) {
    this.#move(items, back(items, items.length, keep, presence), items.length);
  }

  /** Further up; with `cut`, what is far below leaves. @param {Item[]} items @param {Size} size @param {boolean} cut */
  up(items, size, cut) {
    const start = back(items, this.start, STEP, size.presence);
    this.#move(items, start, cut ? Math.min(this.end, forward(items, start, most(size), size.presence)) : this.end);
  }

  /** Further down; with `cut`, what is far above leaves. @param {Item[]} items @param {Size} size @param {boolean} cut */
  down(items, size, cut) {
    const end = forward(items, this.end, STEP, size.presence);
    this.#move(items, cut ? Math.max(this.start, back(items, end, most(size), size.presence)) : this.start, end);
  }

  /**
   * Finds itself in the items as they are now. With `stick` it goes with the newest; else what comes behind its end
   * is taken in while there is room.
   * @param {Item[]} items
   * @param {Size} size
   * @param {{ stick: boolean, tight: boolean }} how  `tight`: no more than one screen
   */
  settle(items, size, { stick, tight }) {
    const grown = items.length - this.#length;
    const { atEnd } = this;
    const start = locate(items, this.#startKey, this.start, grown);
    const end = locate(items, this.#endKey, this.end - 1, grown) + 1;
    if (start >= 0 && end > start) [this.start, this.end] = [start, end];
    else this.#anew(items, start, end, size);
    if (stick) {
      this.end = items.length;
      const [keep, limit] = tight ? [size.keep / 2, size.keep / 2] : [size.keep, size.keep + STEP];
      if (forward(items, this.start, limit, size.presence) < this.end) this.start = back(items, this.end, keep, size.presence);
    } else if (atEnd) {
      this.end = Math.max(this.end, forward(items, this.start, most(size), size.presence));
    }
    this.#move(items, this.start, this.end);
    this.#lastKey = items.at(-1)?.key ?? '';
  }

  /** One of its ends is not there any more, or both: begins anew at what is left. @param {Item[]} items @param {number} start @param {number} end @param {Size} size */
  #anew(items, start, end, { keep, presence }) {
    if (start >= 0) [this.start, this.end] = [start, forward(items, start, keep, presence)];
    else {
      this.end = end > 0 ? end : items.length;
      this.start = back(items, this.end, keep, presence);
    }
  }

  /** @param {Item[]} items @param {number} start @param {number} end */
  #move(items, start, end) {
    this.start = start;
    this.end = end;
    this.#length = items.length;
    this.#startKey = items[start]?.key ?? '';
    this.#endKey = items[end - 1]?.key ?? '';
  }
}
