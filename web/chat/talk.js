// @ts-check
/** What is said, to its room: messages, reactions, what is taken back, and what services and the server say. */

import { isBatch } from '../irc/batch.js';
import { cleanLine } from '../irc/text.js';
import { entryOf } from './entry.js';
import { isSaid, makeItem } from './item.js';
import { learn } from './presence.js';
import { converse } from './place.js';
import { isService } from './service.js';
import { heardTyping, typed } from './typing.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */
/** @typedef {import('../irc/batch.js').Thing} Thing */
/** @typedef {import('../irc/message.js').Message} Message */

/** @type {Record<string, (session: Session, message: Message, quiet: boolean) => void>} */
export const handlers = {
  PRIVMSG: said,
  NOTICE(session, message, quiet) {
    const nick = message.source?.nick ?? '';
    const fromServer = !message.source?.user && !message.source?.host;
    if (fromServer || isService(nick)) return notice(session, message, fromServer ? '' : nick, quiet);
    said(session, message);
  },
  TAGMSG(session, message) {
    const state = message.tags.get('+typing');
    if (state !== undefined) return heardTyping(session, message, state);
    said(session, message);
  },
  REDACT: said,
};

/**
 * A message, in one line or several, a reaction, or that one is taken back.
 * @param {Session} session
 * @param {Thing} thing
 */
export function said(session, thing) {
  const entry = entryOf(thing, session.reader);
  if (!entry || entry.what === 'none') return;
  const nick = thing.source?.nick ?? '';
  if (session.isMe(nick)) learnFrom(session, thing);
  else if (entry.what !== 'redact' && session.ignored.has(session.fold(nick))) return;
  if (entry.time !== '') session.ahead = Date.parse(entry.time) - session.env.clock.now();
  const room = placeFor(session, entry.where, entry.what === 'item');
  if (!room) return;
  if (entry.what === 'item' || entry.what === 'more') {
    entry.item.room = room;
    typed(session, room, entry.item.nick);
  }
  const shown = room.timeline.receive(entry);
  if (entry.what === 'redact') return room.recount();
  if (entry.what !== 'item' || !isSaid(entry.item)) return;
  count(session, room, entry.item, shown !== null);
}

/**
 * @param {Session} session
 * @param {Thing} thing
 */
function learnFrom(session, thing) {
  const message = isBatch(thing) ? thing.things[0] : thing;
  if (message && !isBatch(message)) learn(session, message);
}

/**
 * Counts a message, and tells of it if it names us.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {import('./item.js').Kept} item
 * @param {boolean} shown
 */
function count(session, room, item, shown) {
  if (item.self) {
    // Who answers has read what stands above, on whatever device.
    room.unread.value = 0;
    room.mentions.value = 0;
    return;
  }
  // While what was missed is still being fetched, all is counted at the end.
  const held = room.ready && room.timeline.newer.value !== 'live';
  if (!(shown || held) || item.time <= (room.marker.value ?? '')) return;
  room.unread.value++;
  if (!item.mention) return;
  room.mentions.value++;
  const inSight = session.visible && session.current.value === room;
  if (!inSight && !room.muted.value) session.announce({ kind: 'mention', room, item });
}

/**
 * Where it belongs. Somebody who writes to us opens a conversation.
 * @param {Session} session
 * @param {string} where
 * @param {boolean} open
 * @returns {ChatRoom | null}
 */
function placeFor(session, where, open) {
  const there = session.rooms.get(where);
  if (there || !open || where === '' || session.isupport.isRoom(where) || where.includes('*')) return there;
  if (session.rooms.full) return null;
  return converse(session, where);
}

/**
 * What the server says, or a service. It belongs to a room if it says so, else to where the user is.
 * @param {Session} session
 * @param {Message} message
 * @param {string} nick  of the service
 * @param {boolean} quiet
 */
function notice(session, message, nick, quiet) {
  if (quiet) return;
  const [target = '', words = ''] = message.params;
  const text = cleanLine(words);
  const missed = nick === '' ? /^you missed (\d+) messages?(?: in (\S+))?$/.exec(text) : null;
  const room = session.rooms.get(missed?.[2] ?? session.isupport.bare(target));
  // Of conversations it does not say which.
  const place = room ?? session.current.value;
  if (missed && place) {
    place.timeline.add(makeItem({ kind: 'gap', time: session.now(), count: Number(missed[1]), room: place }));
    return;
  }
  const conversation = nick === '' ? null : session.rooms.get(nick);
  session.tell(nick && !conversation ? `${nick}: ${text}` : text, conversation ?? room);
}
