// @ts-check
/** Accounts: making one, logging in to it and out of it while connected. */

import { isBatch } from '../irc/batch.js';
import { substitute } from '../irc/registration.js';
import { plain } from '../irc/sasl.js';
import { ChatError, failure } from './failure.js';
import { askMarker } from './marker.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('../irc/message.js').Message} Message */

const ANSWER_WITHIN = 30_000;

/**
 * Makes an account for the nick that we have.
 * @param {Session} session
 * @param {string} password
 * @param {string} [email]
 * @returns {Promise<string[]>}  the recovery codes
 */
export async function register(session, password, email = '') {
  const reply = await session.demand('REGISTER', ['*', email || '*', password]);
  /** @type {string[]} */
  const codes = [];
  let intro = '';
  for (const thing of reply) {
    if (isBatch(thing)) continue;
    if (thing.command === 'REGISTER' && thing.params[0] === 'VERIFICATION_REQUIRED') {
      throw new ChatError('VERIFICATION_REQUIRED', session.env.t('error.verify'));
    }
    if (thing.command !== 'NOTICE') continue;
    // A sentence, then nothing but codes.
    const text = thing.params[1] ?? '';
    if (intro === '') intro = text;
    else codes.push(...text.split(' ').filter((word) => /^[\w-]{6,64}$/.test(word)));
  }
  become(session, session.account ?? session.self().nick, password);
  return codes;
}

/**
 * Logs in. If the account is in use on another device, we are one with it afterwards, so a new connection may
 * be needed.
 * @param {Session} session
 * @param {string} account
 * @param {string} password
 */
export async function logIn(session, account, password) {
  await authenticate(session, account, password);
  const name = session.account ?? account;
  become(session, name, password);
  if (!session.isMe(name)) {
    const wish = session.wish;
    if (!wish) return;
    wish.nick = name;
    session.memory.identity = { nick: name, account: name };
    // Somebody holds the nick: ourselves, elsewhere. Coming anew, we join them.
    const taken = await session.demand('NICK', [name]).then(() => false, () => true);
    if (taken) return session.enter(wish);
  }
  for (const room of session.rooms.list.value) askMarker(session, room);
}

/**
 * Logs out, and goes on as a guest: by coming anew, since what `NS LOGOUT` does would happen to our other devices
 * too. The nick stays with the account.
 * @param {Session} session
 */
export async function logOut(session) {
  const { wish, memory } = session;
  if (!wish || wish.account === null) return;
  const nick = substitute(session.self().nick, 1);
  const guest = { ...wish, nick, account: null, password: '', stubborn: true };
  memory.keepPassword(null);
  memory.identity = { nick, account: null };
  const entering = session.enter(guest);
  memory.open(session.who, true);
  await entering;
}

/**
 * From now on we are the owner of this account, also after a reload.
 * @param {Session} session
 * @param {string} account
 * @param {string} password
 */
function become(session, account, password) {
  const { wish, memory } = session;
  if (!wish) return;
  session.wish = { ...wish, account, password };
  memory.keepPassword(account, password);
  memory.identity = { nick: wish.nick, account };
  memory.open(session.who, true);
}

/** An exchange that is going on. @type {WeakMap<Session, { take: (message: Message) => void }>} */
const exchanges = new WeakMap();

/**
 * @param {Session} session
 * @param {string} account
 * @param {string} password
 * @returns {Promise<void>}
 */
function authenticate(session, account, password) {
  const { t, clock } = session.env;
  if (!session.registered) return Promise.reject(new ChatError('offline', t('error.offline')));
  return new Promise((resolve, reject) => {
    const end = (/** @type {Error | null} */ error) => {
      exchanges.delete(session);
      clock.clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    };
    const timer = clock.setTimeout(() => end(new ChatError('timeout', t('error.timeout'))), ANSWER_WITHIN);
    exchanges.set(session, {
      take(message) {
        if (message.command === 'AUTHENTICATE') {
          for (const part of plain(account, password)) session.say('AUTHENTICATE', part);
        } else if (message.command === '903') {
          end(null);
        } else if (message.command === '908') {
          // 904 comes behind it.
        } else {
          const key = `refused.${message.command}`;
          const text = t(key, { account, text: message.params.at(-1) ?? '' });
          end(text === key ? failure(message, t) : new ChatError(message.command, text));
        }
      },
    });
    session.say('AUTHENTICATE', 'PLAIN');
  });
}

/**
 * @param {Session} session
 * @param {Message} message
 */
function take(session, message) {
  exchanges.get(session)?.take(message);
}

/** @type {Record<string, (session: Session, message: Message, quiet: boolean) => void>} */
export const handlers = { AUTHENTICATE: take, 902: take, 903: take, 904: take, 905: take, 906: take, 907: take, 908: take };
