// @ts-check
/** Who is where: joins, parts, nicks, modes, topics, names. */

import { entryOf } from './entry.js';
import { cleanLine } from '../irc/text.js';
import { entered, gone, renamed } from './place.js';
import { typed } from './typing.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./room.js').ChatRoom} ChatRoom */
/** @typedef {import('./types.js').Member} Member */
/** @typedef {import('../irc/message.js').Message} Message */

const MAX_REALNAME = 200;
const MAX_TOPIC = 1_000;

/** @type {Record<string, (session: Session, message: Message, quiet: boolean) => void>} */
export const handlers = {
  JOIN(session, message) {
    const { nick } = source(message);
    const [name = '', account = '*', realname = ''] = message.params;
    if (session.isMe(nick)) {
      learn(session, message);
      entered(session, session.rooms.ensure(name, 'room'), name);
    }
    const room = session.rooms.get(name);
    if (!room) return;
    put(session, room, newMember(nick, {
      account: account === '*' ? null : account,
      realname: realname.slice(0, MAX_REALNAME),
      bot: message.tags.has('bot'),
    }));
    note(session, room, message);
  },

  PART(session, message) {
    const room = session.rooms.get(message.params[0] ?? '');
    if (!room) return;
    drop(session, room, source(message).nick);
    if (session.isMe(source(message).nick)) gone(session, room);
    else note(session, room, message);
  },

  KICK(session, message) {
    const [name = '', nick = ''] = message.params;
    const room = session.rooms.get(name);
    if (!room) return;
    drop(session, room, nick);
    note(session, room, message);
    if (!session.isMe(nick)) return;
    leaveEmpty(session, room);
    // What is said from now on is missed, until we are back.
    room.timeline.lost();
  },

  QUIT(session, message) {
    const { nick } = source(message);
    for (const room of roomsOf(session, nick)) {
      drop(session, room, nick);
      note(session, room, message);
    }
  },

  NICK(session, message) {
    const { nick } = source(message);
    const to = message.params[0] ?? '';
    const places = roomsOf(session, nick);
    const me = session.me.value;
    if (me && session.isMe(nick)) {
      session.me.value = { ...me, nick: to };
      session.mask = session.mask.replace(/^[^!]*/, to);
      // Also when another device did it: the name is what brings us together again.
      if (session.fold(to) !== session.fold(session.wish?.nick ?? '')) session.renamed(to);
    }
    for (const room of places) {
      const member = room.crowd.get(session.fold(nick));
      drop(session, room, nick);
      if (member) put(session, room, { ...member, nick: to });
      if (room.kind === 'person' && room.key === session.fold(nick)) follow(session, room, to);
      note(session, room, message);
    }
  },

  MODE(session, message) {
    const [target = '', ...changes] = message.params;
    const room = session.rooms.get(target);
    if (room) {
      for (const { on, mode, param } of session.isupport.modes(changes)) rank(session, room, mode, on, param ?? '');
      note(session, room, message);
    } else if (session.isMe(target)) {
      const me = session.me.value;
      const oper = session.isupport.modes(changes).findLast(({ mode }) => mode === 'o');
      if (me && oper) session.me.value = { ...me, oper: oper.on };
    }
  },

  TOPIC(session, message) {
    const room = session.rooms.get(message.params[0] ?? '');
    if (!room) return;
    room.topic.value = topic(message.params[1]);
    note(session, room, message);
  },

  RENAME(session, message) {
    const [from = '', to = ''] = message.params;
    const room = session.rooms.get(from);
    if (!room) return;
    session.rooms.rename(room, to);
    renamed(session, room, from);
    note(session, room, message);
  },

  INVITE(session, message) {
    const [nick = '', name = ''] = message.params;
    if (session.ignored.has(session.fold(source(message).nick))) return;
    if (session.isMe(nick)) return session.announce({ kind: 'invited', nick: source(message).nick, room: name });
    const room = session.rooms.get(name);
    if (room) note(session, room, message);
  },

  AWAY(session, message) {
    change(session, source(message).nick, (member) => ({ ...member, away: message.params.length > 0 && message.params[0] !== '' }));
  },

  ACCOUNT(session, message) {
    const account = message.params[0] === '*' ? null : (message.params[0] ?? null);
    if (session.isMe(source(message).nick)) loggedIn(session, account);
    change(session, source(message).nick, (member) => ({ ...member, account }));
  },

  SETNAME(session, message) {
    const realname = (message.params[0] ?? '').slice(0, MAX_REALNAME);
    change(session, source(message).nick, (member) => ({ ...member, realname }));
  },

  CHGHOST(session, message) {
    const [user = '', host = ''] = message.params;
    const { nick } = source(message);
    if (session.isMe(nick)) session.mask = `${nick}!${user}@${host}`;
  },

  // RPL_NOTOPIC, RPL_TOPIC
  331(session, message, quiet) {
    showTopic(session, message, '', quiet);
  },
  332(session, message, quiet) {
    showTopic(session, message, topic(message.params[2]), quiet);
  },
  333() {},

  // RPL_NAMREPLY: [prefixes]nick[!user@host] …
  353(session, message) {
    const room = session.rooms.get(message.params[2] ?? '');
    if (!room) return;
    const names = (room.naming ??= new Map());
    const { signs } = session.isupport.ranks;
    for (const name of (message.params[3] ?? '').split(' ')) {
      let at = 0;
      while (at < name.length && signs.includes(name.charAt(at))) at++;
      const nick = name.slice(at).replace(/!.*$/, '');
      if (nick === '') continue;
      const known = room.crowd.get(session.fold(nick)) ?? newMember(nick);
      names.set(session.fold(nick), { ...known, nick, prefix: name.slice(0, at) });
    }
  },

  // RPL_ENDOFNAMES
  366(session, message) {
    const room = session.rooms.get(message.params[1] ?? '');
    if (!room?.naming) return;
    room.crowd = room.naming;
    room.naming = null;
    session.rooms.touch(room);
  },

  // RPL_WHOSPCRPL, as asked for by `askWho`: token channel nick flags account realname
  354(session, message) {
    const [, token, name = '', nick = '', flags = '', account = '0', realname = ''] = message.params;
    const room = session.rooms.get(name);
    const member = room?.crowd.get(session.fold(nick));
    if (token !== WHO_TOKEN || !room || !member) return;
    put(session, room, {
      ...member,
      away: flags.startsWith('G'),
      bot: flags.includes(session.isupport.get('BOT') || '\0'),
      account: account === '0' ? null : account,
      realname: realname.slice(0, MAX_REALNAME),
    });
  },
  315() {},
};

const WHO_TOKEN = '7';
/** In larger rooms, nobody is asked about. */
const WHO_MOST = 3_000;

/**
 * Asks once who the members of a room are, beyond their nicks.
 * @param {Session} session
 * @param {ChatRoom} room
 */
export function askWho(session, room) {
  const able = session.registered && session.isupport.has('WHOX') && session.caps.has('labeled-response');
  if (room.asked || !room.joined.value || !able || room.crowd.size > WHO_MOST) return;
  room.asked = true;
  // The answer is taken by 354, line by line.
  session.ask('WHO', [room.name, `%tcnfar,${WHO_TOKEN}`]).catch(() => {});
}

/**
 * We are in the room no more.
 * @param {Session} session
 * @param {ChatRoom} room
 */
export function leaveEmpty(session, room) {
  room.joined.value = false;
  room.ready = false;
  room.asked = false;
  room.crowd = new Map();
  room.naming = null;
  session.rooms.touch(room);
}

/**
 * @param {Session} session
 * @param {string | null} account
 */
export function loggedIn(session, account) {
  session.account = account;
  const me = session.me.value;
  if (me && session.registered && me.account !== account) session.me.value = { ...me, account };
}

/**
 * The other one of a conversation is called otherwise now.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} to
 */
function follow(session, room, to) {
  const there = session.rooms.get(to);
  if (there && there !== room) return;
  const from = room.name;
  session.rooms.rename(room, to);
  renamed(session, room, from);
}

/**
 * Adds what happened to a room's timeline.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {Message} message
 */
function note(session, room, message) {
  const entry = entryOf(message, session.reader);
  if (entry?.what !== 'item') return;
  entry.item.room = room;
  room.timeline.receive(entry);
}

/**
 * @param {Session} session
 * @param {Message} message
 * @param {string} text
 * @param {boolean} quiet
 */
function showTopic(session, message, text, quiet) {
  const room = session.rooms.get(message.params[1] ?? '');
  if (room) room.topic.value = text;
  // Unless it comes with a JOIN, somebody asked.
  if (quiet || !room?.ready || !message.tags.has('label')) return;
  session.tell(session.env.t(text ? 'answer.332' : 'answer.331', { what: room.name, text }), room);
}

/** @param {string | undefined} text */
function topic(text) {
  return cleanLine((text ?? '').slice(0, MAX_TOPIC));
}

/** @param {Message} message */
function source(message) {
  return message.source ?? { nick: '', user: '', host: '' };
}

/**
 * Our own mask, as others see it: it takes room in every line they are sent.
 * @param {Session} session
 * @param {Message} message
 */
export function learn(session, message) {
  const { nick, user, host } = source(message);
  if (user !== '' && host !== '') session.mask = `${nick}!${user}@${host}`;
}

/**
 * @param {string} nick
 * @param {Partial<Member>} [known]
 * @returns {Member}
 */
function newMember(nick, known = {}) {
  return { nick, prefix: '', away: false, account: null, realname: '', bot: false, ...known };
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {Member} member
 */
function put(session, room, member) {
  room.crowd.set(session.fold(member.nick), member);
  room.naming?.set(session.fold(member.nick), member);
  session.rooms.touch(room);
}

/**
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} nick
 */
function drop(session, room, nick) {
  room.crowd.delete(session.fold(nick));
  room.naming?.delete(session.fold(nick));
  session.rooms.touch(room);
  typed(session, room, nick);
}

/**
 * The rooms where somebody is, and the conversation with them if there is one.
 * @param {Session} session
 * @param {string} nick
 */
function roomsOf(session, nick) {
  const key = session.fold(nick);
  return session.rooms.list.value.filter((room) => room.crowd.has(key) || (room.kind === 'person' && room.key === key));
}

/**
 * Changes what is known of somebody, wherever they are.
 * @param {Session} session
 * @param {string} nick
 * @param {(member: Member) => Member} how
 */
function change(session, nick, how) {
  for (const room of session.rooms.list.value) {
    const member = room.crowd.get(session.fold(nick));
    if (member) put(session, room, how(member));
  }
}

/**
 * Gives or takes a rank, shown by a sign in front of the nick.
 * @param {Session} session
 * @param {ChatRoom} room
 * @param {string} mode
 * @param {boolean} on
 * @param {string} nick
 */
function rank(session, room, mode, on, nick) {
  const { modes, signs } = session.isupport.ranks;
  const sign = signs.charAt(modes.indexOf(mode));
  const member = room.crowd.get(session.fold(nick));
  if (!modes.includes(mode) || sign === '' || !member) return;
  const held = new Set(member.prefix);
  if (on) held.add(sign);
  else held.delete(sign);
  put(session, room, { ...member, prefix: [...signs].filter((each) => held.has(each)).join('') });
}
