// @ts-check
/** Asking for parts of the history (IRCv3 chathistory), one room after another. */

import { isBatch } from '../irc/batch.js';
import { entryOf } from './entry.js';
import { ChatError } from './failure.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */

/** Most that is asked for at once. */
const PAGE = 100;

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} subcommand
 * @param {string[]} refs
 * @returns {Promise<import('./run.js').Page>}
 */
export async function fetchPage(session, room, subcommand, refs) {
  if (!session.registered) throw new ChatError('offline', session.env.t('error.offline'));
  if (!session.network.value.features.history) return { entries: [], count: 0, first: '', last: '' };
  const limit = Math.min(PAGE, session.isupport.number('CHATHISTORY', PAGE));
  const reply = await session.demand('CHATHISTORY', [subcommand, room.name, ...refs, String(limit)]);
  const batch = reply.find((thing) => isBatch(thing) && thing.kind === 'chathistory');
  return pageOf(session, room, batch && isBatch(batch) ? batch.things : []);
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {import('../irc/batch.js').Thing[]} things
 * @returns {import('./run.js').Page}
 */
function pageOf(session, room, things) {
  /** @type {import('./entry.js').Entry[]} */
  const entries = [];
  let first = '';
  let last = '';
  for (const thing of things) {
    const entry = entryOf(thing, session.reader);
    if (!entry || entry.time === '') continue;
    if (first === '' || entry.time < first) first = entry.time;
    if (entry.time > last) last = entry.time;
    const said = entry.what === 'item' || entry.what === 'more' ? entry.item : null;
    if (said) said.room = room;
    const nick = entry.what === 'react' ? entry.nick : said?.nick;
    const ignored = nick !== undefined && session.ignored.has(session.fold(nick));
    entries.push(ignored ? { what: 'none', where: entry.where, time: entry.time, id: said?.id ?? null } : entry);
  }
  return { entries, count: first === '' ? 0 : things.length, first, last };
}

/**
 * Gets what was missed in rooms, one after another, so that the server is not asked for everything at once. The
 * room that is looked at comes first.
 */
export class CatchUp {
  /** @type {Set<ChatRoom>} */
  #waiting = new Set();
  #running = false;
  /** @type {(() => void)[]} */
  #idle = [];

  /**
   * @param {Session} session
   * @param {(room: ChatRoom) => void} done  with one room
   */
  constructor(session, done) {
    this.session = session;
    this.done = done;
  }

  /** @param {ChatRoom} room */
  add(room) {
    this.#waiting.add(room);
    if (!this.#running) void this.#run();
  }

  /** Resolves when nothing is left to do. */
  settled() {
    if (!this.#running) return Promise.resolve();
    return new Promise((/** @type {(_: void) => void} */ resolve) => this.#idle.push(resolve));
  }

  clear() {
    this.#waiting.clear();
  }

  async #run() {
    this.#running = true;
    // Whoever adds one room usually adds several.
    await Promise.resolve();
    for (let room = this.#next(); room; room = this.#next()) {
      this.#waiting.delete(room);
      await this.#catchUp(room).catch((error) => console.error(error));
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** @param {ChatRoom} room */
  async #catchUp(room) {
    const { connection } = this.session;
    await room.timeline.catchUp(room.marker.value ?? '');
    if (room === this.session.current.value) await room.timeline.compare();
    if (connection === this.session.connection && this.session.registered) this.done(room);
  }

  /** @returns {ChatRoom | undefined} */
  #next() {
    const current = this.session.current.value;
    if (current && this.#waiting.has(current)) return current;
    return this.#waiting.values().next().value;
  }
}
