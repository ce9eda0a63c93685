// @ts-check
/** Finding messages by their words (`soju.im/search`), and rooms by their names. */

import { isBatch } from '../irc/batch.js';
import { escape } from '../irc/message.js';
import { entryOf } from './entry.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */

const LIMIT = 50;

/**
 * `from:ann` among the words asks for what ann said.
 * @param {Session} session
 * @param {ChatRoom | null} room  null: everywhere
 * @param {string} words
 * @param {string} [before]
 * @returns {Promise<import('./types.js').Found>}
 */
export async function search(session, room, words, before) {
  const from = /(?:^|\s)from:(\S+)/.exec(words);
  const text = words.replace(/(^|\s)from:\S+/, ' ').trim();
  const key = words.trim().toLowerCase();
  const rooms = room || before ? [] : session.rooms.list.value.filter((each) => key !== '' && each.key.includes(key));
  if (!session.network.value.features.search || (text === '' && !from)) return { rooms, items: [], more: false };
  const attributes = { in: room?.name, from: from?.[1], text: text || undefined, before, limit: String(LIMIT) };
  const written = Object.entries(attributes).flatMap(([key, value]) => (value ? [`${key}=${escape(value)}`] : []));
  const reply = await session.demand('SEARCH', [written.join(';')]);
  const batch = reply.find((thing) => isBatch(thing) && thing.kind === 'soju.im/search');
  const things = batch && isBatch(batch) ? batch.things : [];
  // The server gives the newest, but the oldest of them first.
  const items = things.reverse().flatMap((thing) => {
    const entry = entryOf(thing, session.reader);
    if (entry?.what !== 'item' || session.ignored.has(session.fold(entry.item.nick))) return [];
    entry.item.room = session.rooms.get(entry.where) ?? room;
    return [{ room: entry.item.room?.key ?? session.fold(entry.where), item: entry.item }];
  });
  return { rooms, items, more: things.length >= LIMIT };
}
