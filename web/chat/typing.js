// @ts-check
/** Who is writing (IRCv3 typing): told at most every three seconds, believed for six, or thirty of a pause. */

import { placeOf } from './entry.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */

const TELL_EVERY = 3_000;
const PAUSE_AFTER = 5_000;
const BELIEVED = new Map([['active', 6_000], ['paused', 30_000]]);

/**
 * @param {Session} session
 * @param {import('../irc/message.js').Message} message
 * @param {string} state
 */
export function heardTyping(session, message, state) {
  const nick = message.source?.nick ?? '';
  if (nick === '' || session.isMe(nick) || session.ignored.has(session.fold(nick))) return;
  const room = session.rooms.get(placeOf(message, message.params[0] ?? '', session.reader));
  const lasts = BELIEVED.get(state);
  if (!room) return;
  if (lasts === undefined) return typed(session, room, nick);
  const key = session.fold(nick);
  if (room.crowded && !room.typists.has(key)) return;
  const { clock } = session.env;
  room.typists.set(key, { nick, until: clock.now() + lasts });
  show(room);
  clock.setTimeout(() => expire(session, room), lasts + 1);
}

/**
 * Somebody types no more: they have said it.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} nick
 */
export function typed(session, room, nick) {
  if (room.typists.size > 0 && room.typists.delete(session.fold(nick))) show(room);
}

/** Nobody types as far as we know. @param {ChatRoom} room */
export function forgetTyping(room) {
  room.typists.clear();
  if (room.typing.value.length > 0) room.typing.value = [];
}

/**
 * The user has changed the draft; `active`: there is something in it.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {boolean} active
 */
export function tellTyping(session, room, active) {
  const { clock } = session.env;
  const now = clock.now();
  const { told } = room;
  if (!session.registered || !session.caps.has('message-tags') || (room.kind === 'room' && !room.joined.value)) return;
  if (!active) {
    if (told.what !== 'done') say(session, room, 'done');
    return;
  }
  if (told.what !== 'active' || now - told.at >= TELL_EVERY) {
    if (told.what === 'done' && now - told.at < TELL_EVERY && told.at > 0) return;
    say(session, room, 'active');
  }
  const { at } = room.told;
  room.touched = now;
  clock.setTimeout(() => {
    if (room.touched === now && room.told.what === 'active' && room.told.at >= at) say(session, room, 'paused');
  }, PAUSE_AFTER);
}

/** What was typed has been sent: that says it all. @param {Session} session @param {ChatRoom} room */
export function stopTyping(session, room) {
  room.told = { at: session.env.clock.now(), what: 'done' };
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {'active' | 'paused' | 'done'} what
 */
function say(session, room, what) {
  room.told = { at: session.env.clock.now(), what };
  // Where we may not speak this is refused as well, and nobody wants to know.
  session.ask('TAGMSG', [room.name], { tags: { '+typing': what } }).catch(() => {});
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 */
function expire(session, room) {
  const now = session.env.clock.now();
  let changed = false;
  for (const [key, { until }] of room.typists) if (until <= now) changed = room.typists.delete(key) || changed;
  if (changed) show(room);
}

/** @param {ChatRoom} room */
function show(room) {
  const nicks = [...room.typists.values()].map((typist) => typist.nick);
  if (nicks.join(' ') !== room.typing.value.join(' ')) room.typing.value = nicks;
}
