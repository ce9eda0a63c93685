// @ts-check
/**
 * Items in order, each once: what a timeline holds, whatever part of a history that is.
 *
 *     [ items, by the time that the server gave them | being sent ]
 *
 * That time is unique and increasing in a room. What has no such time (an answer to us alone, a message that
 * failed) takes that of what stood before it, and so keeps its place. What is being sent stands behind everything:
 * whatever comes before the echo was said before it.
 */

import { MAX_TEXT } from './entry.js';
import { LAST, isOurs, quote } from './item.js';
import { Marks } from './marks.js';

/** @typedef {import('./entry.js').Entry} Entry */
/** @typedef {import('./item.js').Kept} Kept */

export class Shelf {
  /** @type {Kept[]} */
  items = [];
  /** @type {Map<string, Kept>} */
  #byId = new Map();
  /** What we say, by the tag that it is known again by; also once it is said. @type {Map<string, Kept>} */
  #mine = new Map();
  /** What others say, likewise: the ids of the messages by nick and tag. @type {Map<string, string>} */
  #theirs = new Map();
  #marks = new Marks();
  /** What stands behind all that is just being put in. @type {Kept[]} */
  #aside = [];

  /** @param {string} id */
  find(id) {
    return this.#byId.get(id) ?? null;
  }

  /**
   * What of ours this is, by the tag that we gave it.
   * @param {Kept} item
   */
  own(item) {
    const mine = this.#mine.get(item.tag);
    return mine && isOurs(item, mine) ? mine : null;
  }

  /** What is being sent, in order. */
  get pending() {
    let at = this.items.length;
    while (at > 0 && this.items[at - 1]?.at === LAST) at--;
    return this.items.slice(at).filter((item) => item.state === 'sending');
  }

  /**
   * Adds something of our own.
   * @param {Kept} item
   * @param {string} at  by what it is ordered
   */
  add(item, at) {
    item.at = at;
    if (item.tag !== '') this.#mine.set(item.tag, item);
    this.insert(item);
  }

  /** @param {Kept} item */
  remove(item) {
    this.take(item);
    if (item.tag !== '') this.#mine.delete(item.tag);
    if (item.id !== null) this.#byId.delete(item.id);
  }

  /** Takes everything away but what has not been sent yet. */
  empty() {
    this.items = this.items.filter((item) => item.state !== 'sent' || (item.tag !== '' && item.id === null));
    for (const item of this.items) item.at = LAST;
    this.#byId.clear();
    this.#theirs.clear();
  }

  /**
   * Takes a part of the history. What is older than all that is here is not put in one by one before it.
   * @param {Entry[]} entries
   * @param {string} last  the time of the last of them
   */
  merge(entries, last) {
    const before = last < (this.items[0]?.at ?? '');
    if (before) this.#aside = this.items.splice(0);
    this.apply(entries);
    if (before) for (const item of this.#aside.splice(0)) this.items.push(item);
  }

  /**
   * Takes entries in their order; gives back the last item that is new.
   * @param {Entry[]} entries
   * @param {boolean} [live]  each is new, though what belongs together may come one by one
   * @returns {Kept | null}
   */
  apply(entries, live = false) {
    /** @type {Kept | null} */
    let shown = null;
    for (const entry of entries) {
      if (entry.what === 'item') shown = this.#put(entry.item) ?? null;
      else if (entry.what === 'more') shown = this.#append(entry, live ? this.#at(entry) : shown, live);
      else if (entry.what === 'react') this.#marks.react(entry, this.#byId.get(entry.id));
      else if (entry.what === 'redact') this.#redact(entry);
    }
    return shown;
  }

  /**
   * @param {Kept} item
   * @returns {Kept | undefined}
   */
  #put(item) {
    if (item.id !== null && this.#byId.has(item.id)) return undefined;
    const mine = this.own(item);
    // Also where we are called otherwise by now.
    if (mine) Object.assign(item, { self: true, mention: false });
    // The same words twice: sent again though they had arrived.
    if (mine && mine.id !== null && this.#byId.has(mine.id)) return undefined;
    if (!mine && this.#isEcho(item)) return undefined;
    if (mine) this.#settle(mine, item);
    const kept = mine ?? item;
    if (kept.id !== null) {
      this.#byId.set(kept.id, kept);
      this.#marks.mark(kept);
    }
    if (kept.reply) kept.reply = this.#answered(kept.reply);
    this.insert(kept);
    return kept;
  }

  /**
   * Whether somebody's program sent the same message again, not knowing that it had arrived.
   * @param {Kept} item
   */
  #isEcho(item) {
    if (item.tag === '' || item.id === null) return false;
    const who = `${item.nick} ${item.tag}`;
    const before = this.#theirs.get(who);
    if (before !== undefined && before !== item.id && this.#byId.has(before)) return true;
    this.#theirs.set(who, item.id);
    return false;
  }

  /**
   * A message of ours is what the server made of it.
   * @param {Kept} mine
   * @param {Kept} item
   */
  #settle(mine, item) {
    this.take(mine);
    const { key, room, speech, reply } = mine;
    Object.assign(mine, item, { key, room, speech, state: 'sent', why: '' });
    if (reply && mine.reply?.id === reply.id) mine.reply = reply;
  }

  /**
   * What a message answers, as far as it is known here.
   * @param {{ id: string, nick: string, text: string }} reply
   */
  #answered(reply) {
    const item = this.#byId.get(reply.id);
    return item ? quote(item, reply.id) : reply;
  }

  /**
   * @param {Entry & { what: 'more' }} entry
   * @param {Kept | null} before  what it may be a part of
   * @param {boolean} live
   * @returns {Kept | null}
   */
  #append(entry, before, live) {
    const { text, nick } = entry.item;
    if (before && before.time === entry.time && before.nick === nick) {
      if (before.text.length < MAX_TEXT) before.text += text;
      return live ? null : before;
    }
    // Known already, with all its parts; or else there are no ids here.
    return this.#at(entry) ? null : (this.#put(entry.item) ?? null);
  }

  /**
   * What was said at the very same time by the same person.
   * @param {Entry & { what: 'more' }} entry
   */
  #at(entry) {
    const item = this.items[this.place(entry.time) - 1];
    return item && item.time === entry.time && item.nick === entry.item.nick ? item : null;
  }

  /** @param {Entry & { what: 'redact' }} entry */
  #redact(entry) {
    this.#marks.redact(entry, this.#byId.get(entry.id));
    // It is not to be read in answers either.
    for (const item of this.items) if (item.reply?.id === entry.id) item.reply = { ...item.reply, text: '' };
  }

  /** Where something of this time belongs: behind all that is not later. @param {string} at */
  place(at) {
    let low = 0;
    let high = this.items.length;
    if (high === 0 || (this.items[high - 1]?.at ?? '') <= at) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.items[middle]?.at ?? '') <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {Kept} item */
  insert(item) {
    const at = this.place(item.at);
    if (at === this.items.length) this.items.push(item);
    else this.items.splice(at, 0, item);
  }

  /** @param {Kept} item */
  take(item) {
    for (const items of [this.items, this.#aside]) {
      const at = items.lastIndexOf(item);
      if (at >= 0) items.splice(at, 1);
    }
  }

  /** Takes away the oldest. @param {number} count */
  dropOldest(count) {
    this.#forget(this.items.splice(0, count));
  }

  /** Takes away the newest, but for what we have to send. @param {number} count */
  dropNewest(count) {
    const ours = this.items.filter(isOpen);
    const items = this.items.filter((item) => !isOpen(item));
    this.#forget(items.splice(-count));
    for (const item of ours) item.at = LAST;
    this.items = [...items, ...ours];
  }

  /** @param {Kept[]} items */
  #forget(items) {
    for (const item of items) {
      if (item.id !== null) {
        this.#byId.delete(item.id);
        this.#marks.forget(item.id);
      }
      if (item.tag === '') continue;
      this.#mine.delete(item.tag);
      this.#theirs.delete(`${item.nick} ${item.tag}`);
    }
  }
}

/** Whether something of ours has not been said yet. @param {Kept} item */
function isOpen(item) {
  return item.at === LAST || item.state === 'failed';
}

/** Whether an item has its place by the server's time. @param {Kept} item */
export function isTimed(item) {
  return item.at === item.time;
}
