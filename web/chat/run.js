// @ts-check
/**
 * A contiguous run of a room's history: the timeline that is shown.
 *
 *     ◀── BEFORE ── from ── items ── to ── AFTER ──▶     nothing is missing between the two times
 *
 * While the run does not reach to now, what comes in is held, and put in as soon as the run has grown so far.
 */

import { signal } from '../vendor/signals-core.js';
import { LAST, isSaid, redactItem } from './item.js';
import { Shelf, isTimed } from './shelf.js';

/** @typedef {import('./types.js').Timeline} Timeline */
/** @typedef {import('./entry.js').Entry} Entry */
/** @typedef {import('./item.js').Kept} Kept */

/**
 * A part of the history, oldest first. `first` and `last` are times; `count` counts whatever is in it, also what
 * is not shown.
 * @typedef {{ entries: Entry[], count: number, first: string, last: string }} Page
 */

/**
 * Asks for a part of the history (IRCv3 chathistory).
 * @typedef {(subcommand: 'LATEST' | 'BEFORE' | 'AFTER' | 'AROUND' | 'BETWEEN', ...refs: string[]) => Promise<Page>} Fetch
 */

/**
 * `kept`: items while nobody scrolls back; `slack`: how many more may be there before the oldest go; `most`: of all.
 * `missed`: more than so many are not fetched all, but the run starts anew with the latest. `held`: what waits
 * while the run does not reach to now.
 */
const LIMITS = { kept: 20_000, slack: 2_000, most: 120_000, missed: 500, held: 500 };

/** @implements {Timeline} */
export class Run {
  version = signal(0);
  older = signal(/** @type {'more' | 'loading' | 'end' | 'failed'} */ ('more'));
  newer = signal(/** @type {'live' | 'more' | 'loading' | 'failed'} */ ('live'));
  behind = signal(0);
  /** Times between which nothing is missing; empty while nothing is known. */
  from = '';
  to = '';

  #shelf = new Shelf();
  /** @type {Entry[]} */
  #held = [];
  #overflowed = false;
  /** How many items may be there before the oldest go. */
  #limit;
  /** Counts fresh starts: what was asked for before one is not wanted any more. */
  #epoch = 0;
  /** Whether the connection was lost while the run reached to now. */
  #interrupted = false;
  /** Up to where it is not known what was taken back while we were away; empty if it is. */
  #doubtful = '';
  /** Whether any part of the history was fetched. Before, there is only what came since we joined. */
  #begun = false;

  /**
   * @param {Fetch} fetch
   * @param {typeof LIMITS} [limits]
   */
  constructor(fetch, limits = LIMITS) {
    this.fetch = fetch;
    this.limits = limits;
    this.#limit = limits.kept;
    this.loadOlder = this.loadOlder.bind(this);
    this.loadNewer = this.loadNewer.bind(this);
    this.goTo = this.goTo.bind(this);
    this.goToLatest = this.goToLatest.bind(this);
  }

  get items() {
    return this.#shelf.items;
  }

  /** Whether there is no place in the history yet from where to go on. */
  get #isBlank() {
    return !this.#begun || this.to === '';
  }

  /** What is being sent, in order. */
  get pending() {
    return this.#shelf.pending;
  }

  /** @param {string} id */
  find(id) {
    return this.#shelf.find(id);
  }

  /**
   * Takes what has just happened. The same item is given back if it is new and shown.
   * @param {Entry} entry
   * @returns {Kept | null}
   */
  receive(entry) {
    if (entry.what === 'react' || entry.what === 'redact') {
      this.#apply([entry]);
    } else if (entry.time === '') {
      if (entry.what !== 'item') return null;
      this.add(entry.item);
      return entry.item;
    } else if (this.newer.value === 'live') {
      const shown = this.#apply([entry], true);
      this.#extend(entry.time, entry.time);
      this.#trim();
      return shown;
    } else {
      this.#hold(entry);
    }
    return null;
  }

  /**
   * Adds something without a place in the history, behind all that has one.
   * @param {Kept} item
   */
  add(item) {
    this.#shelf.add(item, item.state === 'sending' ? LAST : this.to);
    this.version.value++;
  }

  /** @param {Kept} item */
  remove(item) {
    this.#shelf.remove(item);
    this.version.value++;
  }

  /**
   * Changes how it stands with something of ours, and its place with that.
   * @param {Kept} item
   * @param {'sending' | 'failed'} state
   * @param {string} [why]
   */
  become(item, state, why = '') {
    this.#shelf.take(item);
    item.state = state;
    item.why = why;
    this.add(item);
  }

  /**
   * Something of ours was found in the history.
   * @param {Entry} entry
   */
  confirm(entry) {
    this.#apply([entry]);
  }

  /** Takes everything away that is not ours to send; it can be scrolled back in. */
  clear() {
    const last = this.to;
    this.#reset();
    this.from = last;
    this.to = last;
    this.older.value = last === '' ? 'end' : 'more';
    if (this.newer.value === 'loading') this.newer.value = 'more';
  }

  /** The connection is lost: from now on something may be missing at the end. */
  lost() {
    if (!this.#begun) this.#reset();
    else if (this.newer.value === 'live') this.#interrupted = true;
    if (this.newer.value !== 'failed' && this.#begun) this.newer.value = 'more';
    this.#held = [];
    this.#overflowed = false;
    // It is asked for again by who needs it, once there is a connection.
    if (this.older.value === 'loading') this.older.value = 'more';
    this.#epoch++;
  }

  /**
   * The connection is back, and what comes from now on is received: gets what was missed.
   * @param {string} [marker]  the time of the last message read
   */
  async catchUp(marker = '') {
    if (this.#isBlank) return this.#begin();
    if (this.newer.value === 'live') return;
    this.#doubtful = this.to;
    if (!this.#interrupted) return this.#countMissed(marker);
    const epoch = this.#epoch;
    this.newer.value = 'loading';
    const { to } = this;
    const last = ref(to);
    /** @type {Page[]} */
    const missed = [];
    let count = 0;
    let page = await this.#page(epoch, 'newer', 'LATEST', last);
    while (page && page.count > 0 && count < this.limits.missed) {
      missed.unshift(page);
      count += page.count;
      page = await this.#page(epoch, 'newer', 'BETWEEN', ref(page.first), last);
    }
    if (!page) return;
    this.#interrupted = false;
    if (page.count > 0) {
      this.#reset();
      this.older.value = 'more';
    }
    for (const part of missed) this.#merge(part);
    this.#reachNow();
  }

  /** Looks whether any of the last messages was taken back while we were away; says whether one was. */
  async compare() {
    const to = this.#doubtful;
    if (to === '') return false;
    this.#doubtful = '';
    const behind = new Date(Date.parse(to) + 1).toISOString();
    const known = await this.fetch('BEFORE', ref(behind)).catch(() => null);
    if (!known) this.#doubtful ||= to;
    return known !== null && known.count > 0 && this.#compare(known, to);
  }

  async loadOlder() {
    if (this.older.value === 'loading' || this.older.value === 'end') return;
    if (this.#isBlank) return this.#begin();
    const epoch = this.#epoch;
    this.older.value = 'loading';
    const page = await this.#page(epoch, 'older', 'BEFORE', ref(this.from));
    if (!page) return;
    const { kept, most, slack } = this.limits;
    this.#limit = Math.min(most, Math.max(this.#limit, this.items.length + page.count + kept / 4));
    this.#merge(page);
    this.older.value = page.count === 0 ? 'end' : 'more';
    if (this.items.length > most && this.newer.value !== 'loading') this.#dropNewest(this.items.length - most + slack);
  }

  async loadNewer() {
    if (this.newer.value !== 'more' && this.newer.value !== 'failed') return;
    if (this.#isBlank) return this.#begin();
    const epoch = this.#epoch;
    this.newer.value = 'loading';
    // A second look finds nothing, unless much is said: then we have got to now.
    for (let looks = 0; looks < 2; looks++) {
      const page = await this.#page(epoch, 'newer', 'AFTER', ref(this.to));
      if (!page) return;
      this.#merge(page);
      const all = page.count === 0 && !(this.#overflowed && (this.#held[0]?.time ?? '') > this.to);
      if (all) return this.#reachNow();
    }
    this.#trim();
    this.newer.value = 'more';
  }

  async goToLatest() {
    if (this.newer.value === 'live') return;
    if (this.#isBlank) return this.#begin();
    const epoch = ++this.#epoch;
    if (this.older.value === 'loading') this.older.value = 'more';
    this.newer.value = 'loading';
    const page = await this.#page(epoch, 'newer', 'LATEST', '*');
    if (!page) return;
    this.#reset();
    this.#merge(page);
    this.#limit = this.limits.kept;
    this.older.value = page.count === 0 ? 'end' : 'more';
    this.#reachNow();
  }

  /**
   * @param {string} id
   * @returns {Promise<Kept | null>}
   */
  async goTo(id) {
    const here = this.#shelf.find(id);
    if (here) return here;
    const epoch = this.#epoch;
    /** @type {Page} */
    let page;
    try {
      page = await this.fetch('AROUND', `msgid=${id}`);
    } catch {
      return null;
    }
    const found = page.entries.some((entry) => entry.what === 'item' && entry.item.id === id);
    if (epoch !== this.#epoch || !found) return this.#shelf.find(id);
    this.#begun = true;
    this.#reset();
    this.#merge(page);
    this.older.value = 'more';
    this.newer.value = 'more';
    this.behind.value = 0;
    this.#interrupted = false;
    return this.#shelf.find(id);
  }

  /** How many messages of others there are behind a time, and how many of them name us. @param {string} marker */
  countSince(marker) {
    let unread = 0;
    let mentions = 0;
    const count = (/** @type {Kept} */ item) => {
      if (!isSaid(item) || item.self || item.redacted || item.nick === '') return;
      unread++;
      if (item.mention) mentions++;
    };
    for (const entry of this.#held) if (entry.what === 'item' && entry.time > marker) count(entry.item);
    for (let at = this.items.length - 1; at >= 0; at--) {
      const item = /** @type {Kept} */ (this.items[at]);
      if (item.at <= marker) break;
      // Who has answered has read what stood above.
      if (item.self && isSaid(item) && item.state === 'sent') break;
      count(item);
    }
    return { unread, mentions };
  }

  /**
   * Gets the latest of what was missed, to be counted: the run ends further up, and goes on there when it is asked
   * to.
   * @param {string} marker
   */
  async #countMissed(marker) {
    const epoch = this.#epoch;
    const page = await this.fetch('LATEST', ref(marker > this.to ? marker : this.to)).catch(() => null);
    if (!page || epoch !== this.#epoch || this.newer.value === 'live') return;
    const later = this.#held.filter((entry) => entry.time > page.last);
    const { value: before } = this.behind;
    this.#held = [];
    this.behind.value = 0;
    for (const entry of [...page.entries, ...later]) this.#hold(entry);
    this.behind.value = Math.max(this.behind.value, before);
  }

  /**
   * What is in this part of the history no more has been taken back, and nobody told us.
   * @param {Page} page
   * @param {string} to  up to where it was asked for
   */
  #compare(page, to) {
    let changed = false;
    const there = new Set(page.entries.map((entry) => (entry.what === 'item' ? entry.item.id : entry.what === 'none' ? entry.id : null)));
    for (let at = this.#shelf.place(to) - 1; at >= 0; at--) {
      const item = /** @type {Kept} */ (this.items[at]);
      if (item.at <= page.first) break;
      if (item.id === null || !item.filed || !isSaid(item) || item.redacted || there.has(item.id)) continue;
      redactItem(item, { by: '', why: '' });
      changed = true;
    }
    if (changed) this.version.value++;
    return changed;
  }

  /** The first part of the history; what comes meanwhile is shown at once, since nothing can be missing in between. */
  async #begin() {
    if (this.older.value === 'loading') return;
    const epoch = this.#epoch;
    this.#reachNow();
    this.older.value = 'loading';
    const page = await this.#page(epoch, 'older', 'LATEST', '*');
    if (!page) return;
    this.#begun = true;
    this.#merge(page);
    this.older.value = page.count === 0 ? 'end' : 'more';
  }

  /**
   * Fetches a part, unless there was a fresh start meanwhile, or it fails.
   * @param {number} epoch
   * @param {'older' | 'newer'} end
   * @param {Parameters<Fetch>[0]} subcommand
   * @param {...string} refs
   * @returns {Promise<Page | null>}
   */
  async #page(epoch, end, subcommand, ...refs) {
    try {
      const page = await this.fetch(subcommand, ...refs);
      return epoch === this.#epoch ? page : null;
    } catch {
      if (epoch === this.#epoch) this[end].value = 'failed';
      return null;
    }
  }

  /** @param {Page} page */
  #merge(page) {
    if (page.count === 0) return;
    this.#shelf.merge(page.entries, page.last);
    this.#extend(page.first, page.last);
    this.version.value++;
  }

  /**
   * @param {Entry[]} entries
   * @param {boolean} [live]
   */
  #apply(entries, live) {
    this.version.value++;
    return this.#shelf.apply(entries, live);
  }

  /**
   * @param {string} first
   * @param {string} last
   */
  #extend(first, last) {
    if (first !== '' && (this.from === '' || first < this.from)) this.from = first;
    if (last > this.to) this.to = last;
  }

  /** The run reaches to now: puts in what was held, as far as the run goes back. */
  #reachNow() {
    const held = this.#held.filter((entry) => entry.time > this.from);
    this.#held = [];
    this.#overflowed = false;
    this.#apply(held);
    const last = held.at(-1);
    if (last) this.#extend(this.from === '' ? (held[0]?.time ?? '') : this.from, last.time);
    this.newer.value = 'live';
    this.behind.value = 0;
    this.#interrupted = false;
    for (const item of this.items.filter((item) => item.at === LAST && item.state === 'failed')) {
      this.become(item, 'failed', item.why);
    }
    this.#trim();
  }

  /** @param {Entry} entry */
  #hold(entry) {
    this.#held.push(entry);
    if (this.#held.length > this.limits.held * 2) {
      this.#held = this.#held.slice(-this.limits.held);
      this.#overflowed = true;
    }
    if (entry.what !== 'item') return;
    const mine = this.#shelf.own(entry.item);
    if (mine) entry.item.self = true;
    if (isSaid(entry.item) && !entry.item.self) this.behind.value++;
    // Ours is said, though its place is not reached yet.
    if (mine && mine.id === null) {
      mine.state = 'sent';
      mine.why = '';
      this.version.value++;
    }
  }

  /** Starts anew, but for what has not been sent yet. */
  #reset() {
    this.#epoch++;
    this.#shelf.empty();
    this.#doubtful = '';
    this.from = '';
    this.to = '';
    this.version.value++;
  }

  /** Drops the oldest when there are too many; a good number at once, so that it is seldom. */
  #trim() {
    const extra = this.items.length - this.#limit;
    // While older ones are being fetched, they have to fit what is there.
    if (extra < this.limits.slack || this.older.value === 'loading') return;
    this.#shelf.dropOldest(extra);
    this.from = this.items.find(isTimed)?.at ?? this.to;
    if (this.older.value === 'end') this.older.value = 'more';
  }

  /** @param {number} count */
  #dropNewest(count) {
    this.#shelf.dropNewest(count);
    this.to = this.items.findLast(isTimed)?.at ?? this.from;
    if (this.newer.value === 'live') this.newer.value = 'more';
    this.version.value++;
  }

}

/** @param {string} time */
function ref(time) {
  return `timestamp=${time}`;
}
