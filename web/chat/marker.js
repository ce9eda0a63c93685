// @ts-check
/** How far one has read (IRCv3 read-marker): here, and on other devices of the same account. */

import { isTime } from './entry.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */

/** The server is told at most so often for each room. */
const TELL_EVERY = 2_000;

/** @type {Record<string, (session: Session, message: import('../irc/message.js').Message, quiet: boolean) => void>} */
export const handlers = {
  MARKREAD(session, message) {
    const [target = '', value = ''] = message.params;
    const room = session.rooms.get(target);
    if (!room) return;
    const time = value.replace(/^timestamp=/, '');
    room.marked = isTime(time) ? time : '';
    if (room.marked > (room.marker.value ?? '')) move(session, room, time);
    // This browser knows better, such as when it was read without a connection.
    else if (room.marker.value !== null && room.marker.value > room.marked) tell(session, room);
  },
};

/**
 * All that is loaded of a room has been seen.
 * @param {Session} session
 * @param {ChatRoom} room
 */
export function seen(session, room) {
  const time = room.timeline.to;
  if (time === '' || time <= (room.marker.value ?? '')) {
    if (room.unread.value > 0 && room.timeline.newer.value === 'live') room.recount();
    return;
  }
  move(session, room, time);
  tell(session, room);
}

/**
 * What was said before we first came is nothing that we have missed.
 * @param {Session} session
 * @param {ChatRoom} room
 */
export function startMarker(session, room) {
  if (room.kind === 'room' && room.marker.value === null && room.timeline.to !== '') {
    move(session, room, room.timeline.to);
    tell(session, room);
  }
}

/**
 * Asks how far this conversation was read elsewhere.
 * @param {Session} session
 * @param {ChatRoom} room
 */
export function askMarker(session, room) {
  if (able(session)) session.say('MARKREAD', room.name);
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} time
 */
function move(session, room, time) {
  room.marker.value = time;
  session.memory.kept.markers[room.key] = time;
  session.memory.saveSoon(session.env.clock);
  room.recount();
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 */
function tell(session, room) {
  if (!able(session) || room.telling) return;
  room.telling = true;
  session.env.clock.setTimeout(() => {
    room.telling = false;
    const marker = room.marker.value;
    if (marker === null || marker <= room.marked || !able(session)) return;
    room.marked = marker;
    session.say('MARKREAD', room.name, `timestamp=${marker}`);
  }, room.marked === '' ? 0 : TELL_EVERY);
}

/** Guests have no markers that outlive their connection: theirs are kept here. @param {Session} session */
function able(session) {
  return session.registered && session.account !== null && session.caps.has('draft/read-marker');
}
