// @ts-check
/** What can be typed after a slash. */

import { isBatch } from '../irc/batch.js';
import { plain } from '../irc/text.js';
import { ChatError } from './failure.js';
import { logIn, logOut, register } from './account.js';
import { join, part } from './place.js';
import { search } from './search.js';
import { speak } from './send.js';
import { told, whois } from './whois.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */

/**
 * @typedef {Object} Typed
 * @property {Session} session
 * @property {ChatRoom} room  where it was typed
 * @property {string[]} words  behind the command
 * @property {string} text  the same, as it was typed
 * @property {(from: number) => string} rest  the text from a word on
 * @property {() => void} leave  says goodbye
 * @property {(room: ChatRoom) => void} open
 */

/**
 * @typedef {Object} Row
 * @property {string} name
 * @property {string[]} [also]
 * @property {number} [least]  words that it needs
 * @property {'nick' | 'room'} [complete]
 * @property {(typed: Typed) => void | Promise<unknown>} run
 */

/** @type {Row[]} */
const ROWS = [
  { name: 'join', also: ['j'], least: 1, complete: 'room', run: async ({ session, words: [name = '', key], open }) => {
    open(await join(session, session.isupport.isRoom(name) ? name : `#${name}`, key));
  } },
  { name: 'part', also: ['leave'], complete: 'room', run: ({ session, room, words: [name = ''], text, rest }) => {
    const named = session.isupport.isRoom(name) ? session.rooms.get(name) : room;
    if (!named) throw new ChatError('403', session.env.t('answer.403', { what: name }));
    part(session, named, named === room && !session.isupport.isRoom(name) ? text : rest(1));
  } },
  { name: 'msg', least: 2, complete: 'nick', run: async ({ session, words: [name = ''], rest }) => {
    speak(session, await join(session, name), rest(1));
  } },
  { name: 'query', also: ['q'], least: 1, complete: 'nick', run: async ({ session, words: [name = ''], rest, open }) => {
    const room = await join(session, name);
    open(room);
    if (rest(1)) speak(session, room, rest(1));
  } },
  { name: 'notice', least: 2, complete: 'nick', run: async ({ session, words: [name = ''], rest }) => {
    speak(session, await join(session, name), rest(1), 'notice');
  } },
  { name: 'me', least: 1, run: ({ session, room, text }) => speak(session, room, text, 'action') },
  { name: 'nick', least: 1, run: ({ session, words: [nick = ''] }) => session.demand('NICK', [nick]) },
  { name: 'topic', run: ({ session, room, text }) => line(session, 'TOPIC', text ? [room.name, text] : [room.name]) },
  { name: 'names', run: ({ session, room }) => {
    const names = [...room.members.value.values()].map((member) => member.prefix.slice(0, 1) + member.nick).sort();
    session.tell(session.env.t('local.names', { count: names.length, names: names.join(' ') }), room);
  } },
  { name: 'whois', also: ['w'], complete: 'nick', run: async ({ session, room, words: [nick] }) => {
    const about = nick ?? (room.kind === 'person' ? room.name : session.self().nick);
    session.tell(told(await whois(session, about), session.env.t), room);
  } },
  { name: 'away', run: ({ session, text }) => {
    session.awayText = text;
    return line(session, 'AWAY', [text || session.env.t('local.away')]);
  } },
  { name: 'back', run: ({ session }) => line(session, 'AWAY', []) },
  { name: 'invite', least: 1, complete: 'nick', run: ({ session, room, words: [nick = '', name] }) =>
    line(session, 'INVITE', [nick, name ?? room.name]) },
  { name: 'kick', least: 1, complete: 'nick', run: ({ session, room, words: [nick = ''], rest }) =>
    line(session, 'KICK', rest(1) ? [room.name, nick, rest(1)] : [room.name, nick]) },
  { name: 'ban', complete: 'nick', run: ({ session, room, words }) =>
    line(session, 'MODE', words[0] ? [room.name, '+b', mask(words[0])] : [room.name, '+b']) },
  { name: 'unban', least: 1, complete: 'nick', run: ({ session, room, words: [who = ''] }) =>
    line(session, 'MODE', [room.name, '-b', mask(who)]) },
  ...['op', 'deop', 'voice', 'devoice'].map((name) => ({
    name, least: 1, complete: /** @type {const} */ ('nick'), run: (/** @type {Typed} */ { session, room, words }) => {
      const [sign, mode] = [name.startsWith('de') ? '-' : '+', name.endsWith('op') ? 'o' : 'v'];
      return line(session, 'MODE', [room.name, sign + mode.repeat(words.length), ...words]);
    },
  })),
  { name: 'mode', run: ({ session, room, words }) => {
    const [first = ''] = words;
    const named = first !== '' && !/^[+-]/.test(first);
    return line(session, 'MODE', named ? words : [room.name, ...words]);
  } },
  { name: 'list', run: async ({ session, room, words }) => {
    const reply = await session.demand('LIST', words);
    const { t } = session.env;
    const rooms = reply.flatMap((thing) => (!isBatch(thing) && thing.command === '322' ? [thing.params] : []))
      .sort((a, b) => Number(b[2]) - Number(a[2]));
    const lines = rooms.slice(0, MAX_LISTED).map(([, what = '', more = '', text = '']) => t('answer.322', { what, more, text }));
    session.tell([t('local.list', { count: rooms.length }), ...lines].join('\n'), room);
  } },
  { name: 'search', least: 1, run: async ({ session, room, text }) => {
    const { items } = await search(session, room, text);
    // As all that is said: the newest last.
    const lines = items.reverse().map(({ item }) => `${item.time.slice(0, 16).replace('T', ' ')} ${item.nick}: ${plain(item.text)}`);
    session.tell([session.env.t('local.found', { count: items.length }), ...lines].join('\n'), room);
  } },
  { name: 'ignore', complete: 'nick', run: ({ session, room, words: [nick] }) => {
    const { t } = session.env;
    if (!nick) return session.tell(t('local.ignored', { nicks: [...session.ignored].join(' ') }), room);
    ignore(session, nick, true);
    session.tell(t('local.ignoring', { nick }), room);
  } },
  { name: 'unignore', least: 1, complete: 'nick', run: ({ session, room, words: [nick = ''] }) => {
    ignore(session, nick, false);
    session.tell(session.env.t('local.unignoring', { nick }), room);
  } },
  { name: 'register', least: 1, run: async ({ session, words: [password = '', email] }) => {
    session.announce({ kind: 'codes', codes: await register(session, password, email) });
  } },
  { name: 'login', least: 1, run: ({ session, words }) => {
    const [account = '', password] = words;
    return password === undefined ? logIn(session, session.self().nick, account) : logIn(session, account, password);
  } },
  { name: 'logout', run: ({ session }) => logOut(session) },
  { name: 'clear', run: ({ room }) => room.timeline.clear() },
  { name: 'raw', also: ['quote'], least: 1, run: ({ session, text }) => {
    if (!session.registered) throw new ChatError('offline', session.env.t('error.offline'));
    session.socket.send(text.replace(/[\r\n\0]/g, ' '));
  } },
  { name: 'help', also: ['commands'], run: ({ session, room, words: [name = ''] }) => {
    const { t } = session.env;
    const row = rowOf(name.replace(/^\//, ''));
    const rows = row ? [row] : commands;
    session.tell(rows.map(({ name }) => `${t(`command.${name}.usage`)}  ${t(`command.${name}.help`)}`).join('\n'), room);
  } },
  { name: 'quit', run: ({ leave }) => leave() },
];

/** Rooms that are shown of a list. */
const MAX_LISTED = 200;

/** @type {import('./types.js').Command[]} */
export const commands = ROWS.map(({ name, complete }) => ({
  name, usage: `command.${name}.usage`, help: `command.${name}.help`, ...(complete ? { complete } : {}),
}));

/**
 * What a typed text asks for; null if it is only to be said.
 * @param {string} text
 * @returns {{ name: string, text: string } | null}
 */
export function commandOf(text) {
  const match = /^\/([^\s/]\S*)(?:[ \t]([\s\S]*))?$/.exec(text) ?? /^\/([^\s/]\S*)\n/.exec(text);
  if (!match) return null;
  return { name: (match[1] ?? '').toLowerCase(), text: (match[2] ?? '').trim() };
}

/**
 * Does what was typed, and says in the room what went wrong.
 * @param {{ name: string, text: string }} command
 * @param {Pick<Typed, 'session' | 'room' | 'leave' | 'open'>} where
 */
export async function run({ name, text }, where) {
  const { session, room } = where;
  const { t } = session.env;
  const row = rowOf(name);
  if (!row) return session.tell(t('local.unknown', { name }), room);
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length < (row.least ?? 0)) return session.tell(t('local.usage', { usage: t(`command.${row.name}.usage`) }), room);
  const rest = (/** @type {number} */ from) => text.replace(new RegExp(`^(?:\\S+\\s*){0,${from}}`), '');
  try {
    await row.run({ ...where, words, text, rest });
  } catch (error) {
    session.tell(error instanceof Error ? error.message : String(error), room);
  }
}

/** @param {string} name */
function rowOf(name) {
  return ROWS.find((row) => row.name === name || row.also?.includes(name));
}

/**
 * Sends a line whose answer is shown.
 * @param {Session} session
 * @param {string} command
 * @param {string[]} params
 */
async function line(session, command, params) {
  if (session.caps.has('labeled-response')) await session.ask(command, params, { quiet: false });
  else if (session.registered) session.say(command, ...params);
  else throw new ChatError('offline', session.env.t('error.offline'));
}

/** A nick becomes a mask. @param {string} who */
function mask(who) {
  return /[!@*?:]/.test(who) ? who : `${who}!*@*`;
}

/**
 * @param {Session} session
 * @param {string} nick
 * @param {boolean} on
 */
function ignore(session, nick, on) {
  if (on) session.ignored.add(session.fold(nick));
  else session.ignored.delete(session.fold(nick));
  session.memory.kept.ignored = [...session.ignored];
  session.memory.save();
}
