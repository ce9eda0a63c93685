// @ts-check
/**
 * What somebody has not seen of a room: where the line "new messages" stands, and how many came while they looked
 * further up. Pure, so that it can be tested.
 */
import { countsAsNew, firstNew } from './rows.js';

/**
 * @typedef {import('../chat/types.js').Item} Item
 * @typedef {'live' | 'more' | 'loading' | 'failed'} Newer  whether the end of the history is here
 */

export class Unseen {
  /** The first message below the line. @type {string | null} */
  key = null;
  /** Messages that came below what is looked at. */
  fresh = 0;
  /** How far it was read when the room was opened. @type {string | null} */
  #marker = null;
  /** The time of the last message before what was missed, while that is not here. @type {string | null} */
  #missedSince = null;
  #live = false;

  /** Remembers how far it was read, for the line. @param {import('../chat/types.js').Room} room */
  capture({ unread, marker }) {
    this.#marker = unread.peek() > 0 ? marker.peek() : null;
    this.key = null;
  }

  /** The line stands where it was found first, unless what was loaded began with new messages already. @param {Item[]} items @param {boolean} fromBeginning  whether nothing is older */
  find(items, fromBeginning) {
    if (this.#marker === null || this.key !== null || !items.length) return;
    const at = firstNew(items, this.#marker);
    if (at > 0 || (at === 0 && fromBeginning)) this.key = /** @type {Item} */ (items[at]).key;
  }

  /** Before each picture: so many came behind what was the end. @param {Item[]} items @param {number} came @param {{ stick: boolean, newer: Newer }} where */
  count(items, came, { stick, newer }) {
    if (stick) this.fresh = 0;
    else if (this.#live && came < items.length) this.fresh += items.slice(items.length - came).filter(countsAsNew).length;
    this.#live = newer === 'live';
  }

  /**
   * The end of the history is here, or not: what came while it was not, is new to somebody who read along. Whether
   * that has moved the line.
   * @param {Item[]} items
   * @param {{ stick: boolean, newer: Newer }} where
   */
  reaches(items, { stick, newer }) {
    if (newer !== 'live') {
      if (this.#live && stick) this.#missedSince = items.at(-1)?.time ?? null;
      return false;
    }
    const since = this.#missedSince;
    this.#missedSince = null;
    const at = since === null ? -1 : firstNew(items, since);
    if (at < 0) return false;
    this.#marker = since;
    this.key = /** @type {Item} */ (items[at]).key;
    if (!stick) this.fresh = items.slice(at).filter(countsAsNew).length;
    return true;
  }
}
