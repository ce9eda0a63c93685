// @ts-check
/** One thing in a timeline, with what only `chat/` needs to know of it. */

import { plain } from '../irc/text.js';

/** @typedef {import('./types.js').Item} Item */

/**
 * What was said, as it is sent: with a constant id of our own, so that it is known again.
 * @typedef {Object} Speech
 * @property {'PRIVMSG' | 'NOTICE'} command
 * @property {{ text: string, joined: boolean }[]} lines
 * @property {string | null} reply
 * @property {number} connection  the one that it was written to last; 0: none yet
 * @property {string} since  the newest time in the room when it was written first
 * @property {boolean} declined  the server said no: it has certainly not arrived
 */

/**
 * @typedef {Item & {
 *   at: string,
 *   tag: string,
 *   room: import('./room.js').ChatRoom | null,
 *   speech: Speech | null,
 *   filed: boolean,
 * }} Kept  `at`: by what it is ordered; the time, unless no server gave it one. `tag`: the `+saloon/id`. `filed`:
 *   whether the history has it: not what was said to those of a rank only
 */

/** Orders what is being sent behind everything that has a time. */
export const LAST = '~';

/** How much of a message stands in an answer to it. */
const MAX_QUOTE = 300;
/** Reactions to one message: so many different ones, and so many people for each. */
const MAX_REACTIONS = 50;
const MAX_REACTING = 500;

let serial = 0;

/**
 * @param {Partial<Kept> & { kind: Item['kind'], time: string }} given
 * @returns {Kept}
 */
export function makeItem(given) {
  return {
    key: `i${++serial}`,
    id: null,
    nick: '',
    account: null,
    self: false,
    mention: false,
    bot: false,
    text: '',
    event: null,
    count: 0,
    state: 'sent',
    why: '',
    reply: null,
    reactions: NO_REACTIONS,
    redacted: null,
    at: given.time,
    tag: '',
    room: null,
    speech: null,
    filed: true,
    ...given,
  };
}

/**
 * Whether somebody said it, so that it counts as a message.
 * @param {Item} item
 */
export function isSaid(item) {
  return item.kind === 'message' || item.kind === 'action' || item.kind === 'notice';
}

/**
 * A message, as it stands in an answer to it.
 * @param {Item} item
 * @param {string} id  its own
 */
export function quote(item, id) {
  return { id, nick: item.nick, text: plain(item.text).slice(0, MAX_QUOTE) };
}

/**
 * Whether something is what we said under the same tag: now, or when we were called otherwise, such as before a
 * ghost of ours held our nick.
 * @param {Kept} item
 * @param {Kept} mine
 */
export function isOurs(item, mine) {
  return item.tag !== '' && item.tag === mine.tag && (item.self || (item.nick === mine.nick && item.account === mine.account));
}

/**
 * Adds or takes back a reaction; says whether anything changed.
 * @param {Kept} item
 * @param {string} reaction
 * @param {string} nick
 * @param {boolean} on
 */
export function react(item, reaction, nick, on) {
  const nicks = item.reactions.get(reaction) ?? [];
  if (nicks.includes(nick) === on) return false;
  if (on && (nicks.length >= MAX_REACTING || (nicks.length === 0 && item.reactions.size >= MAX_REACTIONS))) return false;
  const reactions = new Map(item.reactions);
  const left = on ? [...nicks, nick] : nicks.filter((other) => other !== nick);
  if (left.length > 0) reactions.set(reaction, left);
  else reactions.delete(reaction);
  item.reactions = reactions;
  return true;
}

/**
 * Takes a message back.
 * @param {Kept} item
 * @param {{ by: string, why: string }} redacted
 */
export function redactItem(item, redacted) {
  item.redacted = redacted;
  item.text = '';
  item.mention = false;
  item.reactions = NO_REACTIONS;
}

/** Most messages have none: one empty map serves them all, since maps in items are replaced and not changed. */
const NO_REACTIONS = new Map();
