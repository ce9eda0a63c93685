// @ts-check
/** What lines mean for a timeline: the same for what happens now, for history, and for what was searched for. */

import { isBatch } from '../irc/batch.js';
import { clean, cleanLine, ctcp, plain } from '../irc/text.js';
import { isSaid, makeItem } from './item.js';
import { mentions } from './mention.js';

/** @typedef {import('../irc/batch.js').Thing} Thing */
/** @typedef {import('./item.js').Kept} Kept */

/**
 * - `item`: something to show, at its place;
 * - `more`: belongs to what came just before, since it did not fit in a line;
 * - `react`, `redact`: about another message;
 * - `none`: nothing to show, but it has its place in the history all the same.
 *
 * `where` is the room or person that it belongs to; empty if it belongs to all rooms that somebody was in. `time`
 * is empty if the server told none: then it is no part of a history.
 * @typedef {{ where: string, time: string } & (
 *     { what: 'item', item: Kept }
 *   | { what: 'more', item: Kept }
 *   | { what: 'react', id: string, nick: string, reaction: string, on: boolean }
 *   | { what: 'redact', id: string, by: string, why: string }
 *   | { what: 'none', id?: string | null })} Entry
 */

/**
 * What has to be known to understand lines.
 * @typedef {Object} Reader
 * @property {() => { nick: string, account: string | null }} me
 * @property {import('../irc/isupport.js').Isupport} isupport
 * @property {() => string} now  for what has no time of its own
 */

/** A message is no longer than this, also one that comes in parts. */
export const MAX_TEXT = 64 * 1024;
const MAX_REACTION = 64;

/**
 * @param {Thing} thing
 * @param {Reader} reader
 * @returns {Entry | null}
 */
export function entryOf(thing, reader) {
  const { tags } = thing;
  const time = isTime(tags.get('time')) ? /** @type {string} */ (tags.get('time')) : '';
  const nick = thing.source?.nick ?? '';
  if (isBatch(thing)) {
    if (thing.kind !== 'draft/multiline') return null;
    const lines = thing.things.flatMap((line) => (isBatch(line) ? [] : [line]));
    const text = lines.map((line, at) => {
      const joined = at === 0 || line.tags.has('draft/multiline-concat');
      return (joined ? '' : '\n') + (line.params[1] ?? '');
    });
    const command = lines[0]?.command ?? 'PRIVMSG';
    return said(thing, { command, target: thing.params[0] ?? '', text: text.join(''), time }, reader);
  }
  const [target = '', text = ''] = thing.params;
  switch (thing.command) {
    case 'PRIVMSG': case 'NOTICE':
      return said(thing, { command: thing.command, target, text, time }, reader);
    case 'TAGMSG':
      return reaction(thing, placeOf(thing, target, reader), time);
    case 'REDACT':
      return {
        what: 'redact', where: placeOf(thing, target, reader), time, id: text, by: nick,
        why: cleanLine(thing.params[2] ?? ''),
      };
    default: {
      const event = factOf(thing);
      if (!event) return null;
      const where = ['quit', 'nick'].includes(event.what) ? '' : event.what === 'invite' ? text : target;
      const item = makeItem({
        kind: 'event', time: time || reader.now(), at: time, id: tags.get('msgid') || null, nick, event, account: tags.get('account') || null,
        self: isSelf(nick, tags.get('account'), reader), bot: tags.has('bot'),
      });
      return { what: 'item', where, time, item };
    }
  }
}

/**
 * @param {Thing} thing
 * @param {{ command: string, target: string, text: string, time: string }} spoken
 * @param {Reader} reader
 * @returns {Entry}
 */
function said(thing, { command, target, text, time }, reader) {
  const { tags } = thing;
  const nick = thing.source?.nick ?? '';
  const where = placeOf(thing, target, reader);
  const id = tags.get('msgid') || null;
  const special = ctcp(text);
  // Others are questions to programs; nobody wants to read them.
  if (special && special.command !== 'ACTION') return { what: 'none', where, time };
  const words = clean((special ? special.text : text).slice(0, MAX_TEXT));
  const account = tags.get('account') || null;
  const item = makeItem({
    kind: special ? 'action' : command === 'NOTICE' ? 'notice' : 'message',
    time: time || reader.now(), at: time, id, nick, account, text: words, bot: tags.has('bot'), tag: tags.get('+saloon/id') ?? '',
    self: isSelf(nick, account ?? undefined, reader), filed: where === target || !reader.isupport.isRoom(where),
  });
  const reply = tags.get('+draft/reply') || tags.get('+reply');
  if (reply) item.reply = { id: reply, nick: '', text: '' };
  const person = !reader.isupport.isRoom(where);
  item.mention = !item.self && isSaid(item) && (person || mentions(plain(words), reader.me().nick));
  // Only the first part of what did not fit in a line has an id.
  return { what: id === null && time !== '' ? 'more' : 'item', where, time, item };
}

/**
 * @param {Thing} thing
 * @param {string} where
 * @param {string} time
 * @returns {Entry}
 */
function reaction(thing, where, time) {
  const { tags } = thing;
  const id = tags.get('+draft/reply') || tags.get('+reply') || '';
  const on = tags.get('+draft/react') || tags.get('+react');
  const off = tags.get('+draft/unreact') || tags.get('+unreact');
  const words = cleanLine((on || off || '').slice(0, MAX_REACTION)).trim();
  if (id === '' || words === '') return { what: 'none', where, time };
  return { what: 'react', where, time, id, nick: thing.source?.nick ?? '', reaction: words, on: Boolean(on) };
}

/**
 * The room or person that a message belongs to: what we said to somebody belongs to them.
 * @param {Thing} thing
 * @param {string} target
 * @param {Reader} reader
 */
export function placeOf(thing, target, reader) {
  const bare = reader.isupport.bare(target);
  if (reader.isupport.isRoom(bare)) return bare;
  const nick = thing.source?.nick ?? '';
  const { fold } = reader.isupport;
  return fold(nick) === fold(reader.me().nick) || fold(target) !== fold(reader.me().nick) ? target : nick;
}

/**
 * Whether we said it: under our account, or under our nick if no other account stands there.
 * @param {string} nick
 * @param {string | undefined} account
 * @param {Reader} reader
 */
export function isSelf(nick, account, reader) {
  const me = reader.me();
  const { fold } = reader.isupport;
  if (account && me.account) return fold(account) === fold(me.account);
  return !account && fold(nick) === fold(me.nick);
}

/**
 * @param {import('../irc/message.js').Message} message
 * @returns {import('./types.js').Fact | null}
 */
function factOf({ command, source, params }) {
  const nick = source?.nick ?? '';
  const [first = '', second = '', third = ''] = params;
  switch (command) {
    case 'JOIN':
      return { what: 'join', nick };
    case 'PART':
      return { what: 'part', nick, why: cleanLine(second) };
    case 'QUIT':
      return { what: 'quit', nick, why: cleanLine(first) };
    case 'KICK':
      return { what: 'kick', nick: second, by: nick, why: cleanLine(third) };
    case 'NICK':
      return { what: 'nick', nick, to: first };
    case 'TOPIC':
      return { what: 'topic', nick, topic: cleanLine(second) };
    case 'MODE':
      return { what: 'mode', nick, modes: cleanLine(params.slice(1).join(' ')) };
    case 'RENAME':
      return { what: 'rename', nick, from: first, to: second };
    case 'INVITE':
      return { what: 'invite', nick, who: first };
    default:
      return null;
  }
}

/**
 * Times are compared as they are written, so they have to be written in one way.
 * @param {string | undefined} written
 */
export function isTime(written) {
  return written !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(written);
}
