// @ts-check
/** Coming into rooms and going out of them, and remembering where we were. */

import { batch } from '../vendor/signals-core.js';
import { ChatError, failure } from './failure.js';
import { isBatch } from '../irc/batch.js';
import { byteLength } from '../irc/split.js';
import { giveUp } from './send.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */

/** Bytes of names and keys in one JOIN. */
const MAX_JOIN = 400;

/**
 * We are in a room: by our own doing, or by that of another device.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} name  as the server writes it
 */
export function entered(session, room, name) {
  if (room.name !== name) session.rooms.rename(room, name);
  room.crowd = new Map();
  room.asked = false;
  room.joined.value = true;
  session.events.entered(session, room);
  remember(session);
}

/**
 * A room is called otherwise now.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} from
 */
export function renamed(session, room, from) {
  const { drafts, markers } = session.memory.kept;
  const before = session.fold(from);
  for (const record of before === room.key ? [] : [drafts, markers]) {
    const value = record[before];
    if (value !== undefined) record[room.key] = value;
    delete record[before];
  }
  remember(session);
}

/**
 * A room is ours no more: it disappears.
 * @param {Session} session
 * @param {ChatRoom} room
 */
export function gone(session, room) {
  batch(() => {
    room.joined.value = false;
    room.ready = false;
    session.rooms.remove(room);
    delete session.memory.kept.drafts[room.key];
    if (session.current.value === room) session.current.value = session.rooms.list.value[0] ?? null;
    remember(session);
  });
}

/** Writes down where we are, and which names are equal there. @param {Session} session */
export function remember(session) {
  const { kept } = session.memory;
  kept.places = session.rooms.list.value.map((room) => ({
    name: room.name, kind: room.kind, key: room.entry, muted: room.muted.value,
  }));
  kept.current = session.current.value?.key ?? kept.current;
  kept.casemapping = session.isupport.get('CASEMAPPING') ?? '';
  session.memory.save();
}

/**
 * Goes where we were, so that there is something to see before we are connected.
 * @param {Session} session
 */
export function restore(session) {
  const { kept, known } = session.memory;
  const places = known ? kept.places : [{ name: session.env.room, kind: /** @type {const} */ ('room'), key: '', muted: false }];
  if (kept.casemapping !== '') session.isupport.take([`CASEMAPPING=${kept.casemapping}`]);
  batch(() => {
    for (const { name, kind, key, muted } of places) {
      const room = session.rooms.ensure(name, kind);
      room.entry = key;
      room.muted.value = muted;
    }
    session.ignored = new Set(kept.ignored);
    const { value: list } = session.rooms.list;
    session.current.value = list.find((room) => room.key === kept.current) ?? list[0] ?? null;
  });
}

/**
 * Joins rooms, and says in those where it did not work why.
 * @param {Session} session
 * @param {ChatRoom[]} rooms
 */
export async function joinAll(session, rooms) {
  /** @type {ChatRoom[][]} */
  const groups = [];
  let bytes = MAX_JOIN;
  // Keys go by position: rooms with one come first.
  for (const room of [...rooms].sort((a, b) => Number(b.entry !== '') - Number(a.entry !== ''))) {
    bytes += byteLength(room.name) + byteLength(room.entry) + 2;
    if (bytes > MAX_JOIN) {
      groups.push([]);
      bytes = byteLength(room.name) + byteLength(room.entry) + 2;
    }
    groups.at(-1)?.push(room);
  }
  await Promise.all(groups.map((group) => joinGroup(session, group)));
}

/**
 * @param {Session} session
 * @param {ChatRoom[]} group
 */
async function joinGroup(session, group) {
  const keys = group.filter((room) => room.entry !== '').map((room) => room.entry);
  const params = [group.map((room) => room.name).join(','), ...(keys.length > 0 ? [keys.join(',')] : [])];
  if (!session.caps.has('labeled-response')) return session.say('JOIN', ...params);
  const reply = await session.ask('JOIN', params);
  for (const thing of reply) {
    const error = isBatch(thing) ? null : failure(thing, session.env.t);
    const name = isBatch(thing) ? '' : thing.params.find((param) => session.isupport.isRoom(param));
    const room = name && session.rooms.get(name);
    if (!error || !room || room.joined.value) continue;
    session.tell(error.message, room);
    giveUp(room, error.message);
  }
}

/**
 * Joins one room, or begins a conversation.
 * @param {Session} session
 * @param {string} name
 * @param {string} [key]
 * @returns {Promise<ChatRoom>}
 */
export async function join(session, name, key = '') {
  const { t } = session.env;
  if (name === '' || /[\s,\0\x07]/.test(name)) throw new ChatError('403', t('answer.403', { what: name }));
  if (!session.isupport.isRoom(name)) return converse(session, name);
  const there = session.rooms.get(name);
  if (there?.joined.value) return there;
  const entry = key || (there?.entry ?? '');
  await session.demand('JOIN', entry ? [name, entry] : [name]);
  // The server may have sent us elsewhere, or had us there already.
  const room = session.rooms.get(name) ?? session.rooms.ensure(name, 'room');
  room.entry = entry;
  if (!room.joined.value) entered(session, room, room.name);
  remember(session);
  return room;
}

/**
 * Begins a conversation with somebody.
 * @param {Session} session
 * @param {string} nick
 */
export function converse(session, nick) {
  const there = session.rooms.get(nick);
  if (there) return there;
  const room = session.rooms.ensure(nick, 'person');
  delete session.memory.kept.closed[room.key];
  session.events.entered(session, room);
  remember(session);
  return room;
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} [why]
 */
export function part(session, room, why = '') {
  if (room.kind === 'person') session.memory.kept.closed[room.key] = session.now();
  else if (room.joined.value) session.say('PART', ...(why ? [room.name, why] : [room.name]));
  gone(session, room);
}
