// @ts-check
/**
 * What we say, from the composer to the room.
 *
 *     sending (not written yet) ──▶ sending (written) ──▶ sent
 *          │                             │    ▲             by the echo, or found in the history
 *          │ wait for the connection,    │    │ found after all
 *          │ and what was missed         ▼    │
 *          └───────────────▶          failed ─┘── again ──▶ sending
 *
 * Each carries an id of our own, `+saloon/id`, that the server keeps with the history. So it can be told whether a
 * message had arrived when the connection was lost, and nothing is said twice.
 */

import { byteLength, parcels, pieces } from '../irc/split.js';
import { ChatError, failureOf } from './failure.js';
import { isOurs, makeItem, quote } from './item.js';
import { fetchPage } from './history.js';
import { isService } from './service.js';
import { stopTyping } from './typing.js';
import { isBatch } from '../irc/batch.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */
/** @typedef {import('./item.js').Kept} Kept */
/** @typedef {import('./item.js').Speech} Speech */

/** Bytes of a line without tags, over WebSocket; and of the longest mask that a nick can have. */
const LINE = 510;
const MASK = 20 + 63 + 2;
/** How long we wait for an echo: long, since a server may take what is sent too fast slowly. */
const ECHO_WITHIN = 300_000;
/** Parts of the history that are searched for a message before it is sent again. */
const SEARCHED = 50;
const ACTION = '\x01ACTION ';

/**
 * Says something in a room, however long it is.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} text
 * @param {'message' | 'action' | 'notice'} [kind]
 */
export function speak(session, room, text, kind = 'message') {
  const { timeline } = room;
  const reply = kind === 'notice' ? null : room.replying.value;
  const speeches = speechesOf(session, room, text.replace(/\r\n?/g, '\n').replace(/\n+$/, ''), kind);
  speeches.forEach((lines, at) => {
    const item = makeItem({
      kind,
      time: session.now(),
      nick: session.self().nick,
      account: session.self().account,
      self: true,
      state: 'sending',
      text: textOf(lines, kind),
      reply: reply?.id && at === 0 ? quote(reply, reply.id) : null,
      tag: session.random(),
      room,
    });
    item.speech = {
      command: kind === 'notice' ? 'NOTICE' : 'PRIVMSG',
      lines, reply: item.reply?.id ?? null, connection: 0, since: '', declined: false,
    };
    timeline.add(item);
    // Where we are not, the server says why it does not work.
    const outside = room.kind === 'room' && !room.joined.value && session.link.value.state === 'online';
    if (room.ready || outside) transmit(session, room, item);
  });
  if (reply) room.replying.value = null;
  stopTyping(session, room);
  if (session.registered && room.ready && timeline.newer.value !== 'live') void timeline.goToLatest();
}

/**
 * All that was missed is known: what has arrived is sent by now, what we do not know failed, and what was never
 * written is.
 * @param {Session} session
 * @param {ChatRoom} room
 */
export function flush(session, room) {
  room.ready = true;
  for (const item of room.timeline.pending) {
    const { speech } = item;
    if (!speech || item.id !== null) continue;
    if (speech.connection === 0) transmit(session, room, item);
    else if (speech.connection !== session.connection) room.timeline.become(item, 'failed', session.env.t('send.lost'));
  }
}

/**
 * We did not get into the room: what was to be said there can't be.
 * @param {ChatRoom} room
 * @param {string} why
 */
export function giveUp(room, why) {
  for (const item of room.timeline.pending) room.timeline.become(item, 'failed', why);
}

/**
 * Sends a failed message again, unless it has arrived after all.
 * @param {Session} session
 * @param {Kept} item
 */
export async function sendAgain(session, item) {
  const { room, speech } = item;
  if (!room || !speech || item.state !== 'failed') return;
  room.timeline.become(item, 'sending');
  if (!room.ready) {
    // Written already, it is looked for when we are connected again.
    if (speech.declined) speech.connection = 0;
    return;
  }
  const { connection } = session;
  try {
    if (speech.connection > 0 && !speech.declined && (await hasArrived(session, room, item))) return;
  } catch (error) {
    const why = error instanceof ChatError ? error.message : String(error);
    if (isWaiting(item)) room.timeline.become(item, 'failed', why);
    return;
  }
  if (!isWaiting(item)) return;
  if (connection !== session.connection || !room.ready) speech.connection = 0;
  else transmit(session, room, item);
}

/** Whether it is still to be said; that changes while we wait for something. @param {Kept} item */
function isWaiting(item) {
  return item.state === 'sending';
}

/**
 * Looks for a message in the history since it was written.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {Kept} item
 */
async function hasArrived(session, room, item) {
  const speech = /** @type {Speech} */ (item.speech);
  let since = speech.since;
  for (let part = 0; part < SEARCHED; part++) {
    const page = since === ''
      ? await fetchPage(session, room, 'LATEST', ['*'])
      : await fetchPage(session, room, 'AFTER', [`timestamp=${since}`]);
    if (item.state === 'sent') return true;
    const entry = page.entries.find((entry) => entry.what === 'item' && isOurs(entry.item, item));
    if (entry) {
      room.timeline.confirm(entry);
      return true;
    }
    if (page.count === 0 || since === '') return false;
    since = page.last;
  }
  throw new ChatError('unsure', session.env.t('send.unsure'));
}

/**
 * Writes a message, and waits for what comes of it.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {Kept} item
 */
function transmit(session, room, item) {
  const speech = /** @type {Speech} */ (item.speech);
  if (speech.connection === 0) speech.since = room.timeline.to;
  speech.connection = session.connection;
  speech.declined = false;
  // Maybe we were called otherwise when it was typed.
  const { nick, account } = session.self();
  Object.assign(item, { nick, account });
  const { label, reply } = session.expect(!isService(room.name), ECHO_WITHIN);
  write(session, room, item, label);
  reply.then((answer) => answered(session, room, item, answer), (error) => {
    // Without a connection it is looked for later; without an answer nobody knows.
    const known = error instanceof ChatError && error.code === 'offline';
    if (!known && item.state === 'sending') room.timeline.become(item, 'failed', session.env.t('send.lost'));
    else if (known && session.registered && !session.caps.has('echo-message')) settleBlindly(room, item);
  });
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {Kept} item
 * @param {import('./session.js').Reply} answer
 */
function answered(session, room, item, answer) {
  const { t } = session.env;
  for (const thing of answer) {
    // RPL_AWAY is no failure.
    if (!isBatch(thing) && thing.command === '301') tellAway(session, room, thing.params[2] ?? '');
  }
  if (item.state !== 'sending') return;
  const echoed = session.caps.has('echo-message') && !isService(room.name);
  const why = failureOf(answer, t)?.message ?? (echoed && isSilent(answer) ? t('send.silent') : '');
  if (why === '') {
    // Nothing is echoed here, or elsewhere: that to `@#room` is shown in #room.
    settleBlindly(room, item);
    return;
  }
  if (item.speech) item.speech.declined = true;
  room.timeline.become(item, 'failed', why);
}

/** Whether nothing came of a line. A notice is not even refused with words. @param {import('./session.js').Reply} answer */
function isSilent(answer) {
  return answer.every((thing) => !isBatch(thing) && thing.command === 'ACK');
}

/**
 * Nothing more will be heard of it.
 * @param {ChatRoom} room
 * @param {Kept} item
 */
function settleBlindly(room, item) {
  if (item.state !== 'sending') return;
  room.timeline.remove(item);
  item.state = 'sent';
  room.timeline.add(item);
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} text
 */
function tellAway(session, room, text) {
  if (room.awayTold === text) return;
  room.awayTold = text;
  session.tell(session.env.t('answer.301', { what: room.name, text }), room);
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {Kept} item
 * @param {string} label
 */
function write(session, room, item, label) {
  const { command, lines, reply } = /** @type {Speech} */ (item.speech);
  const tags = {
    ...(label ? { label } : {}),
    '+saloon/id': item.tag,
    ...(reply ? { '+draft/reply': reply } : {}),
  };
  const [first] = lines;
  if (lines.length === 1 && first) return session.sayTagged(command, [room.name, first.text], tags);
  const ref = session.random(8);
  session.sayTagged('BATCH', [`+${ref}`, 'draft/multiline', room.name], tags);
  for (const { text, joined } of lines) {
    session.sayTagged(command, [room.name, text], { batch: ref, ...(joined ? { 'draft/multiline-concat': '' } : {}) });
  }
  session.say('BATCH', `-${ref}`);
}

/**
 * The messages that a text becomes, each of one line or several.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} text
 * @param {'message' | 'action' | 'notice'} kind
 * @returns {Speech['lines'][]}
 */
function speechesOf(session, room, text, kind) {
  const mask = session.mask ? byteLength(session.mask) : byteLength(session.self().nick) + MASK;
  // ":" mask " " command " " target " :" text
  const most = Math.max(32, LINE - mask - byteLength(room.name) - (kind === 'notice' ? 'NOTICE' : 'PRIVMSG').length - 5);
  if (kind === 'action') {
    const inside = most - byteLength(ACTION) - 1;
    return text.split('\n').filter((line) => line.trim() !== '')
      .flatMap((line) => pieces(line, inside).map((piece) => [{ text: `${ACTION}${piece}\x01`, joined: false }]));
  }
  const several = session.network.value.features.multiline;
  if (several) return parcels(text, most, several).map((parcel) => parcel.lines);
  return text.split('\n').filter((line) => line.trim() !== '')
    .flatMap((line) => pieces(line, most).map((piece) => [{ text: piece, joined: false }]));
}

/**
 * @param {Speech['lines']} lines
 * @param {string} kind
 */
function textOf(lines, kind) {
  const text = lines.map((line, at) => (line.joined || at === 0 ? '' : '\n') + line.text).join('');
  return kind === 'action' ? text.slice(ACTION.length, -1) : text;
}
