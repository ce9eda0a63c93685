// @ts-check
/** Asking who somebody is. */

import { isBatch } from '../irc/batch.js';
import { cleanLine } from '../irc/text.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./types.js').Whois} Whois */

const MAX_ROOMS = 200;
const MAX_FACTS = 100;
const MAX_TEXT = 1_000;

/**
 * @param {Session} session
 * @param {string} nick
 * @returns {Promise<Whois>}
 */
export async function whois(session, nick) {
  const reply = await session.demand('WHOIS', [nick]);
  /** @type {Whois} */
  const found = {
    nick, user: '', host: '', realname: '', account: null, away: null, rooms: [], idle: null, signon: null,
    oper: false, bot: false, secure: false, metadata: Object.create(null),
  };
  for (const thing of reply) if (!isBatch(thing)) read(found, thing);
  return found;
}

/**
 * @param {Whois} found
 * @param {import('../irc/message.js').Message} message
 */
function read(found, { command, params }) {
  const [, nick = '', second = '', third = ''] = params;
  const text = cleanLine((params.at(-1) ?? '').slice(0, MAX_TEXT));
  switch (command) {
    case '311':
      Object.assign(found, { nick, user: second, host: third, realname: text });
      break;
    case '319':
      found.rooms = [...found.rooms, ...text.split(' ').filter(Boolean)].slice(0, MAX_ROOMS);
      break;
    case '313':
      found.oper = true;
      break;
    case '301':
      found.away = text;
      break;
    case '330':
      found.account = second;
      break;
    case '335':
      found.bot = true;
      break;
    case '671':
      found.secure = true;
      break;
    case '317':
      found.idle = Number.parseInt(second, 10) || 0;
      found.signon = Number.parseInt(third, 10) * 1000 || null;
      break;
    case '760': case '761':
      if (Object.keys(found.metadata).length < MAX_FACTS) found.metadata[second.slice(0, 64)] = text;
      break;
  }
}

/**
 * What is known of somebody, as lines.
 * @param {Whois} found
 * @param {import('./env.js').Say} t
 */
export function told(found, t) {
  const lines = [
    t('whois.is', { nick: found.nick, mask: `${found.user}@${found.host}`, realname: found.realname }),
    found.account && t('whois.account', { account: found.account }),
    found.rooms.length > 0 && t('whois.rooms', { rooms: found.rooms.join(' ') }),
    found.away !== null && t('whois.away', { text: found.away }),
    found.oper && t('whois.oper'),
    found.bot && t('whois.bot'),
    found.secure && t('whois.secure'),
    found.idle !== null && t('whois.idle', { idle: found.idle }),
    found.signon !== null && t('whois.signon', { signon: new Date(found.signon).toISOString() }),
    ...Object.entries(found.metadata).map(([key, value]) => t('whois.fact', { key, value })),
  ];
  return lines.filter(Boolean).join('\n');
}
